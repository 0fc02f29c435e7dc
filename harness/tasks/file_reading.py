"""Reads text and lines of JSON from files; a mistake is named with its file and line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError, MissingInput, look_for

CHUNK_CHARACTERS = 2000
_LONGEST_WRAPPED_LINE = 120  # a longer line was not broken by hand: it is a paragraph of its own


@dataclass(frozen=True)
class Chunk:
    """Whole paragraphs of a file, about CHUNK_CHARACTERS in all, newlines between. line: where they begin."""

    file: Path
    line: int
    text: str


def files_below(path: str, suffix: str, *, key: str) -> list[tuple[str, Path]]:
    """(name, file) of a file, or of all files with the suffix below a folder, sorted. InputError for none."""
    root = Path(path)
    if not look_for(root, key=key):
        raise MissingInput("there is no such file or folder", file=path, key=key,
                           cure=f"Give the path of a {suffix} file or of a folder of them.")
    if root.is_file():
        return [(root.name, root)]
    files = [file for file in sorted(root.rglob(f"*{suffix}")) if file.is_file()]
    found = [(file.relative_to(root).as_posix(), file) for file in files]
    if not found:
        raise InputError(f"the folder has no {suffix} files", file=path, key=key,
                         cure=f"Put {suffix} files into it, or give another path.")
    return found


def read_utf8(file: Path) -> str:
    """The text of a file, a byte order mark removed. InputError with the line of the first invalid byte."""
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the mark; the mark holds no newline, so the line is the same.
        start = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        raise InputError(f"not UTF-8 (byte 0x{content[start]:02x})", file=str(file),
                         line=content[:start].count(b"\n") + 1, cure="Save the file as UTF-8.") from error


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """(line of its start, paragraph), hard-wrapped lines joined. Empty and long lines end a paragraph."""
    block: list[str] = []
    start = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        words = " ".join(line.split())
        if block and (not words or len(words) > _LONGEST_WRAPPED_LINE):
            yield start, _join(block)
            block = []
        if len(words) > _LONGEST_WRAPPED_LINE:
            yield number, words
        elif words:
            start = start if block else number
            block.append(words)


def _join(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        # A hyphen between letters at the line's end joins the word; a dash keeps its space.
        text += line if text[-1] == "-" and text[-2:-1].isalpha() and line[0].islower() else f" {line}"
    return text


def chunks(file: Path) -> Iterator[Chunk]:
    """The file's paragraphs in order, gathered into chunks."""
    return (Chunk(file, line, text) for line, text in text_chunks(read_utf8(file)))


def text_chunks(text: str) -> Iterator[tuple[int, str]]:
    """(line of its start, chunk) of a text's paragraphs in order, newlines between them."""
    gathered: list[str] = []
    start = size = 0
    for line, paragraph in paragraphs(text):
        if gathered and size + len(paragraph) > CHUNK_CHARACTERS:
            yield start, "\n".join(gathered)
            gathered, size = [], 0
        start = start if gathered else line
        gathered.append(paragraph)
        size += len(paragraph) + 1
    if gathered:
        yield start, "\n".join(gathered)


def json_rows(file: Path, *, text_key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, object) of a JSON Lines file; empty lines are passed over. InputError for anything else.

    text_key: a line that is a JSON string is an object with the text at this key.
    """
    for number, line in enumerate(read_utf8(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if "\\u" in line:  # half a surrogate pair ("\ud800") parses, but no tokenizer takes it
                json.dumps(row, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            fault = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
            raise InputError(f"not valid JSON ({fault})", file=str(file),
                             line=number, cure="Write one JSON object on each line.") from error
        row = {text_key: row} if isinstance(row, str) else row
        if not isinstance(row, dict):
            raise InputError(f"a JSON {type(row).__name__} where an object belongs", file=str(file),
                             line=number, cure="Write one JSON object on each line.")
        yield number, row


def string_value(row: dict[str, Any], key: str, *, file: Path, line: int) -> str:
    """The text at the row's key. InputError when the key is missing or its value is no text."""
    if key not in row:
        near = difflib.get_close_matches(key, list(row), n=1)
        cure = f"Did you mean '{near[0]}'?" if near else f"The keys here are: {', '.join(row) or 'none'}."
        raise InputError("the key is missing", file=str(file), line=line, key=key, cure=cure)
    value = row[key]
    if not isinstance(value, str):
        raise InputError(f"a text is needed, not {json.dumps(value, default=str)[:40]}", file=str(file),
                         line=line, key=key, cure="Put the value in quotes, or name another key.")
    return value
