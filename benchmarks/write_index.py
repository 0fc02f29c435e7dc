"""Writes the lines of all rooms and modules into docs/README.md, from the first sentences of their docstrings.

    python -m benchmarks.write_index
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INDEX = ROOT / "docs" / "README.md"
OPENING, CLOSING = "<!-- modules -->", "<!-- /modules -->"


def folders() -> Iterator[Path]:
    """Every folder with modules, a folder before those inside it."""
    for top in ("harness", "dashboards"):
        yield from sorted({path.parent for path in (ROOT / top).rglob("*.py")})


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, on one line; empty without a docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(text.split("\n\n")[0].split())
    found = re.match(r".+?(?<!\bal)(?<!\.)[.?!](?=\s|$)", paragraph)
    return found.group() if found else paragraph


def tables() -> str:
    """A heading, a line and a table for each folder."""
    parts = []
    for folder in folders():
        name = folder.relative_to(ROOT).as_posix()
        modules = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
        rows = [f"| `{name}/{path.name}` | {first_sentence(path)} |" for path in modules]
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
