"""Small things that several pages show: names, sentences, shares."""

import pandas as pd
import pytest

from dashboards.widgets import as_plain, in_percent, named_arm, sentence
from harness.records import arm_of


@pytest.mark.parametrize(("key", "name"), [
    ("rl/500/1", "rl 500, seed 1"), ("zero_shot", "zero-shot"), ("gpt/many", "gpt/many")])
def test_an_arm_is_named_as_people_read_it(key: str, name: str) -> None:
    assert named_arm(arm_of(key)) == name


def test_a_note_becomes_a_sentence_with_one_full_stop() -> None:
    assert sentence("fewer than 8 raters.") == sentence("fewer than 8 raters") == "Fewer than 8 raters."


def test_shares_are_in_percent_and_what_is_undefined_stays_so() -> None:
    table = in_percent(pd.DataFrame({"share": [0.5, None], "n": [1, 2]}), ["share"])
    assert table["share"].tolist()[0] == 50
    assert pd.isna(table["share"][1])
    assert table["n"].tolist() == [1, 2]


def test_a_name_keeps_its_characters_where_markdown_would_read_them() -> None:
    assert as_plain("a*b_[c](d)$e:f") == r"a\*b\_\[c\]\(d\)\$e\:f"
