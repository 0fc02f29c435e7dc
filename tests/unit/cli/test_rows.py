"""Rows of the commands' files: with their line numbers, and each kind of damage is one message or one count."""

import os

import pytest

from harness.cli.rows import BadRows, check_page, parse_columns, read_rows, with_mapped, write_page
from harness.errors import InputError


def read(tmp_path, name, content, *, skip=False):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    bad = BadRows(str(path), skip=skip)
    return list(read_rows(path, bad)), bad.counts


@pytest.mark.parametrize(("name", "content"), [
    ("a.csv", "x,y\n1,2\n\n3,4\n"), ("a.csv", "\ufeffx, y\r\n1,2\r\n\r\n3,4"),
    ("a.jsonl", '{"x": "1", "y": "2"}\n{"x": "3", "y": "4"}'),
    ("a.NDJSON", '{"x": "1", "y": "2"}\n\n{"x": "3", "y": "4"}\n')])
def test_rows_are_read_whatever_the_form(tmp_path, name, content):
    rows, _ = read(tmp_path, name, content)
    assert [row for _, row in rows] == [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]


def test_a_row_has_the_line_it_begins_on(tmp_path):
    rows, _ = read(tmp_path, "a.csv", 'x,y\n1,"two\nlines"\n3,4\n')
    assert [line for line, _ in rows] == [2, 4]


@pytest.mark.parametrize(("name", "content", "line", "problem"), [
    ("a.jsonl", '{"x": 1}\n{"x": \n', 2, "invalid JSON"),
    ("a.jsonl", '{"x": 1}\n[1]\n', 2, "not a JSON object"),
    ("a.jsonl", b'{"x": 1}\n{"x": "\xff"}\n', 2, "invalid UTF-8"),
    ("a.jsonl", '{"x": 1}\n{"x": "\\ud800"}\n', 2, "invalid JSON"),
    ("a.jsonl", '{"x": 1}\n' + "[" * 100_000 + "\n", 2, "invalid JSON"),
    ("a.csv", "x,y\n1,2\n3\n", 3, "wrong number of fields"),
    ("a.csv", b"x,y\n1,2\n\xff,4\n", 3, "invalid UTF-8"),
])
def test_a_damaged_row_is_named_or_counted(tmp_path, name, content, line, problem):
    with pytest.raises(InputError) as error:
        read(tmp_path, name, content)
    assert error.value.line == line
    assert "--skip-bad" in str(error.value)
    rows, counts = read(tmp_path, name, content, skip=True)
    assert len(rows) == 1
    assert counts == {problem: 1}


@pytest.mark.parametrize(("name", "content", "message"), [
    ("a.txt", "x", "not a CSV or JSONL file"),
    ("a.csv", 'x,y\n1,"2\n', "invalid CSV"),
    ("a.csv", "x,x\n1,2\n", "two columns called 'x'"),
    ("a.csv", b"\xff\n1\n", "the header is invalid UTF-8"),
])
def test_a_file_that_cannot_be_counted_is_refused_in_any_case(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, name, content, skip=True)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        list(read_rows(tmp_path / "none.csv", BadRows("none.csv", skip=False)))


def test_columns_are_mapped_in_either_order():
    assert parse_columns("winner=choice, id = item", ["choice", "item"]) == {"choice": "winner", "item": "id"}
    assert parse_columns("choice=winner", ["choice", "item"]) == {"choice": "winner"}
    assert parse_columns(None, ["choice"]) == {}


@pytest.mark.parametrize(("text", "message"), [
    ("winner", "cannot read 'winner'"), ("winner=chose", "Did you mean choice"),
    ("a=choice,b=choice", "two columns for 'choice'")])
def test_a_mapping_that_says_nothing_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_columns(text, ["choice", "item"])


def test_a_mapped_column_that_no_row_has_is_an_error_at_the_end():
    rows = [(1, {"a": 1}), (2, {"b": 2})]
    assert list(with_mapped(iter(rows), {"x": "a", "y": "b"}, "f.csv")) == rows
    with pytest.raises(InputError, match=r"no column 'c'. The file has a, b"):
        list(with_mapped(iter(rows), {"x": "c"}, "f.csv"))


def test_a_page_needs_a_folder_and_no_folder_of_its_name(tmp_path):
    check_page(tmp_path / "page.html")
    for path in (tmp_path, tmp_path / "nowhere" / "page.html"):
        with pytest.raises(InputError, match="cannot be written"):
            check_page(path)
        with pytest.raises(InputError, match="cannot be written"):
            write_page(path, "<p>")
    write_page(tmp_path / "page.html", "<p>ä")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "<p>ä"


def test_rows_of_a_pipe_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "rows.csv")
    with pytest.raises(InputError, match=r"rows.csv: it is no regular file"):
        read_rows(tmp_path / "rows.csv", BadRows("rows.csv", skip=False))
