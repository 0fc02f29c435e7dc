"""The last file of a finished stage: what was written is read, and so are files of older harnesses."""

import hashlib
import json
import re

import pytest

from harness.artifacts.outcome import (
    OUTCOME_FILE,
    check_files,
    environments_of,
    is_sealed,
    read_outcome,
    sealed,
    write_outcome,
)
from harness.errors import DamagedFile
from harness.records import Done, Environment

HERE = Environment(host="here", cpu="a processor", threads=2, torch="2.13", device="cpu", small_kernels="0123",
                   large_kernels="off (no compiler)", compiler="none")


def test_what_was_written_is_read(tmp_path):
    outcome = Done({"loss": 0.5}, {"pretrain": HERE})
    write_outcome(tmp_path, outcome)
    assert read_outcome(tmp_path) == outcome


def test_a_stage_without_the_file_is_not_done(tmp_path):
    assert read_outcome(tmp_path) is None
    assert environments_of([tmp_path]) == {}


def test_an_older_file_names_no_environments(tmp_path):
    (tmp_path / OUTCOME_FILE).write_text(json.dumps({"summary": {"loss": 0.5}}))
    assert read_outcome(tmp_path) == Done({"loss": 0.5})


FILES = {"model/model.safetensors": bytes(range(256)) * 20, "samples.jsonl": b'{"text": "one"}\n', "empty": b""}


@pytest.fixture
def folder(tmp_path):
    """A finished stage's, with what a killed attempt left half written."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / f"{OUTCOME_FILE}.part").write_text("half")
    write_outcome(tmp_path, Done({"loss": float("nan"), "none": -0.0}, {"pretrain": HERE}))
    return tmp_path


def test_it_lists_the_files_with_the_digests_of_sha256sum(folder):
    assert json.loads((folder / OUTCOME_FILE).read_text())["files"] == {
        name: {"size": len(content), "sha256": [hashlib.sha256(content).hexdigest()]}
        for name, content in FILES.items()}
    check_files(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["empty", "model", OUTCOME_FILE, "samples.jsonl"]


def test_no_bit_of_any_file_may_be_another(folder):
    for path in [folder / name for name in (*FILES, OUTCOME_FILE)]:
        whole = path.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 400)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1:])
            with pytest.raises(DamagedFile, match=re.escape(str(path))):
                check_files(folder)
        path.write_bytes(whole)
        check_files(folder)


def test_no_file_may_be_shorter_or_longer_or_gone(folder):
    for path in [folder / name for name in (*FILES, OUTCOME_FILE)]:
        whole = path.read_bytes()
        for content in (whole[:-1], whole[:len(whole) // 2], whole + b"x"):
            if content not in (whole, whole + b" "):
                path.write_bytes(content)
                with pytest.raises(DamagedFile, match=re.escape(str(path))):
                    check_files(folder)
        path.unlink()
        with pytest.raises(DamagedFile, match=r"cannot be read \(No such file"):
            check_files(folder)
        path.mkdir()
        with pytest.raises(DamagedFile, match=re.escape(str(path))):
            check_files(folder)
        path.rmdir()
        path.write_bytes(whole)


@pytest.mark.parametrize("content", ["", "{", "[]", "1", '{"summary": {}, "digest": "0"}', '{"sumnary": {}}', "\udcff",
                                     '{"summary": {}, "environments": {}, "dagest": "0"}', "[" * 100_000])
def test_a_damaged_outcome_is_told_from_an_older_one(tmp_path, content):
    (tmp_path / OUTCOME_FILE).write_text(content, errors="surrogateescape")
    for read in (read_outcome, check_files):
        with pytest.raises(DamagedFile, match=OUTCOME_FILE):
            read(tmp_path)


def test_an_older_outcome_says_nothing_of_files(tmp_path):
    (tmp_path / OUTCOME_FILE).write_text(json.dumps({"summary": {"loss": 0.5}, "environments": {}}))
    check_files(tmp_path)


def test_a_sealed_object_is_known_again():
    document = json.loads(json.dumps(sealed({"b": 1, "a": [1.5, None, {"c": "é"}]})))
    assert is_sealed(document)
    assert not is_sealed({**document, "b": 2}) and not is_sealed({"b": 1})
