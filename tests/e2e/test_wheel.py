"""The wheel: it holds the studies and the app, knows its commit, and puts `harness` alone beside other packages."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from harness import __version__

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("harness", "studies", "dashboards", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")


def _setuptools() -> int:
    try:
        return int(importlib.metadata.version("setuptools").split(".")[0])
    except importlib.metadata.PackageNotFoundError:
        return 0


pytestmark = pytest.mark.skipif(_setuptools() < 77, reason="a wheel is built with setuptools 77 or newer")


def _done(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> tuple[Path, str]:
    """A clean clone of what is built, with somebody's secrets and an earlier build lying about; and its commit."""
    source = tmp_path_factory.mktemp("source")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    _done("git", "init", "--quiet", cwd=source)
    _done("git", "add", "--all", cwd=source)
    _done("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "first", cwd=source)
    (source / "dashboards" / ".streamlit" / "secrets.toml").write_text("cookie_secret = 'not yours'\n")
    (source / "build" / "lib" / "harness").mkdir(parents=True)
    (source / "build" / "lib" / "harness" / "gone.py").touch()
    return source, _done("git", "rev-parse", "HEAD", cwd=source)


def _built(source: Path, folder: Path) -> Path:
    """The wheel of a source tree, as build front ends make it."""
    code = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    _done(sys.executable, "-c", code, cwd=source)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory) -> Path:
    return _built(source[0], tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder for PYTHONPATH, as `pip install --target` makes it of a wheel of plain Python."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_it_puts_one_package_beside_others(installed):
    assert {path.name for path in installed.iterdir()} == {"harness", f"harness-{__version__}.dist-info"}


def test_it_holds_all_files_of_the_package_the_studies_and_the_app(installed):
    def files(folder):
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*")
                if path.is_file() and "__pycache__" not in path.parts}

    package = installed / "harness"
    assert files(package / "share" / "studies") == files(ROOT / "studies")
    assert files(package / "share" / "dashboards") == files(ROOT / "dashboards") - {".streamlit/secrets.toml"}
    assert {name for name in files(package) if not name.startswith("share/")} == {
        *files(ROOT / "harness"), "build.json"}


def test_it_says_the_commit_it_was_built_from(installed, source):
    assert json.loads((installed / "harness" / "build.json").read_text()) == {"commit": source[1], "dirty": False}


def test_a_wheel_of_a_source_archive_is_the_same(source, installed, tmp_path):
    """Also the commit, though the archive is no repository."""
    code = f"from setuptools import build_meta; build_meta.build_sdist({str(tmp_path)!r})"
    _done(sys.executable, "-c", code, cwd=source[0])
    shutil.unpack_archive(next(tmp_path.glob("*.tar.gz")), tmp_path / "unpacked")
    again = _built(tmp_path / "unpacked" / f"harness-{__version__}", tmp_path)
    with zipfile.ZipFile(again) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name.startswith("harness/")}
    assert files == {path.relative_to(installed).as_posix(): path.read_bytes()
                     for path in (installed / "harness").rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_the_installed_command_runs_a_shipped_study_by_name_in_an_empty_folder(installed, tmp_path):
    environment = {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    assert _done(sys.executable, "-m", "harness", "--version", cwd=tmp_path,
                 **environment) == f"harness {__version__}"
    plan = _done(sys.executable, "-m", "harness", "run", "paper/tldr", "--dry-run", cwd=tmp_path, **environment)
    assert plan.startswith("paper_tldr: ")
    assert not list(tmp_path.iterdir())


def test_the_installed_app_finds_its_pages(installed, tmp_path):
    code = ("import sys; from harness.shipped import APP; sys.path.insert(0, str(APP.parents[1]))\n"
            "import dashboards.sign_in; print(dashboards.sign_in.__file__)")
    place = _done(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(installed), PYTHONDONTWRITEBYTECODE="1")
    assert place == str(installed / "harness" / "share" / "dashboards" / "sign_in.py")
