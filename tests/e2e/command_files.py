"""Files for the commands analyze and textstats, and what the commands print about them."""

import csv
import json
from pathlib import Path

import numpy as np

HEADER = ["item_id", "rater_id", "left_arm", "right_arm", "choice"]


def write_csv(path: Path, rows: list[list[object]], header: list[str] | None = None) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header or HEADER, *rows])
    return path


def write_texts(path: Path, rows: list[dict]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def rows_of_three_raters(n: int = 30, seed: int = 0) -> list[list[object]]:
    rng = np.random.default_rng(seed)
    rows: list[list[object]] = []
    for item in range(n):
        for rater in rng.choice(9, 3, replace=False):
            left, right = ("rl", "base") if rng.random() < 0.5 else ("base", "rl")
            choice = rng.choice([left, right, "tie"], p=[0.6, 0.3, 0.1] if left == "rl" else [0.3, 0.6, 0.1])
            side = {left: "left", right: "right"}.get(choice, "tie")
            rows.append([f"i{item}", f"r{rater}", left, right, side])
    return rows


def json_of(command, capsys, *arguments: object) -> dict:
    assert command.main([str(argument) for argument in arguments] + ["--json"]) == 0
    return json.loads(capsys.readouterr().out)
