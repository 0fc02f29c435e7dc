"""Makes a file that is almost like another: wrong keys, types, numbers, nesting, encodings, ends of lines.

A structured file is read, changed in one place and written again; where that cannot be done, and often where it can,
its bytes are changed instead.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

LONGEST = 1 << 17
"""Bytes of an input. What longer files do is tested one by one."""

Mutation = Callable[[bytes, Random], bytes]

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2, 3, 0.5, -0.0, 1e-320, 1e308, float("nan"), float("inf"), -float("inf"), 2**31, 2**63 - 1, 2**63,
    2**64, 10**19, 10**40, 10**400, -(10**30), 99_999_999, 1e20, 0.1 + 0.2)
TEXTS: tuple[str, ...] = (
    "", " ", "\n", "a\nb", "\r", "\x00", "\x1b[31m", "\u2028", "\x85", "\u202e", "\ufeff", "\ud800", "𝄞", "é",
    "e\u0301", "left", "tie", "NaN", "inf", "1e999", "-1", "null", "true", "None", "x" * 3000, "<script>", "${HOME}",
    "${NOT_SET}", "${A:-b}", "..", ".", "~", "%s", "{0}", "2024-01-01T00:00:00Z", "99999-01-01", "a/b/c", "rl/1/1",
    "rl//", "a.b", "'", '"', "\\", "#", ":", "- ", "*a", "&a", "!!str", "9" * 5000, "vader", "classifier:.",
    "json:loads", "storyworld", "continuation", "summarization", "imported", "human", "simulated")
_KEYS = ("", "kind", "version", "a.b", "a\nb", "\x00", "ppo", "arm", "0", "seed", "ключ", "x" * 400, "__class__")


def mutated_value(value: Any, rng: Random) -> Any:
    """One value somewhere inside, changed; the value itself stays as it is."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(list(value))
        return _changed_object(dict(value), key, rng) if rng.random() < 0.25 else {
            **value, key: mutated_value(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.85:
        place = rng.randrange(len(value))
        if rng.random() < 0.25:
            return _changed_list(list(value), place, rng)
        return [*value[:place], mutated_value(value[place], rng), *value[place + 1:]]
    return another_value(value, rng)


def another_value(value: Any, rng: Random) -> Any:
    """A value in the place of this one: of its own type or of any other."""
    if isinstance(value, int | float) and not isinstance(value, bool) and rng.random() < 0.3:
        half = value * 0.5 if abs(value) < 2**64 else 0
        return rng.choice([value + 1, value - 1, -value, value * 2, half, value * 10**6])
    if isinstance(value, str) and rng.random() < 0.3:
        return changed_text(value, rng)
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice(NUMBERS)
    if kind < 5:
        return rng.choice(TEXTS)
    return [None, True, False, [], {}, [value], {"a": value}, [value] * 3, [[[value]]], {"": {}}][rng.randrange(10)]


def changed_text(text: str, rng: Random) -> str:
    """The text with one of TEXTS put in, or a part taken out or repeated."""
    start, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    middle = rng.choice([rng.choice(TEXTS), "", text[start:end] * 3, text[start:end].swapcase()])
    return text[:start] + middle + text[end:]


def _changed_object(value: dict[Any, Any], key: Any, rng: Random) -> dict[Any, Any]:
    what = rng.randrange(4)
    taken = value.pop(key)
    if what == 1:
        value[rng.choice((*_KEYS, f"{key}s", str(key)[:-1]))] = taken
    elif what == 2:
        value |= {key: taken, rng.choice(_KEYS): rng.choice(TEXTS)}
    elif what == 3 and value:
        other = rng.choice(list(value))
        value[key], value[other] = value[other], taken
    return value


def _changed_list(value: list[Any], place: int, rng: Random) -> list[Any]:
    what = rng.randrange(4)
    if what == 0:
        del value[place]
    elif what == 1:
        value.insert(place, value[place])
    elif what == 2:
        value.append(another_value(value[place], rng))
    else:
        rng.shuffle(value)
    return value


def mutate_json(content: bytes, rng: Random) -> bytes:
    """One JSON document."""
    return _structured(content, rng, lambda text: _dumped(mutated_value(json.loads(text), rng), rng))


def mutate_jsonl(content: bytes, rng: Random) -> bytes:
    """Lines of JSON, of which one is changed, left out, repeated or broken."""
    def changed(text: str) -> str:
        lines = text.split("\n")
        place = rng.randrange(len(lines))
        if rng.random() < 0.15:
            lines = _changed_list(lines, place, rng) if rng.random() < 0.7 else [*lines, lines[place] + lines[0]]
        else:
            lines[place] = _dumped(mutated_value(json.loads(lines[place]), rng), rng)
        return "\n".join(map(str, lines))

    return _structured(content, rng, changed)


def mutate_csv(content: bytes, rng: Random) -> bytes:
    """A table, of which a cell, a row, a column or its name is changed."""
    def changed(text: str) -> str:
        rows = list(csv.reader(io.StringIO(text)))
        row = 0 if rng.random() < 0.2 else rng.randrange(len(rows))
        place = rng.randrange(len(rows[row]))
        what = rng.randrange(6)
        if what < 3:
            rows[row][place] = str(another_value(rows[row][place], rng))
        elif what == 3:
            rows = _changed_list(rows, row, rng)
        elif what == 4:
            rows = [[*each, each[place % len(each)]] if each else each for each in rows]
        else:
            rows = [each[:place] + each[place + 1:] for each in rows]
        out = io.StringIO()
        csv.writer(out, lineterminator=rng.choice(["\n", "\r\n"])).writerows(
            each for each in rows if isinstance(each, list))
        return out.getvalue()

    return _structured(content, rng, changed)


def mutate_yaml(content: bytes, rng: Random) -> bytes:
    """A study: a value changed and the whole written as JSON, which is YAML too, or a line of the text changed."""
    def changed(text: str) -> str:
        if rng.random() < 0.5:
            return _dumped(mutated_value(YAML(typ="safe").load(text), rng), rng)
        return _changed_line(text, rng)

    return _structured(content, rng, changed)


_SCALARS = (
    "*a", "&a 1", "!!python/object:os.system x", "!!set {a}", "!!omap [a: 1]", "!!binary aGk=", "!!timestamp x", "!x y",
    "2001-01-01", "2001-99-99", "0o7", "0x1F", ".nan", ".inf", "1e999", "~", "12:30:45", "1_0", "<<: *a", "? a", "|",
    ">", "[", "{", "{a: [}", "'", '"', "@", "`", "%YAML 9.9", "---", "...", "\t", "\x85", "\u2028", "yes",
    "{? [a] : b}", "{1: 2}", "{null: 1}", "{1.5: {true: x}}", "[1, [2, [3]]]", "{a: &b {c: *b}}", "{<<: {a: 1}}",
    "{<<: 3}", "{<<: [{a: 1}]}", "!!float x", "!!int '9'", "!!null x", "!!bool maybe", "!<tag:yaml.org,2002:int> 3")


def _changed_line(text: str, rng: Random) -> str:
    lines = text.split("\n")
    place = rng.randrange(len(lines))
    key, colon, value = lines[place].partition(":")
    what = rng.randrange(6)
    if what < 3 and colon:
        lines[place] = f"{key}: {rng.choice(_SCALARS) if rng.random() < 0.7 else rng.choice(TEXTS)}"
    elif what == 3:
        lines[place] = rng.choice(["  ", " ", "\t", "- ", "? "]) + lines[place]
    elif what == 4:
        lines = [str(each) for each in _changed_list(list(lines), place, rng)]
    else:
        lines[place] = f"{rng.choice(_SCALARS)}:{value}"
    return "\n".join(lines)


def mutate_text(content: bytes, rng: Random) -> bytes:
    """Plain text."""
    return _structured(content, rng, lambda text: changed_text(text, rng))


def _structured(content: bytes, rng: Random, change: Callable[[str], str]) -> bytes:
    """A change of the structure where it can be read, else of the bytes; now and then of both."""
    if rng.random() < 0.7:
        try:
            content = change(content.decode("utf-8-sig")).encode("utf-8", "surrogatepass")
        except (ValueError, LookupError, RecursionError, AttributeError, TypeError, YAMLError, csv.Error):
            content = mutate_bytes(content, rng)  # an earlier change has left nothing that can be read
        if rng.random() < 0.9:
            return content[:LONGEST]
    return mutate_bytes(content, rng)[:LONGEST]


def _dumped(value: Any, rng: Random) -> str:
    return json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, None, 1]))


