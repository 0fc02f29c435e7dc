"""The rules that hold for the code as a whole: who may import whom, how long things are, what has a test."""

import ast
import re
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("harness", "dashboards", "benchmarks")
FLOORS = (
    {"errors", "digests", "durable", "imports", "seeds", "records", "json_records", "provenance", "shipped",
     "passwords", "disk_full", "folders", "sqlite_files"},
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
    {"run", "analyze", "textstats", "power", "raters", "export_labels", "classifier", "clean", "app",
     "mlflow_ui"},
    {"__main__"},
)
HEIGHT = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
GROUND = {"harness.training.settings"}
"""Plain settings without torch, which every floor may read."""
PAGE_MAKERS = {"harness.reporting", "dashboards", "matplotlib", "jinja2", "html", "streamlit", "rich"}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 60


def _files(*folders, endings=(".py",)):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))
            if path.suffix in endings and "__pycache__" not in path.parts]


def _modules(*folders):
    """{dotted name: path} of all modules and packages below the folders."""
    parts = {path: path.relative_to(ROOT).with_suffix("").parts for path in _files(*folders)}
    return {".".join(names[:-1] if names[-1] == "__init__" else names): path for path, names in parts.items()}


@cache
def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(nodes):
    """The dotted names that import statements among the nodes name: modules, and what is taken from them."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imported_at_once(path):
    """What a module imports when it is imported or when types are checked, not when a function runs."""
    for node in _tree(path).body:
        checking = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        yield from _imports(ast.walk(node) if checking else [node])


def _imported_anywhere(path):
    return set(_imports(ast.walk(_tree(path))))


def _room(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _below(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_no_import_runs_up():
    wrong = [
        f"{module} imports {imported}"
        for module, path in _modules("harness").items() for imported in _imported_anywhere(path)
        if imported.startswith("harness.") and not _below(imported, GROUND)
        and _room(imported) in HEIGHT and _room(module) in HEIGHT and HEIGHT[_room(imported)] > HEIGHT[_room(module)]
    ]
    assert not wrong


def test_every_room_has_a_floor():
    assert {_room(module) for module in _modules("harness")} - {""} <= set(HEIGHT)


@pytest.mark.parametrize("folder", CODE)
def test_there_are_no_circles(folder):
    modules = _modules(folder)
    TopologicalSorter({module: {imported for imported in _imported_at_once(path) if imported in modules} - {module}
                       for module, path in modules.items()}).prepare()


@pytest.mark.parametrize(("rooms", "allowed"), [
    ({"algorithms", "kernels", "models", "training"}, {"torch", "transformers", "safetensors", "numpy", "harness"}),
    ({"statistics", "text"}, {"numpy", "scipy", "statsmodels", "krippendorff", "rouge_score", "nltk", "pandas",
                              "harness", "spacy", "choix", "evalica", "transformers", "tokenizers"}),
])
def test_heavy_packages_stay_where_they_belong(rooms, allowed):
    wrong = {f"{module} imports {imported}" for module, path in _modules("harness").items() if _room(module) in rooms
             for imported in _imported_anywhere(path)
             if imported.split(".")[0] not in allowed | set(sys.stdlib_module_names)}
    assert not wrong


def test_statistics_and_text_make_no_page():
    modules = _modules("harness")
    reached, waiting = set(), [module for module in modules if _room(module) in {"statistics", "text"}]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += [imported for imported in _imported_anywhere(modules[module]) if imported in modules]
    wrong = {f"{module} imports {imported}" for module in reached for imported in _imported_anywhere(modules[module])
             if _below(imported, PAGE_MAKERS)}
    assert not wrong


@pytest.mark.parametrize(("package", "homes"), [
    ("mlflow", {f"harness.engine.{name}" for name in ("tracking", "opening", "batches", "data_sets", "logged_models")}),
    ("streamlit", {"dashboards", "harness.app", "benchmarks.rating_app"}),
    ("harness.kernels", {"harness.kernels", "harness.models"}),
])
def test_a_package_is_imported_in_one_place(package, homes):
    users = {module for module, path in _modules(*CODE).items()
             if any(_below(imported, {package}) for imported in _imported_anywhere(path))}
    assert not {user for user in users if not _below(user, homes)}


def test_no_file_is_too_long_to_read():
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
             for path in _files(*CODE, "tests", "studies", endings=(".py", ".cpp", ".hpp", ".css", ".yaml"))}
    assert not {path: n for path, n in lines.items() if n > MOST_LINES}


def test_no_function_is_too_long_to_read():
    lines = {f"{path.relative_to(ROOT)}: {node.name}": node.end_lineno - node.lineno + 1
             for path in _files(*CODE)
             for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert not {function: n for function, n in lines.items() if n > MOST_LINES_OF_A_FUNCTION}


def _test_file(module):
    """Where the unit tests of a module lie: harness.text.rouge is tested by tests/unit/text/test_rouge.py."""
    *rooms, name = module.removeprefix("harness.").split(".")
    return ROOT.joinpath("tests", "unit", *rooms, f"test_{name}.py")


def test_every_module_has_a_test_of_its_name_or_is_named_in_one():
    named = {imported for path in _files("tests") for imported in _imported_anywhere(path)}
    # A package of data is tested as one, a migration and a page by their paths.
    texts = "\n".join(path.read_text(encoding="utf-8") for path in _files("tests"))
    untested = {
        module for module, path in _modules("harness", "dashboards").items()
        if path.name != "__init__.py" and "migrations" not in path.parts
        and not _test_file(module).exists() and not _test_file(module.rsplit(".", 1)[0]).exists()
        and module not in named and not re.search(rf"\b{re.escape(module)}\b", texts)
        and str(path.relative_to(ROOT)) not in texts
    }
    assert not untested


def _names_of_code(tree):
    """{name in the file: dotted name} of all that a test file imports from the code."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {name: dotted for name, dotted in names.items() if dotted.split(".")[0] in CODE}


def _private_names(path):
    """Private names of the code that a test file uses: imported, as an attribute of a module, or in a string."""
    tree = _tree(path)
    ours = _names_of_code(tree)
    yield from (dotted for dotted in ours.values() if re.search(r"\._[a-zA-Z]", dotted))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.match(r"_[a-zA-Z]", node.attr):
            base = node.value
            while isinstance(base, ast.Attribute):
                base = base.value
            if getattr(base, "id", None) in ours:
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.func, ast.Attribute | ast.Name):
            name = getattr(node.args[1], "value", None)
            if ast.unparse(node.func).endswith("attr") and isinstance(name, str) and re.match(r"_[a-zA-Z]", name):
                yield ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(
                rf"\b({'|'.join(CODE)})(\.\w+)*\._[a-zA-Z]", node.value):
            yield node.value


def test_tests_use_public_names_only():
    private = {str(path.relative_to(ROOT)): names for path in _files("tests")
               if path != Path(__file__) and (names := list(_private_names(path)))}
    assert not private


def test_unit_tests_lie_in_the_rooms_of_the_code():
    rooms = {path.name for path in (ROOT / "harness").iterdir() if path.is_dir()} | set(CODE) - {"harness"}
    assert {path.name for path in (ROOT / "tests" / "unit").iterdir() if path.is_dir()} - {"__pycache__"} <= rooms
