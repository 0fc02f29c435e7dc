"""What is a path and what a name on the hub, and a first contact that is short and says nothing of its attempts."""

import logging
from pathlib import Path

import pytest
from huggingface_hub import constants
from huggingface_hub.utils.logging import get_verbosity

from harness.hub import first_contact, is_address, is_path
from tests.tracking_server import serving


@pytest.mark.parametrize(("name", "path"), [
    ("gpt2", False), ("openai-community/gpt2", False), ("a/b/c", True), ("./gpt2", True), ("../gpt2", True),
    ("/models/gpt2", True), ("~/gpt2", True)])
def test_the_hub_has_names_with_one_slash_at_most(name: str, path: bool) -> None:
    assert is_path(name) == path


@pytest.mark.parametrize("name", ["file:///", "file:/models/gpt2", "https://huggingface.co/gpt2", "s3://bucket/gpt2"])
def test_an_address_is_told_from_names_and_paths(name: str) -> None:
    assert is_address(name)
    assert not any(map(is_address, ("gpt2", "openai-community/gpt2", "/a:/b", "./file:/x", "a b:/c", "")))


def test_the_client_speaks_again_afterwards_even_after_an_error() -> None:
    before, during = get_verbosity(), []

    def ask() -> None:
        with first_contact([]):
            during.append(get_verbosity())
            raise ConnectionError

    with pytest.raises(ConnectionError):
        ask()
    assert (during, get_verbosity()) == ([logging.ERROR], before)


@pytest.mark.parametrize(("names", "offline"), [
    ([], False), (["./folder", "here"], False), (["./folder", "owner/name"], True)])
def test_a_hub_that_cannot_be_reached_is_asked_once_and_for_a_name_of_its_own_alone(
        names: list[str], offline: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with first_contact(names):
        assert constants.HF_HUB_OFFLINE is offline
    assert not constants.HF_HUB_OFFLINE


def test_a_hub_that_answers_anything_is_asked_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with serving() as server:
        server.refused["/"] = 503
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        with first_contact(["owner/name"]):
            assert not constants.HF_HUB_OFFLINE
