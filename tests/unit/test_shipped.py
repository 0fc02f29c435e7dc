"""The studies that come with the package, by name."""

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.shipped import APP, STUDIES, study_file, study_names
from harness.study.loading import load_study

ROOT = Path(__file__).resolve().parents[2]


def test_in_a_checkout_they_are_the_projects_own_files():
    assert ROOT / "studies" == STUDIES
    assert ROOT / "dashboards" / "app.py" == APP
    assert set(study_names()) == {path.relative_to(STUDIES).with_suffix("").as_posix()
                                  for path in (ROOT / "studies").rglob("*.yaml")}


@pytest.mark.parametrize("name", ["quick", "paper/tldr"])
def test_a_shipped_study_goes_by_its_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert study_file(name) == str(STUDIES / f"{name}.yaml")


def test_a_file_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quick").write_text("study: mine\n")
    assert study_file("quick") == "quick"


@pytest.mark.parametrize("name", ["studies/quick.yaml", "quick.yaml", "../quick", "quik", "a" * 5000, ""])
def test_anything_else_is_a_path(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert study_file(name) == name


def test_a_study_that_is_not_there_is_an_error_that_lists_the_shipped_ones(tmp_path):
    with pytest.raises(InputError, match="no such study file") as error:
        load_study(tmp_path / "quik")
    assert all(name in str(error.value) for name in study_names())
