"""Text and JSON lines out of files, with the line of everything."""

import pytest

from harness.errors import InputError
from harness.tasks.file_reading import CHUNK_CHARACTERS, files_below, json_rows, paragraphs, read_utf8, text_chunks


def test_paragraphs_know_their_lines_and_join_what_was_wrapped_by_hand() -> None:
    long = "word " * 30
    text = f"\nOne\ntwo-\nthree -\nfour.\n\n{long}\nFive.\n"
    assert list(paragraphs(text)) == [(2, "One two-three - four."), (7, long.strip()), (8, "Five.")]


def test_chunks_hold_whole_paragraphs_in_order_up_to_their_size() -> None:
    # Nine paragraphs of 500 characters: three fit with their newlines, a fourth would not.
    text = "\n\n".join(f"{number} " + "x" * 119 + "\n" + ("y" * 119 + "\n") * 3 for number in range(9))
    chunks = list(text_chunks(text))
    assert "\n".join(chunk for _, chunk in chunks) == "\n".join(paragraph for _, paragraph in paragraphs(text))
    assert all(len(chunk) <= CHUNK_CHARACTERS for _, chunk in chunks)
    assert [line for line, _ in chunks] == [
        line for line, paragraph in paragraphs(text) if any(chunk.startswith(paragraph) for _, chunk in chunks)]


def test_the_line_of_an_invalid_byte_is_counted_behind_a_byte_order_mark(tmp_path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbfone\ntwo \xff")
    with pytest.raises(InputError, match=r"a.txt:2: not UTF-8 \(byte 0xff\)"):
        read_utf8(file)
    file.write_bytes(b"\xef\xbb\xbfone")
    assert read_utf8(file) == "one"


def test_a_line_of_json_is_an_object_or_a_text(tmp_path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "a", "n": 1}\n\n"b"\n')
    assert list(json_rows(file, text_key="text")) == [(1, {"text": "a", "n": 1}), (3, {"text": "b"})]


def test_files_are_named_by_their_place_below_the_folder(tmp_path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.txt", "b/a.txt", "b/no.md"):
        (tmp_path / name).touch()
    assert [name for name, _ in files_below(str(tmp_path), ".txt", key="path")] == ["b/a.txt", "z.txt"]
    assert files_below(str(tmp_path / "z.txt"), ".txt", key="path") == [("z.txt", tmp_path / "z.txt")]
