"""Writes the lines of all rooms and modules into docs/README.md, from the first sentences of their docstrings.

    python -m benchmarks.write_index

A C++ source is a module too; its first comment is its docstring.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INDEX = ROOT / "docs" / "README.md"
OPENING, CLOSING = "<!-- modules -->", "<!-- /modules -->"


def folders() -> Iterator[Path]:
    """Every folder with modules, a folder before those inside it."""
    for top in ("harness", "dashboards"):
        yield from sorted({path.parent for path in (ROOT / top).rglob("*.py")})


def modules(folder: Path) -> list[Path]:
    """The Python modules of a folder by name, then its C++ sources and those of folders in it that are no packages."""
    python = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    return [*python, *sorted(folder.glob("*.?pp")), *(path for path in sorted(folder.glob("*/*.?pp"))
                                                     if not (path.parent / "__init__.py").exists())]


def _docstring(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return ast.get_docstring(ast.parse(text)) or ""
    return "\n".join(line.removeprefix("//").strip() for line in takewhile(lambda line: line.startswith("//"),
                                                                           text.splitlines()))


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, on one line; empty without a docstring."""
    text = _docstring(path)
    paragraph = " ".join(text.split("\n\n")[0].split())
    found = re.match(r".+?(?<!\bal)(?<!\.)[.?!](?=\s|$)", paragraph)
    return found.group() if found else paragraph


def tables() -> str:
    """A heading, a line and a table for each folder."""
    parts = []
    for folder in folders():
        name = folder.relative_to(ROOT).as_posix()
        rows = [f"| `{path.relative_to(ROOT).as_posix()}` | {first_sentence(path)} |" for path in modules(folder)]
        parts += [f"### `{name}/`", first_sentence(folder / "__init__.py")]
        if rows:
            parts.append("\n".join(["| module | what it is |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)


def main() -> None:
    """Replace what stands between the two markers of the index."""
    text = INDEX.read_text(encoding="utf-8")
    before, _, rest = text.partition(OPENING)
    _, _, after = rest.partition(CLOSING)
    INDEX.write_text(f"{before}{OPENING}\n\n{tables()}\n\n{CLOSING}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
