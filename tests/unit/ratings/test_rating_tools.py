"""Leak scan, exports, copied spans, pairing, samples, trouble with the disk."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas
import pytest
from rating_helpers import item_set, pairs, publish, rater_in, tasks
from sqlalchemy import text

from harness.engine.exported_runs import ArmSample, FinishedStudy, finished_studies, load_samples
from harness.errors import InputError
from harness.labels.human import HumanLabeler
from harness.ratings.custody import integrity, restore
from harness.ratings.database import StoreUnavailable
from harness.ratings.export import to_csv, to_jsonl, to_parquet
from harness.ratings.leaks import auc, scan
from harness.ratings.pairing import pair_arms
from harness.ratings.store import RatingStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> RatingStore:
    return open_store(f"sqlite:///{tmp_path / 'ratings.db'}")


def compared(a: str, b: str, count: int = 30) -> list:
    return [(f"q{i}", "query", None, "one", f"{a} {i}.", "two", f"{b} {i}.") for i in range(count)]


@pytest.mark.parametrize(("a", "b", "what"), [
    ("a few words", "many more words than in the other one here", "length in words"),
    ("As an AI I think", "As a man I think", "words that name a model"),
    ("the end <|endoftext|>", "the end and more", "artefacts of generation"),
    ("Begins high", "begins low", "begins with a capital letter"),
    ("so so so so so so", "now we go to the sea", "repeated words"),
])
def test_the_scan_finds_what_tells_the_arms_apart(a: str, b: str, what: str) -> None:
    assert what in {leak.what for leak in scan(compared(a, b))}


def test_the_scan_is_silent_on_arms_that_are_alike() -> None:
    assert scan(compared("the cat sat on a mat", "the dog sat on a rug")) == []


def test_auc_of_the_textbook() -> None:
    import numpy as np

    assert auc(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1
    assert auc(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0.5


def test_no_cell_of_an_export_begins_a_formula() -> None:
    nasty = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "plain", "x=1"]
    rows = [{"comment": each} for each in nasty]
    cells = [row["comment"] for row in csv.DictReader(io.StringIO(to_csv(rows), newline=""))]
    assert [cell[0] for cell in cells[:7]] == ["'"] * 7
    assert cells[7:] == ["plain", "x=1"]
    assert [json.loads(line)["comment"] for line in to_jsonl(rows).splitlines()] == nasty
    assert pandas.read_parquet(io.BytesIO(to_parquet(rows)))["comment"].tolist() == nasty


def samples_file(folder: Path, rows: list[dict]) -> Path:
    path = folder / "pilot" / "samples.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_samples_become_pairs_on_shared_valid_queries(tmp_path: Path) -> None:
    rows = [{"query_id": f"q{i}", "query_text": "t", "arm": arm, "label_budget": budget, "seed": budget and 1,
             "text": f"{arm} {i}", "valid": not (arm == "rl" and i == 0)}
            for arm, budget in (("rl", 500), ("zero_shot", None)) for i in range(5)]
    samples_file(tmp_path, rows)
    ((study,), _) = finished_studies(tmp_path)
    made = pair_arms(load_samples(study), [("rl/500/1", "zero_shot")], per_comparison=10, seed=1)
    assert sorted(pair[0] for pair in made) == ["q1", "q2", "q3", "q4"]
    assert {(pair[3], pair[4][:2], pair[5]) for pair in made} == {("rl/500/1", "rl", "zero_shot")}


def test_a_bad_line_of_samples_is_named(tmp_path: Path) -> None:
    path = samples_file(tmp_path, [{"query_id": "q", "query_text": "t", "arm": "rl", "text": "x"}, {"arm": "rl"}])
    with pytest.raises(InputError, match=r"samples.jsonl:2: query_id: is missing"):
        load_samples(finished_studies(tmp_path)[0][0])
    path.unlink()
    with pytest.raises(InputError, match="not finished"):
        load_samples(FinishedStudy("pilot", path))


def test_an_empty_arm_is_named() -> None:
    samples = [ArmSample("q", "t", None, "rl", "", True), ArmSample("q", "t", None, "zero_shot", "x", True)]
    with pytest.raises(InputError, match="'rl' is empty"):
        pair_arms(samples, [("rl", "zero_shot")], per_comparison=3, seed=1)


def test_a_full_disk_is_refused_and_loses_nothing(store: RatingStore, tmp_path: Path) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    with store.database.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    def fill(connection: object, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    from sqlalchemy import event

    event.listen(store.database.engine, "connect", fill)
    with pytest.raises(StoreUnavailable, match="full"):
        HumanLabeler("queue", store=store).choose(tasks(500), seed=1)
    event.remove(store.database.engine, "connect", fill)
    assert store.next_assignment(study, rater) == held
    assert store.verify(study).problems == ()
    assert len(store.studies()) == 1


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "ratings.db").write_text("not a database, but long enough to look like something" * 40)
    with pytest.raises(StoreUnavailable, match="not a"):
        open_store(f"sqlite:///{tmp_path / 'ratings.db'}")


def test_a_backup_taken_while_others_write_is_whole_and_can_be_restored(store: RatingStore, tmp_path: Path) -> None:
    study = publish(store)
    store.backup(tmp_path / "backup.db")
    assert integrity(tmp_path / "backup.db") is None
    with pytest.raises(InputError, match="exists already"):
        store.backup(tmp_path / "backup.db")
    store.close(study)
    kept = restore(store.database, tmp_path / "backup.db")
    assert store.study(study).state == "open"
    assert kept is not None
    assert sqlite3.connect(kept).execute("SELECT state FROM studies").fetchone() == ("closed",)


def test_nothing_is_restored_under_a_running_app(store: RatingStore, tmp_path: Path) -> None:
    publish(store)
    store.backup(tmp_path / "backup.db")
    app = open_store(f"sqlite:///{tmp_path / 'ratings.db'}")
    app.database.hold()
    with pytest.raises(InputError, match=r"ratings\.db: the rating store is in use\. Stop the app first"):
        restore(store.database, tmp_path / "backup.db")
    app.database.release()
    assert not [path for path in tmp_path.iterdir() if "restor" in path.name]
    assert restore(store.database, tmp_path / "backup.db") is not None


@pytest.mark.parametrize("left", [b"no database, but as long as one could be " * 300, None])
def test_a_damaged_store_is_replaced_and_kept_as_it_lay(store: RatingStore, tmp_path: Path, left: bytes | None) -> None:
    publish(store)
    store.backup(tmp_path / "backup.db")
    place = tmp_path / "ratings.db"
    damaged = left if left is not None else place.read_bytes()[:30_000]
    place.write_bytes(damaged)
    kept = restore(store.database, tmp_path / "backup.db")
    assert kept is not None
    assert kept.read_bytes() == damaged
    assert len(store.studies()) == 1


def test_a_backup_of_a_newer_harness_is_named_and_not_restored(store: RatingStore, tmp_path: Path) -> None:
    store.backup(tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
        copy.commit()
    with pytest.raises(InputError, match=r"newer\.db: the rating database was migrated .* by a newer version"):
        restore(store.database, tmp_path / "newer.db")
    assert store.studies() == []


def test_a_damaged_backup_is_not_restored(store: RatingStore, tmp_path: Path) -> None:
    publish(store, item_set(40))
    store.backup(tmp_path / "backup.db")
    content = bytearray((tmp_path / "backup.db").read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        restore(store.database, tmp_path / "backup.db")
    assert len(store.studies()) == 1


def test_what_is_no_backup_of_ours_leaves_the_store_in_its_place(store: RatingStore, tmp_path: Path) -> None:
    publish(store)
    store.backup(tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE alembic_version (version_num)")
    for name, said in (("newer.db", "newer version"), ("other.db", "no backup of a rating store")):
        with pytest.raises(InputError, match=said):
            restore(store.database, tmp_path / name)
        assert len(store.studies()) == 1
    assert not [path for path in tmp_path.iterdir() if "restor" in path.name]


def test_who_is_shut_out_gets_no_link_that_would_be_refused(store: RatingStore) -> None:
    rater = store.add_rater("amber")
    store.revoke(rater)
    with pytest.raises(InputError, match="shut out"):
        store.invite(rater)


def test_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(InputError, match="sqlite or postgresql"):
        open_store("mysql://localhost/x")
    with pytest.raises(InputError, match="URL is not one"):
        open_store("sqlite://:::x::")


def test_pairs_helper_is_what_the_tests_think() -> None:
    assert {pair[4][0] + pair[6][0] for pair in pairs(3)} == {"PQ"}
