"""What stands around a text in a query, put on and taken off."""

import pytest

from harness.tasks.query_frame import QueryFrame

GPT2 = QueryFrame(beginning=(), prefix=(7, 8), suffix=(9,))
LLAMA = QueryFrame(beginning=(1,), prefix=(7, 8), suffix=(9,))


def test_a_query_is_beginning_prefix_text_suffix() -> None:
    assert LLAMA.complete([20, 21]) == (1, 7, 8, 20, 21, 9)
    assert GPT2.complete([20, 21]) == (7, 8, 20, 21, 9)
    assert (len(LLAMA), len(GPT2)) == (4, 3)


def test_a_beginning_that_the_text_has_already_is_not_doubled() -> None:
    assert LLAMA.complete([1, 20]) == (1, 7, 8, 20, 9)


@pytest.mark.parametrize("frame", [GPT2, LLAMA, QueryFrame((), (), ()), QueryFrame((1,), (), ())])
@pytest.mark.parametrize("text", [(), (20,), (20, 9, 9)])
def test_the_bare_text_comes_back(frame: QueryFrame, text: tuple[int, ...]) -> None:
    assert frame.bare(frame.complete(text)) == text
