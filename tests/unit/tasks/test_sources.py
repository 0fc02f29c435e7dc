"""How text files and JSONL are read, and each mistake in them as one clear line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.tasks.hub import HubDataset
from harness.tasks.sources import JsonlPairs, StoryworldSource, TextFiles, TextSource
from tests.contract.text_sources import text_with_folders


def test_hard_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    wrapped = ("It was a\nwell-\nknown   road -\nand long.\n\n\nShe said\n\"yes\".\n" + "A long line " * 20
               + "\nand a short one.\n")
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf" + wrapped.replace("\n", "\r\n").encode())
    source = TextFiles(path=str(file), valid_path="unread", test_path="unread")
    (document,) = source.documents("train")
    assert document.text.split("\n") == [
        "It was a well-known road - and long.", 'She said "yes".', ("A long line " * 20).strip(),
        "and a short one."]
    assert document.id == "a.txt:1"


def test_folders_are_read_recursively_in_the_order_of_their_names(tmp_path: Path) -> None:
    files = [document.id.split(":")[0] for document in text_with_folders(tmp_path).documents("train")]
    assert list(dict.fromkeys(files)) == ["b/a.txt", "z.txt"]


@pytest.mark.parametrize(("content", "source", "says"), [
    ({"a.txt": b"fine\nstill fine\nbad \xff here\n"}, TextFiles(path="."), "a.txt:3: not UTF-8 (byte 0xff)"),
    ({"a.txt": b"\xef\xbb\xbffine\nbad \xe9"}, TextFiles(path="."), "a.txt:2: not UTF-8 (byte 0xe9)"),
    ({"a.txt": b"  \n\n"}, TextFiles(path="a.txt"), "a.txt: path: there is no text in it"),
    ({"a.txt": b"One paragraph."}, TextFiles(path="a.txt"), "a.txt: path: too little text for a valid split"),
    ({"a.md": b"x"}, TextFiles(path="."), "path: the folder has no .txt files"),
    ({"a.txt": b"x"}, TextFiles(path="a.txt", valid_path="b.txt"),
     "b.txt: valid_path: there is no such file or folder"),
    ({"a.txt": b"x"}, TextFiles(path="a.txt", test_path="."), "test_path: it overlaps with path"),
    ({"a.jsonl": b'{"text": "x"}\n{"text": \n'}, JsonlPairs(path="a.jsonl"), "a.jsonl:2: not valid JSON"),
    ({"a.jsonl": b"[" * 100_000}, JsonlPairs(path="a.jsonl"), "a.jsonl:1: not valid JSON (maximum recursion depth"),
    ({"a.jsonl": b'{"text": ' + b"9" * 6000 + b"}"}, JsonlPairs(path="a.jsonl"), "a.jsonl:1: not valid JSON (Exceeds"),
    ({"a.jsonl": b'\n["x"]\n'}, JsonlPairs(path="a.jsonl"), "a.jsonl:2: a JSON list where an object belongs"),
    ({"a.jsonl": b'{"texts": "x"}'}, JsonlPairs(path="a.jsonl"),
     "a.jsonl:1: text: the key is missing. Did you mean 'texts'?"),
    ({"a.jsonl": b'{"text": 3}'}, JsonlPairs(path="a.jsonl"), "a.jsonl:1: text: a text is needed, not 3"),
    ({"a.jsonl": b'{"text": "x", "s": null}'}, JsonlPairs(path="a.jsonl", reference_key="s"),
     "a.jsonl:1: s: a text is needed, not null"),
    ({"a.jsonl": b'{"text": "x"}'}, JsonlPairs(path="a.jsonl", id_key="id"),
     "a.jsonl:1: id: the key is missing"),
    ({"a.jsonl": b""}, JsonlPairs(path="a.jsonl"), "a.jsonl: path: there is no text in it"),
])
def test_a_mistake_in_the_files_says_where_and_how_to_mend_it(
        content: dict[str, bytes], source: TextSource, says: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in content.items():
        (tmp_path / name).write_bytes(text)
    with pytest.raises(InputError) as caught:
        source.check()
    assert says in str(caught.value)
    assert caught.value.cure
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", [
    lambda: StoryworldSource(genre="poems"),  # type: ignore[arg-type]
    lambda: TextFiles(path=" "), lambda: TextFiles(path="a", valid_path=""),
    lambda: JsonlPairs(path="a", source_key=""),
    lambda: JsonlPairs(path="a", source_key="x", reference_key="x"),
    lambda: HubDataset(name=""), lambda: HubDataset(name="a", valid_split="train"),
])
def test_an_impossible_value_is_refused_at_once(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"is empty|both|same name|stories or reports"):
        make()


def test_construction_touches_no_file() -> None:
    TextFiles(path="/nowhere/at/all")
    JsonlPairs(path="/nowhere/at/all.jsonl")
    HubDataset(name="nobody/nothing")
