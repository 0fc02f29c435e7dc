"""The commit of a result is the harness's own, whatever repository lies around it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import __version__
from harness.provenance import BUILD_RECORD, versions

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = '[project]\nname = "harness"\n'


def test_versions_begin_with_the_packages_own():
    assert versions()["harness"] == __version__


def test_a_checkout_tells_its_head_and_whether_its_files_differ(tmp_path):
    package, head = _copied(tmp_path), _repository(tmp_path, {"pyproject.toml": PYPROJECT})
    assert _commit(package) == [head, False]
    (tmp_path / "my_study.yaml").write_text("study: mine\n")
    assert _commit(package) == [head, False], "it is no part of the harness"
    (package / "new_module.py").touch()
    assert _commit(package) == [head, True], "it is, though git does not know it yet"
    (package / "new_module.py").unlink()
    (tmp_path / "pyproject.toml").write_text(f"{PYPROJECT}# changed\n")
    assert _commit(package) == [head, True]


def test_an_installed_copy_within_a_foreign_repository_does_not_take_its_commit(tmp_path):
    site = tmp_path / "venv" / "lib" / "site-packages"
    package = _copied(site)
    _repository(tmp_path, {"pyproject.toml": '[project]\nname = "theirs"\n', "venv/note": "tracked"})
    assert _commit(package) == ["unknown", False]


@pytest.mark.parametrize("pyproject", ['[project]\nname = "theirs"\n', "[tool.ruff]\n", "not toml"])
def test_a_copy_at_the_top_of_a_foreign_repository_does_not_take_its_commit(tmp_path, pyproject):
    package = _copied(tmp_path)
    _repository(tmp_path, {"pyproject.toml": pyproject})
    assert _commit(package) == ["unknown", False]


def test_an_installed_copy_tells_what_it_was_built_from(tmp_path):
    package = _copied(tmp_path)
    _repository(tmp_path, {"pyproject.toml": PYPROJECT})
    (package / BUILD_RECORD).write_text(json.dumps({"commit": "0" * 40, "dirty": True}))
    assert _commit(package) == ["0" * 40, True]


def test_git_of_a_hook_of_another_repository_is_not_asked(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    package, head = _copied(ours), _repository(ours, {"pyproject.toml": PYPROJECT})
    _repository(theirs, {"other": "text"})
    assert _commit(package, GIT_DIR=str(theirs / ".git"), GIT_WORK_TREE=str(theirs)) == [head, False]


def _copied(folder: Path) -> Path:
    """A copy of what `commit` needs of the package."""
    package = folder / "harness"
    package.mkdir(parents=True)
    for name in ("__init__.py", "provenance.py"):
        shutil.copy(ROOT / "harness" / name, package)
    return package


def _repository(folder: Path, files: dict[str, str]) -> str:
    """A repository of these files with one commit; its name."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first")
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def _commit(package: Path, **environment: str) -> list:
    """What the copy says, in a process that has no other harness on its path."""
    code = "import json; from harness.provenance import commit; print(json.dumps(commit()))"
    done = subprocess.run([sys.executable, "-S", "-c", code], check=True, capture_output=True, text=True,
                          cwd=package.parent, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(package.parent),
                                                   "PYTHONDONTWRITEBYTECODE": "1", **environment})
    return json.loads(done.stdout)
