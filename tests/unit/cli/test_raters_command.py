"""`harness raters`: what it prints and how it ends."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest
from rating_helpers import item_set, publish, rater_in, tasks

from harness.labels.human import HumanLabeler
from harness.raters import main
from harness.ratings import judging
from harness.ratings.protocol import StudyKind
from harness.ratings.store import RatingStore, open_store
from harness.statistics.plan import AnalysisPlan
from harness.statistics.raters import ExclusionRules


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RatingStore:
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{tmp_path / 'ratings.db'}")
    monkeypatch.setattr(judging, "MIN_DWELL_MS", 0)
    return open_store()


def judged_study(store: RatingStore) -> str:
    study = publish(store, item_set(4, overlap=1), plan=AnalysisPlan(exclusions=ExclusionRules()))
    rater = rater_in(store, study, "amber")
    for _ in range(4):
        store.vote(rater, str(store.next_assignment(study, rater)), revision=0, choice="left")
    return study


def test_an_invitation_is_a_link_that_works(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "amber", "--base-url", "https://rate.example"]) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://rate.example/join/")
    assert store.sign_in(link.rsplit("/", 1)[1]).rater_id == store.rater_id("amber")


def test_verify_tells_a_whole_store_from_a_changed_one(
        store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    study = judged_study(store)
    assert main(["close", "pilot"]) == 0
    assert main(["report", "pilot"]) == 0
    assert main(["verify"]) == 0
    assert "byte for byte" in capsys.readouterr().out
    from sqlalchemy import text

    with store.database.writing() as connection:
        connection.execute(text("UPDATE reports SET text = '{}'"))
    assert main(["verify", "pilot"]) == 1
    assert "cannot be reproduced" in capsys.readouterr().out
    assert store.verify(study).problems == ()


def test_a_result_before_closing_is_refused_in_one_line(
        store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    judged_study(store)
    assert main(["report", "pilot"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_exports_are_by_side_before_unblinding_and_by_arm_after(
        store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    judged_study(store)
    main(["export", "pilot", "--format", "jsonl"])
    before = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(before) == 4
    assert "left_arm" not in before[0]
    main(["close", "pilot"])
    main(["report", "pilot"])
    capsys.readouterr()
    main(["export", "pilot", "--format", "jsonl"])
    after = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {after[0]["left_arm"], after[0]["right_arm"]} == {"rl/500", "zero_shot"}


def test_an_export_after_unblinding_is_what_analyze_reads(
        store: RatingStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    analyze = pytest.importorskip("harness.analyze")
    judged_study(store)
    main(["close", "pilot"])
    main(["report", "pilot"])
    assert main(["export", "pilot", "-o", str(tmp_path / "pilot.csv")]) == 0
    capsys.readouterr()
    assert analyze.main([str(tmp_path / "pilot.csv"), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["comparisons"]
    assert row["n_judgments"] == 4


@pytest.mark.parametrize("argv", [["revoke", "nobody"], ["export"], ["export", "none"], ["erase", "amber"],
                                  ["restore", "no-such-file"], ["--url", "mysql://x/y", "list"]])
def test_a_mistake_is_one_line_and_exit_code_2(
        store: RatingStore, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    store.add_rater("amber")
    assert main(argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_a_folder_is_no_backup_and_no_damaged_one_either(
        store: RatingStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: a backup is a file, and this is a folder")
    assert main(["restore", "/dev/null"]) == 2
    assert capsys.readouterr().err.startswith("error: /dev/null: it is no regular file")


def test_a_store_without_studies_is_verified_in_words(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    assert "no studies yet" in capsys.readouterr().out


def test_an_erased_rater_is_gone_and_the_rest_stays(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    study = judged_study(store)
    assert main(["export", "--rater", "amber"]) == 0
    said = capsys.readouterr().out
    assert len(json.loads(said)["judgments"]) == 4
    assert said.endswith("}\n")
    assert main(["erase", "amber", "--yes"]) == 0
    assert store.verify(study).erased == 4
    assert main(["revoke", "amber"]) == 2


def test_a_file_that_cannot_be_written_and_a_study_that_is_not_there_are_one_line(
        store: RatingStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged_study(store)
    for wrong in (["export", "pilot", "-o", str(tmp_path / "no such folder" / "out.csv")], ["export", "pilto"],
                  ["verify", "pilto"]):
        assert main(wrong) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_labels_are_exported_like_judgments(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    labeler = HumanLabeler("queue", store=store)
    labeler.choose(tasks(2), seed=1)
    queue = store.study_id("queue", StudyKind.LABELS)
    rater = rater_in(store, queue, "amber")
    store.vote(rater, str(store.next_assignment(queue, rater)), revision=0, choice="2")
    assert main(["export", "queue", "--format", "jsonl"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert [int(json.loads(line)["choice"])] == list(store.labels("queue").values())


def test_whoever_reads_the_first_lines_alone_sees_no_traceback(store: RatingStore) -> None:
    study = judged_study(store)
    store.close(study)
    command = f"{sys.executable} -m harness.raters report pilot | head -c 5"
    process = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe
    assert (process.stdout[:1], process.stderr) == ("{", "")


def test_an_empty_store_says_so(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "no raters and no studies" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["list"], ["export", "pilot"], ["verify"], ["backup", "copy"]])
def test_an_address_without_a_store_makes_none(command: list[str], tmp_path: Path,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    where = tmp_path / "mistyped.db"
    assert main(["--url", f"sqlite:///{where}", *command]) == 2
    assert f"{where}: --url: there is no rating store" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_export_of_nothing_has_its_columns(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    publish(store)
    assert main(["export", "pilot"]) == 0
    assert capsys.readouterr().out.startswith("item_id,query_id,rater_id,choice")


@pytest.mark.parametrize("wrong", [
    [" amber "], ["am\nber"], ["am\x1b[31mber"], ["\u202eamber"], ["am\udcffber"], ["birch", "--email", "  "],
    ["birch", "--email", "example.org"], ["birch", "--email", "CEDAR@example.org"]])
def test_a_pseudonym_can_be_read_and_an_address_finds_one_rater(
        store: RatingStore, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "cedar", "--email", "cedar@example.org"]) == 0
    capsys.readouterr()
    assert main(["invite", *wrong]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert [rater.handle for rater in store.raters()] == ["cedar"]


@pytest.mark.parametrize("wrong", ["", "not a url", "rate.example", "javascript:alert(1)", "ftp://rate.example",
                                   "https://", "https://rate.example:99999", "https://[", "https://a b",
                                   "https://rate.example/?a=b", "https://rate.example#x", "https://x\n.example"])
def test_a_base_that_is_no_address_invites_nobody(
        store: RatingStore, wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "amber", "--base-url", wrong]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: --base-url: ")
    assert said.err.count("\n") == 1
    assert store.raters() == []


@pytest.mark.parametrize("right", ["http://localhost:8501/", "https://rate.example/under/a/path", "http://[::1]:8501"])
def test_a_base_may_have_a_port_and_a_path(store: RatingStore, right: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "amber", "--base-url", right]) == 0
    assert capsys.readouterr().out.startswith(f"{right.rstrip('/')}/join/")


def test_a_link_for_longer_than_dates_go_is_refused(store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["invite", "amber", "--days", "1e12"])
    assert "1e12 is not above 0, up to 3,650" in capsys.readouterr().err


def test_an_address_for_a_known_rater_is_not_dropped_unsaid(
        store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "amber"]) == 0
    assert main(["invite", "amber", "--email", "amber@example.org"]) == 2
    assert "--email" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a?b.db", "a#b.db", "a%20b.db", "a b \u00e9.db"])
def test_a_backup_may_have_any_name(store: RatingStore, name: str, tmp_path: Path,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    store.add_rater("amber")
    before = {each.name for each in tmp_path.iterdir()}
    assert main(["backup", str(tmp_path / name)]) == 0
    assert {each.name for each in tmp_path.iterdir()} - before == {name}
    store.add_rater("birch")
    store.database.release()
    gc.collect()  # what the commands above opened, as their process would let go of it at its end
    assert main(["restore", str(tmp_path / name)]) == 0
    assert [rater.handle for rater in open_store().raters()] == ["amber"]


def test_a_backup_that_cannot_be_written_is_one_line(
        store: RatingStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["backup", str(tmp_path / "file" / "copy.db")]) == 2
    assert main(["backup", str(tmp_path / ("long" * 100))]) == 2
    assert main(["backup", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 3


def test_a_backup_that_does_not_fit_leaves_nothing(
        store: RatingStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("resource")
    target = tmp_path / "copy.db"
    code = ("import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
            "from harness.raters import main; from harness.ratings.store import open_store; open_store();"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); sys.exit(main(['backup', sys.argv[1]]))")
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1
    assert not target.exists()


@pytest.mark.parametrize("more", [["pilot"], ["--format", "parquet"]])
def test_a_raters_data_is_not_what_was_not_asked_for(
        store: RatingStore, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    judged_study(store)
    assert main(["export", "--rater", "amber", *more]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: --rater: ")


@pytest.mark.parametrize("command", ["close", "report"])
def test_labels_are_neither_closed_nor_reported(
        store: RatingStore, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(1), seed=1)
    (labels,) = store.studies(StudyKind.LABELS)
    assert main([command, labels.name]) == 2
    assert "collects labels: it is not closed, and has no report" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["judgments", "judgments.xlsx"])
def test_a_file_whose_ending_gives_no_format_is_named(
        store: RatingStore, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged_study(store)
    assert main(["export", "pilot", "-o", str(tmp_path / name)]) == 2
    assert f"{name}: its ending gives no format" in capsys.readouterr().err
    assert not (tmp_path / name).exists()
