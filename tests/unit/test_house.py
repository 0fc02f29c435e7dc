"""The direction of the house: no import runs up, there are no circles, and heavy packages stay where they belong."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (
    {"errors", "imports", "seeds", "records", "provenance"},
    {"cli", "hub"},
    {"algorithms", "kernels", "text", "statistics"},
    {"models"},
    {"training"},
    {"tasks"},
    {"labels", "ratings"},
    {"study"},
    {"results"},
    {"reporting"},
    {"artifacts"},
    {"stages"},
    {"engine"},
    {"run", "analyze", "textstats", "power", "raters", "export_labels", "classifier"},
)
HEIGHT = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
GROUND = {"harness.training.settings"}
"""Plain settings without torch, which every floor may read."""


def _modules():
    for path in sorted((ROOT / "harness").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _imports(path, *, top_level_only=False):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checking = {id(child) for node in ast.walk(tree) if isinstance(node, ast.If)
                and getattr(node.test, "id", "") == "TYPE_CHECKING" for child in ast.walk(node)}
    for node in tree.body if top_level_only else ast.walk(tree):
        if id(node) in checking:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _room(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_no_import_runs_up():
    wrong = [
        f"{module} imports {imported}"
        for module, path in _modules() for imported in _imports(path)
        if imported.startswith("harness.") and imported not in GROUND
        and not any(imported.startswith(f"{ground}.") for ground in GROUND)
        and _room(imported) in HEIGHT and _room(module) in HEIGHT and HEIGHT[_room(imported)] > HEIGHT[_room(module)]
    ]
    assert not wrong


def test_every_room_has_a_floor():
    rooms = {_room(module) for module, _ in _modules()} - {""}
    assert rooms <= set(HEIGHT)


def test_there_are_no_circles():
    modules = dict(_modules())
    graph = {module: {imported for imported in _imports(path, top_level_only=True) if imported in modules}
             for module, path in modules.items()}
    TopologicalSorter({module: imported - {module} for module, imported in graph.items()}).prepare()


@pytest.mark.parametrize(("rooms", "allowed"), [
    ({"algorithms", "kernels", "models", "training"}, {"torch", "transformers", "safetensors", "numpy", "harness"}),
    ({"statistics", "text"}, {"numpy", "scipy", "statsmodels", "krippendorff", "rouge_score", "nltk", "pandas",
                              "harness", "spacy", "matplotlib", "jinja2", "choix", "evalica", "transformers"}),
])
def test_heavy_packages_stay_where_they_belong(rooms, allowed):
    import sys

    standard = set(sys.stdlib_module_names)
    wrong = {f"{module} imports {imported}" for module, path in _modules() if _room(module) in rooms
             for imported in _imports(path, top_level_only="transformers" in allowed and "statistics" in rooms)
             if imported.split(".")[0] not in allowed | standard}
    assert not wrong


@pytest.mark.parametrize(("package", "home"), [("mlflow", "harness.engine.tracking"), ("streamlit", "dashboards")])
def test_a_package_lives_in_one_place(package, home):
    users = {module for module, path in _modules()
             if any(imported.split(".")[0] == package for imported in _imports(path))}
    assert users <= {home}
