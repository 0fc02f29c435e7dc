"""Small sound files of every kind, from which inputs are made."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from harness.artifacts.outcome import sealed
from harness.json_records import to_json
from harness.ratings.store import open_store
from harness.records import ArmKey, Contrast
from harness.results.people import study_report
from harness.results.records import LeftOut, Outcomes, PairOutcomes
from harness.results.text_records import CopyingDetails, Measured
from harness.study.loading import load_study
from tests.rating_helpers import Clock, item_set, publish, rater_in, walk
from tests.result_records import arm_measures, equivalence_row, results_of, text_row, win_rate_row

CONTINUATION = b"""\
study: tiny
title: A first look   # of a kind
seeds: [1, 2]
base_model: {layers: 1, width: 32, heads: 2, context: 96, vocabulary: 512, tokens: 6_000}
task:
  kind: continuation
  source: {kind: storyworld, genre: stories}
  query_tokens: 40
  end: "."
  response: {tokens: 24, end: ".", truncate_after: 12, penalty: -1.0}
  queries: {train: 600, valid: 12, test: 16, per_document: 1}
supervised: {pairs: 30, keep: 0.2, learning_rates: [5.0e-4, 1e-3]}
labels:
  source: simulated
  budgets: [25, 100]
  labeler: {scorer: vader, noise: 0.1, lapse_rate: 0.02}
policies:
  - {arm: rl}
  - {arm: online, collection: online, online: {rounds: 3}}
ppo: {episodes: 64, batch_size: 16, kl: {coefficient: 0.15, target: 6.0, horizon: 1000}}
evaluation: {baselines: [zero_shot, supervised], best_of: [4]}
"""

SUMMARIZATION = b"""\
study: short
base_model: some/model
task:
  kind: summarization
  source: {kind: jsonl, path: pairs.jsonl, source_key: text, reference_key: summary, clean: tldr}
  query_tokens: 200
  response: {tokens: 30, end: "\\n", truncate_after: 20}
supervised: null
labels: {source: imported, path: labels.jsonl, format: texts, budgets: [2], candidates: 2}
evaluation:
  baselines: [zero_shot, reference, lead]
  people: {items: 5, overlap: 2, gold: 0}
  plan: {margin: 0.05, gatekeeping: [zero_shot]}
"""

PRESETS = b"""\
study: "${STUDY_NAME:-preset}"
seed: 3
seeds: &seeds [1]
base_model: gpt2
preset: small
presets:
  small:
    ppo: {episodes: 64, batch_size: 16}
    labels: {budgets: [8]}
  large: {ppo: {episodes: 2_000_000}}
task:
  kind: continuation
  source: {kind: text, path: texts.txt}
  query_tokens: 16
labels:
  source: human
  budgets: [4]
  title: "Which is best?"
supervised: {scorer: vader}
ppo: &ppo
  episodes: 16
