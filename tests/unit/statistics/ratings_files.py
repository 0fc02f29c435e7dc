"""Ratings written to a file and read back, for tests of what is computed from a file."""

import csv
from pathlib import Path

from harness.statistics.ratings_file import ReadRatings, read_ratings

REQUIRED = ["item_id", "rater_id", "left_arm", "right_arm", "choice"]


def ratings_of(folder: Path, rows: list[list[object]], *more: str, **options) -> ReadRatings:
    """The rows as a file is read: the five columns that every file has, then those that `more` names."""
    path = folder / "ratings.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[*REQUIRED, *more], *rows])
    return read_ratings(path, **options)
