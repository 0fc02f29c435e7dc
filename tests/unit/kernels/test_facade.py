"""The kernels have one door, which only `models/` goes through."""

import ast
from pathlib import Path

import harness

ROOT = Path(harness.__file__).parent


def _kernels_imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("harness.kernels"):
            yield node.module
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("harness.kernels"))


def test_only_models_imports_the_kernels_and_only_through_the_facade():
    outside = {path.relative_to(ROOT): set(_kernels_imported(path)) for path in ROOT.rglob("*.py")
               if ROOT / "kernels" not in path.parents}
    users = {path: names for path, names in outside.items() if names}
    assert {path.parts[0] for path in users} == {"models"}
    assert set.union(*users.values()) == {"harness.kernels.facade"}


def test_neither_library_reads_the_sources_of_the_other():
    for name, other in (("small", "large"), ("large", "small")):
        text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kernels" / name).glob("*.?p*"))
        assert f"../{other}/" not in text and f"kernels.{other}" not in text
