"""Exports in three formats, none of which a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pandas
from rating_helpers import Clock, pairs, publish, rater_in, walk

from harness.ratings.blinding import build_items
from harness.ratings.export import export_rows, to_csv, to_jsonl, to_parquet
from harness.ratings.store import open_store
from harness.records import Contrast


def test_no_cell_of_an_export_begins_a_formula() -> None:
    nasty = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "plain", "x=1"]
    rows = [{"comment": each} for each in nasty]
    cells = [row["comment"] for row in csv.DictReader(io.StringIO(to_csv(rows), newline=""))]
    assert [cell[0] for cell in cells[:7]] == ["'"] * 7
    assert cells[7:] == ["plain", "x=1"]
    assert [json.loads(line)["comment"] for line in to_jsonl(rows).splitlines()] == nasty
    assert pandas.read_parquet(io.BytesIO(to_parquet(rows)))["comment"].tolist() == nasty


def test_after_unblinding_a_row_names_two_ways_of_training_and_the_run(tmp_path: Path) -> None:
    clock = Clock()
    store = open_store(str(tmp_path / "ratings.db"), clock=clock)
    compared = {"rl/500/1 vs zero_shot": "1", "rl/500/2 vs zero_shot": "2", "rl/5000/2 vs rl/500/2": "2",
                "rl/5000/1 vs rl/40/2": "1 and 2", "supervised vs zero_shot": ""}
    built = build_items([replace(pair, contrast=Contrast.parse(name), query_id=f"{name} {pair.query_id}")
                         for name in compared for pair in pairs(2)], seed=1, overlap=1)
    study = publish(store, built)
    walk(store, clock, study, rater_in(store, study, "amber"), better="P")
    assert not {"left_arm", "right_arm", "run"} & set(export_rows(store, study)[0])
    store.close(study)
    store.unblind(study)
    rows = export_rows(store, study)
    assert len(rows) == 10
    for row in rows:
        name = row["query_id"].rsplit(" ", 1)[0]
        contrast = Contrast.parse(name)
        assert {row["left_arm"], row["right_arm"]} == {str(arm.without_seed) for arm in
                                                       (contrast.arm, contrast.opponent)}
        assert row["run"] == compared[name], "whichever side stands first"