compute: {precision: fp32}
"""

OVERRIDES = (b"ppo.episodes=4096\nseeds=[1, 2]\nlabels.budgets=[10, 20]", b"task.source={kind: text, path: texts.txt}",
             b"policies.0.arm=other\nevaluation.best_of.0=8\ntitle='A title'",
             b"base_model.layers=3\ndomain_tuning={epochs: 1}")

TEXT_LABELS = "\n".join(json.dumps({
    "query": f"Once upon a time {i}.", "candidates": ["a b c.", "d e f"], "best": i % 2}) for i in range(3)).encode()
TEXT_LABELS_BARE = b'{"query": "Hm.", "candidates": ["yes.", "no, never"], "best": 1}\r\n' * 2 + b"\n"
ID_LABELS = json.dumps([{"query": [5, 6, 7, 402], "sample0": [8, 9, 402], "sample1": [402, 11, 12], "best": i % 2}
                        for i in range(3)]).encode()

_RATING = {"item_id": "1", "rater_id": "r", "left_arm": "a", "right_arm": "b", "choice": "left"}
RATINGS_CSV = b"item_id,rater_id,left_arm,right_arm,choice\n" + b"".join(
    f"{i},r{i % 3},{'ab'[i % 2]},{'ba'[i % 2]},{('left', 'right', 'tie', 'b')[i % 4]}\n".encode() for i in range(9))
RATINGS_CSV_FULL = (
    b"item_id,rater_id,left_arm,right_arm,choice,query_id,shown_at,decided_at,seed,gold_choice,repeat_of,label_budget,"
    b"left_length,right_length,left_copying,right_copying\r\n" + b"".join(
        f"i{i},r{i % 2},{'ab'[i % 2]},{'ba'[i % 2]},{('a', 'b', 'tie')[i % 3]},q{i % 4},2024-01-01T00:00:0{i}Z,"
        f"2024-01-01T00:01:0{i}Z,{i % 2},{'left' if i == 3 else ''},{'i0' if i == 4 else ''},{(10, 100)[i % 2]},5,7,"
        f"0.1,0.25\r\n".encode() for i in range(8)))
RATINGS_JSONL = "\n".join(json.dumps({
    **_RATING, "item_id": i, "rater_id": i % 2, "choice": ("left", "b", "tie")[i % 3], "label_budget": 10, "seed": 1,
    "decided_at": 1.7e9 + i}) for i in range(6)).encode()

TEXTS_JSONL = "\n".join(json.dumps({
    "arm": arm, "id": str(i), "response": f"The cat sat on mat {i}.", "has_preamble": i == 1,
    "source": f"A dog ran away. The cat sat on mat {i} and slept. It was a warm day.",
    "reference": [f"The cat slept on mat {i}.", "A dog ran."]}) for arm in ("x", "y") for i in range(2)).encode()
TEXTS_CSV = b'id,response,reference\n1,"A cat, asleep.",A cat sleeps\n2,"Two ""cats"".","Two\ncats"\n'

PLAIN_TEXT = ("It was a day in May. The\nriver was low and the cat slept on the well-\nknown wall.\n\n" + "Long. " * 30
              + "\n\n" + "\n\n".join(f"Paragraph {i} stands here. " + f"It is {i}. " * 150 for i in range(6))).encode()
PAIRS_JSONL = "\n".join(json.dumps({
    "text": f"A post, number {i}, says this.\nTL;DR: it", "summary": f"Post {i}.", "id": i}) for i in range(5)).encode()
STRINGS_JSONL = b'"A text alone, as in books."\n"Another one."\n"A third."'


def _json(record: Any) -> bytes:
    return json.dumps(to_json(record)).encode()


RESULTS = _json(results_of(
    win_rates=[win_rate_row(), win_rate_row("mock_reward", 0, "rl", study="pilot", judge="human")],
    equivalence=[equivalence_row(1000, 250, 0.52)], arms=[arm_measures("zero_shot"), arm_measures("rl", 250, 1)],
    texts=[text_row("rl", 250, rouge1=0.2)], left_out=(LeftOut(ArmKey("rl", 250, 2), "diverged"),),
    responses={"rl/250/1": "f" * 32}))
MEASURED = _json(Measured(arm_measures("rl", 250, 1), CopyingDetails((0, 2), {"tokenizer": "regex"})))
OUTCOMES = _json(Outcomes("simulated", "vader", ("q1", "q2"), (PairOutcomes(
    Contrast(ArmKey("rl", 250, 1), ArmKey("zero_shot")), (1.0, 0.5)),)))
SAMPLES = "\n".join(json.dumps({
    "query_id": f"q{i}", "query_text": f"Once there was {i}", "source": None, "arm": arm, "label_budget": budget,
    "seed": budget and 1, "text": f"and so it ended, {arm} {i}.", "valid": True, "tokens": [1, 2]})
    for arm, budget in (("rl", 25), ("zero_shot", None)) for i in range(3)).encode()
EXECUTION = b'{"execution": "0123456789abcdef", "tracking_uri": "sqlite:///mlruns/mlflow.db"}'
_FORMER_OUTCOME = {"summary": {"loss": 0.5, "steps": 3.0}, "environments": {"pretrain": {
    "host": "h", "cpu": "c", "threads": 2, "torch": "2", "device": "cpu", "small_kernels": "off",
    "large_kernels": "off", "compiler": "none"}}}
OUTCOMES_OF_STAGES = tuple(json.dumps(each).encode() for each in (
    _FORMER_OUTCOME, sealed({**_FORMER_OUTCOME, "files": {}})))

_FORMER_REPORT = Path(__file__).parents[1] / "unit" / "ratings" / "data" / "report_0_1.json"


@cache
def judged_study() -> tuple[bytes, bytes]:
    """A backup of a rating store in which two raters judged a small study, and the report of that study."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        store = open_store(f"sqlite:///{folder}/ratings.db", clock=clock)
        study = publish(store, item_set(3))
        for handle in ("amber", "birch"):
            walk(store, clock, study, rater_in(store, study, handle), better="P")
        store.close(study)
        report = study_report(store, study)
        backup = Path(folder) / "backup.db"
        store.backup(backup)
        return backup.read_bytes(), report.encode()


@cache
def empty_store() -> bytes:
    """A backup of a rating store with one study that nobody has judged yet."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/ratings.db")
        publish(store, item_set(2))
        store.backup(Path(folder) / "backup.db")
        return (Path(folder) / "backup.db").read_bytes()


def reports() -> tuple[bytes, bytes]:
    """A report of people's judgments as it is filed today, and one of the former version."""
    return judged_study()[1], _FORMER_REPORT.read_bytes()


def study(content: bytes) -> Any:
    """What a study file of this content says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_bytes(content)
        return load_study(path)
