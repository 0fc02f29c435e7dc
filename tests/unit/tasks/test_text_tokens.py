"""Between text and token ids."""

import pytest

from harness.errors import InputError
from harness.models.loading import load_tokenizer
from harness.tasks.text_tokens import single_token
from tests.shared_data import shared_folder


@pytest.fixture(scope="module")
def gpt2():
    return load_tokenizer(shared_folder("models", "gpt2-tokenizer"))


@pytest.mark.shared
def test_an_end_text_of_several_tokens_is_refused(gpt2):
    assert single_token(gpt2, "\n", key="task.response.end") == 198
    with pytest.raises(InputError, match="not a single token"):
        single_token(gpt2, "the very end", key="task.response.end")