_SPLICES = (
    b"\xef\xbb\xbf", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\r", b"\r\n", b"\n", b"\n\n", b"\x85",
    b"\xe2\x80\xa8", b"\\ud800", b"\\u0000", b"[" * 5000, b'{"a":' * 2000, b"9" * 5000, b"1e999", b"NaN", b"-Infinity",
    b'"', b"'", b",", b"\t", b"#", b": ", b"- ", b"{}", b"[]", b"null", b'"a": 1, "a": 2', b" " * 2000, b"x" * 20000)


def mutate_bytes(content: bytes, rng: Random) -> bytes:
    """The bytes cut off, spliced, flipped, repeated, or in another encoding."""
    start, end = sorted((rng.randint(0, len(content)), rng.randint(0, len(content))))
    what = rng.randrange(8)
    if what == 0:
        return content[:start]
    if what == 1:
        return rng.choice(_SPLICES) + content
    if what == 2:
        return content + rng.choice(_SPLICES)
    if what == 3:
        return content[:start] + rng.choice(_SPLICES) + content[start:]
    if what == 4:
        return content[:start] + content[end:]
    if what == 5:
        return content[:end] + content[start:end] * rng.randint(1, 3) + content[end:]
    if what == 6 and content:
        flipped = bytearray(content)
        for _ in range(rng.choice([1, 1, 1, 8])):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        return bytes(flipped)
    text = content.decode("utf-8", "replace")
    return rng.choice([
        text.encode("utf-16"), text.encode("latin-1", "replace"), text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(), text.replace("\n", "\r\n", 1).encode(), text.upper().encode()])
