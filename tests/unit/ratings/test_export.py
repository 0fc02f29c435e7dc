"""Exports in three formats, none of which a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json

import pandas

from harness.ratings.export import to_csv, to_jsonl, to_parquet


def test_no_cell_of_an_export_begins_a_formula() -> None:
    nasty = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "plain", "x=1"]
    rows = [{"comment": each} for each in nasty]
    cells = [row["comment"] for row in csv.DictReader(io.StringIO(to_csv(rows), newline=""))]
    assert [cell[0] for cell in cells[:7]] == ["'"] * 7
    assert cells[7:] == ["plain", "x=1"]
    assert [json.loads(line)["comment"] for line in to_jsonl(rows).splitlines()] == nasty
    assert pandas.read_parquet(io.BytesIO(to_parquet(rows)))["comment"].tolist() == nasty
