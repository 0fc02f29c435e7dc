"""What is a path and what a name on the hub, and a client that says nothing of its attempts."""

import logging

import pytest
from huggingface_hub.utils.logging import get_verbosity

from harness.hub import is_address, is_path, retries_unsaid


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
        with retries_unsaid():
            during.append(get_verbosity())
            raise ConnectionError

    with pytest.raises(ConnectionError):
        ask()
    assert (during, get_verbosity()) == ([logging.ERROR], before)
