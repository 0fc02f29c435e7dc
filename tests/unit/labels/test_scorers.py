"""Scorers order texts as people would."""

import pytest

from harness.errors import InputError
from harness.labels.scorers import descriptiveness, get_scorer, reference_agreement, source_facts, vader
from harness.records import Query


def _query(**more):
    return Query(id="q", tokens=(1,), text="They met at the harbor.", **more)


def test_scorers_order_texts_as_a_reader_would():
    query = _query()
    joyful, bleak = vader([query] * 2, ["A wonderful, happy day!", "A horrible, cruel death."])
    assert joyful > 0.5 > -0.5 > bleak
    rich, plain = descriptiveness([query] * 2, ["Crimson leaves lay like a soft carpet on the mossy stones.",
                                                "He went to the place and did the thing again after that."])
    assert rich > plain == 0
    report = _query(source="A fire in Ashford on Monday hurt 12 people. Anna Kessler led the rescue.",
                    reference="Twelve were injured by flames in Ashford.",
                    facts=(("fire", "flames"), ("12", "twelve"), ("Ashford",)))
    full, partial, invented = source_facts([report] * 3, ["Flames in Ashford hurt twelve.", "There was a fire.",
                                                          "A fire in Ashford hurt 12, said Boris Blake of Rome, 77."])
    assert full == pytest.approx(1.0)
    assert partial == pytest.approx(1 / 3)
    assert invented < full
    same, other = reference_agreement([report] * 2, ["Twelve were injured by flames in Ashford.", "It rained."])
    assert same == pytest.approx(1.0)
    assert other == 0


def test_any_importable_function_is_a_scorer(tmp_path, monkeypatch):
    (tmp_path / "my_scorers.py").write_text(
        "def longest(queries, responses):\n    return [len(text) for text in responses]\n"
        "def broken(queries, responses):\n    return [1.0]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert get_scorer("my_scorers:longest")([_query()] * 2, ["ab", "abc"]).tolist() == [2, 3]
    with pytest.raises(InputError, match="must return one finite number for each of 2"):
        get_scorer("my_scorers:broken")([_query()] * 2, ["ab", "abc"])
    with pytest.raises(InputError, match="no scorer 'vadr'"):
        get_scorer("vadr")
    with pytest.raises(InputError, match="cannot be imported"):
        get_scorer("my_scorers:absent")


@pytest.mark.parametrize(("name", "said"), [
    ("os:getcwd", "the scorer 'os:getcwd' is no function of two lists"), ("os:sep", "is no function of two lists"),
    ("math:dist", "the scorer 'math:dist' failed"),
])
def test_a_function_that_is_no_scorer_is_said_to_be_none(name, said):
    with pytest.raises(InputError, match=said):
        get_scorer(name)([], ["a", "b"])
