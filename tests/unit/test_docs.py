"""The docs name what is there: every module in the index, and files, commands and links that exist."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.__main__ import COMMANDS
from harness.study.spec import StudySpec

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
INDEX = (DOCS / "README.md").read_text(encoding="utf-8")
LOGS = {"decisions.md", "kernel-log.md"}
"""They name files as they were when an entry was written."""

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md",
         *(path for path in sorted(DOCS.glob("*.md")) if path.name not in LOGS)]
TOPS = ("harness", "dashboards", "benchmarks", "tests", "studies", "docs")
ROOMS = [path.name for path in (ROOT / "harness").iterdir() if path.is_dir()]


def _name(path):
    return path.relative_to(ROOT).as_posix()


def _first_sentence(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    else:
        text = " ".join(re.match(r"(?://.*\n)+", text).group().replace("//", "").split())
    return re.split(r"(?<=[.?!])(?<!et al\.)(?<!\.\.)\s", text)[0]


def _modules(*, packages):
    return {_name(path): path for top in ("harness", "dashboards")
            for path in (ROOT / top).rglob("*") if path.suffix in (".py", ".cpp", ".hpp")
            and (path.name == "__init__.py") == packages}


def _listed_modules():
    return dict(re.findall(r"^\| `((?:harness|dashboards)/[^`]+\.[chp]*py?)` \| (.+?) \|$", INDEX, flags=re.MULTILINE))


def _listed_folders():
    return dict(re.findall(r"^### `([^`]+)/`\n\n([^|#\n]+)$", INDEX, flags=re.MULTILINE))


def _code(path):
    """What a page has between backticks, and its blocks of commands, without comments."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, flags=re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [*inline, *(line.partition(" #")[0] for block in blocks for line in block.splitlines())]


def test_the_index_has_a_line_for_every_module_and_no_other():
    assert set(_listed_modules()) == set(_modules(packages=False)), "run python -m benchmarks.write_index"


def test_the_index_has_a_line_for_every_room_and_no_other():
    assert set(_listed_folders()) == {str(Path(name).parent) for name in _modules(packages=True)}


def test_a_line_of_the_index_is_the_first_sentence_of_the_docstring():
    lines = {**_listed_modules(), **{f"{name}/__init__.py": line for name, line in _listed_folders().items()}}
    assert lines == {name: _first_sentence(ROOT / name) for name in lines}, "run python -m benchmarks.write_index"


def test_every_module_says_in_one_sentence_what_it_is():
    modules = {**_modules(packages=False), **_modules(packages=True)}
    assert not [name for name, path in modules.items() if not _first_sentence(path).endswith((".", "?"))]


def test_the_index_names_every_page():
    named = set(re.findall(r"\]\(([\w-]+\.md)\)", INDEX))
    assert named == {path.name for path in DOCS.glob("*.md")} - {"README.md"}


@pytest.mark.parametrize("page", [*PAGES, *(DOCS / name for name in sorted(LOGS))], ids=_name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not link.startswith("http") and not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_files_that_a_page_names_exist(page):
    paths = {path for code in _code(page) for path in re.findall(r"[\w./*-]+/[\w.*-]*", code)
             if not re.search(r"\b[A-Z]{2,}/", path)}  # a placeholder
    here = {path for path in paths if path.split("/")[0] in TOPS}
    in_rooms = {path for path in paths if path.split("/")[0] in ROOMS and path.endswith((".py", "/"))}
    assert not [path for path in here if not list(ROOT.glob(path.rstrip("/")))]
    assert not [path for path in in_rooms - here if not list((ROOT / "harness").glob(path.rstrip("/")))]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_that_a_page_names_exist(page):
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    code = _code(page)
    assert {name for text in code for name in re.findall(r"^make (\w+)", text)} <= targets
    assert {name for text in code for name in re.findall(r"(?:^|\s)harness ([a-z][\w-]*)", text)} <= set(COMMANDS)
    modules = {name for text in code for name in re.findall(r"python -m ((?:harness|benchmarks)[\w.]*)", text)}
    assert not [name for name in modules if find_spec(name) is None]


def _keys(schema):
    """Every key of a JSON schema and of what is in it."""
    parts = list(schema.values()) if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    own = set(schema.get("properties", {})) if isinstance(schema, dict) else set()
    return own.union(*(_keys(part) for part in parts))


def test_the_page_on_study_files_has_every_key():
    explained = set(re.findall(r"[a-z_]+", " ".join(_code(DOCS / "studies.md") + _code(DOCS / "statistics.md"))))
    assert _keys(StudySpec.model_json_schema()) - explained == set()
