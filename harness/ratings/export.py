"""A study's judgments as CSV, JSONL or Parquet. By side before unblinding, by arm after it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from harness.ratings.progress import Final
from harness.ratings.store import RatingStore
from harness.records import TWO_RUNS, Contrast

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


ARMS = ("left_arm", "right_arm", "run")
COLUMNS = ("item_id", "query_id", "rater_id", "choice", "both_bad", "shown_at", "decided_at", "revisions", "strength",
           "confidence", "tags", "comment", "copied", "accurate", *ARMS)


def export_rows(store: RatingStore, study_id: str) -> list[dict[str, Any]]:
    """One row a final main judgment, with COLUMNS; before unblinding without ARMS, whose names `harness.analyze` reads.

    revisions: how often the rater changed the choice. left_arm, right_arm: ways of training, such as `rl/5000`. run:
    whose texts were compared: the seed of the trained arms, `1 and 2` where they had two, empty where none is trained.
    """
    study = store.study(study_id)
    if study.state == "unblinded":
        return [{"item_id": each.judgment.item_id, "query_id": each.judgment.query_id, **_common(each.final),
                 "left_arm": str(each.left_arm.without_seed), "right_arm": str(each.right_arm.without_seed),
                 "run": _run(each.judgment.contrast)}
                for each in store.unblind_in_full(study_id)]
    return [{"item_id": each.item_id, "query_id": each.query_id, **_common(each)}
            for each in store.finals(study_id) if each.item_kind == "main"]


def _run(contrast: Contrast) -> str:
    seeds = {arm.seed for arm in (contrast.arm, contrast.opponent) if arm.seed is not None}
    return TWO_RUNS.join(map(str, sorted(seeds)))


def _common(final: Final) -> dict[str, Any]:
    content, details, answers = final.content, final.content["details"], final.content.get("answers", {})
    return {"rater_id": final.handle, "choice": final.shown, "both_bad": details["both_bad"],
            "shown_at": content["shown_at"], "decided_at": content["decided_at"], "revisions": final.revisions,
            "strength": details["strength"], "confidence": details["confidence"], "tags": "|".join(details["tags"]),
            "comment": details["comment"], "copied": answers.get("copied"), "accurate": answers.get("accurate")}


def to_csv(rows: list[dict[str, Any]]) -> str:
    """CSV in which no cell begins a formula: a text that would is preceded by an apostrophe."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]) if rows else COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: neutral(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def to_jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def to_parquet(rows: list[dict[str, Any]]) -> bytes:
    import pandas

    file = io.BytesIO()
    pandas.DataFrame(rows, columns=None if rows else list(COLUMNS)).to_parquet(file, index=False)
    return file.getvalue()


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS) else value
