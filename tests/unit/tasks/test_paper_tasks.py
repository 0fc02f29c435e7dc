"""The paper's four tasks, to the token: queries worked out by hand with GPT-2's own tokenizer, and the response rules.

The ids were counted off by hand; what the tasks say is read from the shipped studies, so that both are tested.
"""

import json

import pytest
import torch

from harness.algorithms.responses import penalize, truncate
from harness.models.loading import load_tokenizer
from harness.study.loading import load_study
from harness.tasks.queries import task_queries
from harness.tasks.sources import JsonlPairs
from tests.e2e.runs import ROOT
from tests.shared_data import shared_file, shared_folder

PERIOD, NEWLINE = 13, 198
TLDR = (198, 198, 14990, 26, 7707, 25)  # \n \n TL ; DR :
# Ford Madox Ford, The Good Soldier, 1915.
PASSAGE = (
    "I know nothing - nothing in the world - of the hearts of men. I only know that I am alone - horribly alone. No "
    "hearthstone will ever again witness, for me, friendly intercourse. No smoking-room will ever be other than "
    "peopled with incalculable simulacra amidst smoke wreaths. Yet, in the name of God, what should I know if I don't "
    "know the life of the hearth and of the smoking-room, since my whole life has been passed in those places? The "
    "warm hearthside! - Well, there was Florence.")
PASSAGE_TOKENS = 120
SECOND_SENTENCE = (314, 691, 760, 326, 314, 716, 3436, 532, 33437, 3436, 13)


@pytest.fixture(scope="module")
def gpt2():
    return load_tokenizer(shared_folder("models", "gpt2-tokenizer"))


def _study(name, preset="paper"):
    return load_study(ROOT / "studies" / "paper" / f"{name}.yaml", [f"preset={preset}"])


def _queries(task, tokenizer, path, **keys):
    """Of a file instead of the hub, with the hub source's cleaning."""
    source = JsonlPairs(path=str(path), valid_path="none", test_path="none", clean=task.source.clean, **keys)
    return list(task_queries(task.model_copy(update={"source": source}), tokenizer, "train"))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sentiment", "descriptiveness"])
@pytest.mark.parametrize("preset", ["paper", "released"])
def test_a_passage_of_a_book_becomes_the_query_worked_out_by_hand(gpt2, tmp_path, name, preset):
    (tmp_path / "passages.jsonl").write_text(json.dumps(PASSAGE) + "\n")
    (query,) = _queries(_study(name, preset).task, gpt2, tmp_path / "passages.jsonl")
    ids = gpt2(PASSAGE)["input_ids"]
    assert len(ids) == PASSAGE_TOKENS
    assert [place for place, token in enumerate(ids) if token == PERIOD] == [14, 25, 40, 65, 119]
    # It begins behind the full stop at 14; 64 tokens reach to 78, and the last full stop in them stands at 65.
    assert query.tokens == tuple(ids[15:66])
    assert query.tokens[:len(SECOND_SENTENCE)] == SECOND_SENTENCE
    assert query.text.startswith(" I only know") and query.text.endswith("smoke wreaths.")
    # The human continuation: 24 tokens, in which no full stop stands at 16 or later.
    assert query.reference_tokens == tuple(ids[66:90])
    assert query.reference == " Yet, in the name of God, what should I know if I don't know the life of the hearth and"


@pytest.mark.shared
@pytest.mark.parametrize("preset", ["paper", "released"])
def test_an_article_becomes_the_query_worked_out_by_hand(gpt2, preset):
    """Row 0 fits whole; row 5 has 892 tokens, of which 500 are left. Both lose their place and '(CNN)'."""
    task = _study("cnndm", preset).task
    queries = _queries(task, gpt2, shared_file("cnndm", "test.jsonl"), source_key="article",
                       reference_key="highlights")
    prefix = (14906, 25, 628)  # Article : \n\n
    short, long = queries[0].tokens, queries[5].tokens
    assert short[:7] == (*prefix, 18293, 20034, 3414, 3583)  # NAS CAR announced Wednesday
    assert short[-9:] == (428, 989, PERIOD, *TLDR)
    assert len(short) == 3 + 408 + 6
    assert long[:7] == (*prefix, 36837, 3200, 22440, 1022)  # Previously secret correspondence between
    assert len(long) == task.query_tokens == 3 + 500 + 6
    assert long[-9:] == (2526, 13, 366, *TLDR)
    # The first highlight, the space before its full stop gone; 74 tokens at most, then the end.
    assert queries[0].reference.splitlines()[0].endswith(" says.")
    assert queries[0].reference_tokens[:5] == (383, 3092, 286, 4530, 1028)
    assert queries[0].reference_tokens[-1] == NEWLINE
    assert max(len(query.reference_tokens) for query in queries) == 75
    assert all("(CNN)" not in query.source[:100] for query in queries)


@pytest.mark.shared
@pytest.mark.parametrize("preset", ["paper", "released"])
def test_a_post_becomes_the_query_worked_out_by_hand(gpt2, preset):
    queries = _queries(_study("tldr", preset).task, gpt2, shared_file("tldr", "test.jsonl"), source_key="post",
                       reference_key="tldr")
    assert queries[1].tokens[:6] == (40, 14567, 428, 3516, 938, 614)  # I dated this guy last year
    assert queries[1].tokens[-6:] == TLDR
    assert len(queries[1].tokens) == 126 + 6
    assert queries[2].has_preamble  # So, this is what ...
    assert not queries[1].has_preamble


def _cut(name, responses):
    """(tokens kept, score where the reward model said 0.5) of each response, by the study's own end rule."""
    rule = _study(name).task.response
    end = PERIOD if rule.end == "." else NEWLINE
    padded = torch.tensor([[*row, *[0] * (rule.tokens - len(row))] for row in responses])
    cut = truncate(padded, end_token=end, truncate_after=rule.truncate_after)
    scores = penalize(torch.full((len(responses),), 0.5), cut.valid, penalty=rule.penalty)
    return list(zip((cut.tokens >= 0).sum(dim=1).tolist(), scores.tolist(), strict=True))


@pytest.mark.shared
def test_a_continuation_ends_at_the_first_full_stop_at_16_or_later(gpt2):
    """24 tokens of the passage from each place; its full stops stand at 14, 25, 40, 65 and 119."""
    ids = gpt2(PASSAGE)["input_ids"]
    responses = [ids[start:start + 24] for start in (26, 49, 50, 15, 42)]
    assert _cut("sentiment", responses) == [
        (24, -1.0),  # the full stop at 14 is too early
        (17, 0.5),   # one at 16 is the first that counts
        (24, -1.0),  # one at 15 is not
        (24, -1.0),  # at 10 only
        (24, 0.5),   # at 23, the last token
    ]


@pytest.mark.shared
def test_a_summary_ends_at_the_first_newline_at_55_or_later(gpt2):
    ids = gpt2(PASSAGE)["input_ids"]

    def summary(*newlines):
        return [NEWLINE if place in newlines else ids[place] for place in range(75)]

    assert _cut("cnndm", [summary(54), summary(55), summary(54, 60, 70), summary(74), summary()]) == [
        (75, -1.0), (56, 0.5), (61, 0.5), (75, 0.5), (75, -1.0)]


def test_both_presets_hold_what_the_paper_and_the_released_code_hold():
    """Read off the paper's appendix and launch.py."""
    studies = {(name, preset): _study(name, preset) for name in ("sentiment", "descriptiveness", "tldr", "cnndm")
               for preset in ("paper", "released")}
    ppo = {key: (study.ppo.learning_rate, study.ppo.batch_size, study.ppo.episodes) for key, study in studies.items()}
    kl = {key: (study.ppo.kl.coefficient, study.ppo.kl.target) for key, study in studies.items()}
    for name in ("sentiment", "descriptiveness"):
        assert ppo[name, "paper"] == (1.41e-5, 1024, 2_000_000)
        assert ppo[name, "released"] == (1e-5, 512, 1_000_000)
        assert kl[name, "released"] == (0.15, 6.0)
        # K = 0.1: a batch moves β by at most 0.1·0.2.
        paper = studies[name, "paper"]
        assert paper.ppo.batch_size / paper.ppo.kl.horizon == pytest.approx(0.1)
        assert paper.labels.budgets == (2500, 5000, 10_000, 20_000)
    assert (kl["sentiment", "paper"][1], kl["descriptiveness", "paper"][1]) == (10.0, 6.0)
    for name in ("tldr", "cnndm"):
        assert ppo[name, "paper"] == (7.07e-6, 512, 2_000_000)
        assert ppo[name, "released"] == (2e-6, 32, 1_000_000)
        assert not studies[name, "released"].ppo.whiten_rewards
        assert studies[name, "paper"].labels.budgets == (15_000, 30_000, 60_000)
        assert len(studies[name, "paper"].supervised.learning_rates) == 8
    assert [kl["cnndm", "paper"], kl["tldr", "paper"], kl["cnndm", "released"], kl["tldr", "released"]] == [
        (0.1, None), (0.03, None), (0.01, None), (0.03, None)]
    fits = {key: (study.reward_model.learning_rate, study.reward_model.batch_size) for key, study in studies.items()}
    rules = {key: (study.task.response.tokens, study.task.response.end, study.task.response.truncate_after,
                   study.task.response.penalty, study.task.temperature) for key, study in studies.items()}
    passage = (24, ".", 16, -1.0, 0.7)
    for name, batch, rule in (("sentiment", 8, passage), ("descriptiveness", 8, passage),
                              ("tldr", 32, (75, "\n", 55, -1.0, 0.7)), ("cnndm", 32, (75, "\n", 55, -1.0, 0.5))):
        style = batch == 8
        assert fits[name, "paper"] == (1.77e-5, batch)
        assert fits[name, "released"] == ((5e-5, 32) if style else (2.5e-5, 16))
        assert studies[name, "released"].labels.budgets == ((4992,) if style else (46_000,))
        assert rules[name, "paper"] == rules[name, "released"] == rule
    for study in studies.values():
        settings = study.ppo
        assert (settings.gamma, settings.lam, settings.epochs, settings.minibatches) == (1.0, 0.95, 4, 1)
        assert (settings.clip, settings.clip_value, settings.value_coefficient) == (0.2, 0.2, 0.1)
        assert (settings.adam_epsilon, study.labels.candidates) == (1e-5, 4)
    assert {key[1]: study.base_model for key, study in studies.items()} == {"paper": "gpt2-large", "released": "gpt2"}


def test_the_presets_of_a_task_differ_in_settings_alone():
    """Texts, response rule and temperature are the same in both."""
    for name in ("sentiment", "descriptiveness", "tldr", "cnndm"):
        paper, released = (_without_shortest(_study(name, preset).task) for preset in ("paper", "released"))
        assert paper == released


def _without_shortest(task):
    return task.model_copy(update={"query_tokens_min": 1} if task.kind == "continuation" else {})
