"""Stage: PPO of one arm (Ziegler 2.2): from its start policy, with the reward model of its label budget and seed.

In online collection (Ziegler 2.3) a stage is one round, and goes on with policy, optimizer, β and episode counter of
the last one: rounds whose reward model stayed the same come to the bits of one run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path, write_table
from harness.artifacts.fitting import checkpoint_of
from harness.artifacts.log import METRICS_FILE, StageLog, read_metrics
from harness.artifacts.snapshots import StoredSnapshot, mixture_at, write_snapshots
from harness.labels.frontier_samples import FrontierSamples, write_rewards_of_reference
from harness.labels.gold_reward import GoldReward
from harness.labels.held_out import HeldOut, measured_steps
from harness.labels.simulated import SimulatedLabeler
from harness.models.loading import load_tokenizer
from harness.models.placement import frozen, trained
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.records import Done
from harness.seeds import derive_seed, numpy_generator
from harness.study.slices import GoldPPOSlice, OnlinePPOSlice, PPOSlice
from harness.tasks.query_table import QueryTable, read_queries
from harness.tasks.text_tokens import decode, single_token
from harness.training.checkpoint import Checkpoint
from harness.training.kl_measure import kl_of_responses
from harness.training.ppo_update import PPOStep, PPOTrainer
from harness.training.reward_fit import score_in_micro_batches
from harness.training.rollout import Score
from harness.training.snapshots import Snapshots

Reward = Callable[[QueryTable, np.ndarray], Score]
"""A query table and rows of it -> what scores responses to them."""

_LOGGED_STEPS = 200
_GOLD_SAMPLES = 64
_TABLE_ROWS = 32


def run(call: StageCall[PPOSlice], log: StageLog) -> Done:
    """Go on from the checkpoint if there is one; what is logged twice by that is cut off first."""
    task, settings, compute = call.settings.task, call.settings.ppo, call.settings.compute
    path = model_path(call.inputs["start"])
    tokenizer = load_tokenizer(path)
    policy = Policy.from_pretrained(path, temperature=task.temperature, placement=trained(compute))
    reference = Policy.from_pretrained(path, temperature=task.temperature, placement=frozen(compute))
    trainer = PPOTrainer(policy, reference, settings=settings, end=task.response, seed=call.seed, compute=compute,
                         end_token=single_token(tokenizer, task.response.end, key="task.response.end"))
    queries = _Queries(call)
    reward = _reward(call, trainer.reference, tokenizer, queries)
    this, near = call.settings, call.settings.snapshots_at
    labeler = None if this.labeler is None else SimulatedLabeler(**this.labeler.model_dump())
    gold = _GoldScore(labeler, table=queries.table, tokenizer=tokenizer)
    held_out = _held_out(call, reward, labeler, tokenizer)
    checkpoint = checkpoint_of(call, log)
    snapshots = None if near is None else Snapshots(most=settings.snapshots, total=settings.updates)
    saved = checkpoint.load() or _last_round(call)
    if saved is not None:
        trainer.load_state_dict(saved[1])
        if snapshots is not None:
            snapshots.load_state_dict(saved[1]["snapshots"])
    log.rewind(trainer.steps_done)

    start, stop = (this.start, this.stop) if isinstance(this, OnlinePPOSlice) else (0, settings.updates)
    every = max(1, settings.updates // _LOGGED_STEPS)
    measured = measured_steps(settings.updates, every=every)
    last: tuple[np.ndarray, PPOStep] | None = None
    while trainer.steps_done < stop:
        rows, stream_ids = queries.rows(trainer.steps_done, settings.batch_size)
        step = trainer.step(queries.batch(rows), stream_ids, reward(queries.table, rows))
        done = trainer.steps_done
        if done % every == 0 or done == stop:
            held = held_out.metrics(policy, trainer.reference) if done in measured else {}
            log.metrics({**step.metrics, **gold.metrics(rows, step), **held}, done)
        log.progress(done - start, stop - start,
                     f"score {step.metrics['objective/score']:.2f}  kl {step.metrics['objective/kl']:.1f}")
        if snapshots is not None:
            snapshots.offer(done, trainer.weights)
        if done < stop and checkpoint.due(done):
            checkpoint.save(done, _state(trainer, snapshots))
        last = rows, step
    if last is not None:
        _write_samples_table(call, queries, tokenizer, *last)
    if stop < settings.updates:
        _round_state(call.out).save(stop, _state(trainer, snapshots))
    write_rewards_of_reference(call.out, held_out.rewards_of_reference())
    trainer.finish()
    policy.save_pretrained(call.out / "model", tokenizer)
    figures = _summary(call)
    if snapshots is not None and stop == settings.updates:
        figures |= _keep_snapshots(call, snapshots, policy, trainer.reference, tokenizer)
    checkpoint.clear()
    return Done(figures)


def _state(trainer: PPOTrainer, snapshots: Snapshots | None) -> dict[str, Any]:
    return trainer.state_dict() | ({} if snapshots is None else {"snapshots": snapshots.state_dict()})


def _keep_snapshots(call: StageCall[PPOSlice], snapshots: Snapshots, policy: Policy, reference: Policy,
                    tokenizer: Any) -> dict[str, float]:
    """Hold each against the validation queries, and write those that stand for the policy at the KL of comparison.

    policy: takes each one's weights. The KL is that of the weights in the precision that responses are sampled in.
    """
    task, near = call.settings.task, call.settings.snapshots_at
    assert near is not None
    valid = read_queries(call.inputs["queries"] / "valid.arrow")
    queries = TokenBatch.from_sequences([query.tokens for query in valid])
    measured = []
    for each in snapshots.kept:
        name = f"snapshots/{each.step}"
        policy.load_state_dict(each.weights)
        policy.save_pretrained(call.out / name / "model", tokenizer)
        sampled = Policy.from_pretrained(call.out / name / "model", temperature=task.temperature,
                                         placement=frozen(call.settings.compute))
        kl = kl_of_responses(sampled, reference, queries, length=task.response.tokens,
                             seed=derive_seed(call.seed, "snapshots"))
        measured.append(StoredSnapshot(name, each.step, float(kl.mean())))
    mixture = mixture_at(near, measured)
    for other in {*measured} - {mixture.lower, mixture.upper}:
        shutil.rmtree(call.out / other.folder)
    write_snapshots(call.out, sorted({mixture.lower, mixture.upper}, key=lambda each: each.kl))
    return {"snapshot_kl": mixture.kl, "snapshot_kl_lower": mixture.lower.kl, "snapshot_kl_upper": mixture.upper.kl}


def _reward(call: StageCall[PPOSlice], reference: Policy, tokenizer: Any,
            queries: _Queries) -> Reward:
    settings = call.settings
    if isinstance(settings, GoldPPOSlice):
        assert settings.labeler is not None
        return GoldReward(settings.labeler.scorer, reference, tokenizer, queries.table,
                          samples=settings.normalization_samples, rule=settings.task.response, seed=call.seed).of
    model = RewardModel.from_pretrained(model_path(call.inputs["reward_model"]), placement=frozen(settings.compute))
    model.requires_grad_(False)
    return lambda table, rows: partial(score_in_micro_batches, model)


def _held_out(call: StageCall[PPOSlice], reward: Reward, labeler: SimulatedLabeler | None, tokenizer: Any) -> HeldOut:
    """Measures the policy on the queries of the samples of ρ."""
    samples = FrontierSamples.load(call.inputs["frontier_samples"])
    table = QueryTable(call.inputs["queries"] / "valid.arrow")
    rows = np.arange(len(samples.valid))
    return HeldOut(samples, table.take(rows), tokenizer, rule=call.settings.task.response, score=reward(table, rows),
                   labeler=labeler, seed=call.seed)


def _round_state(folder: Path) -> Checkpoint:
    """What the next round begins from."""
    return Checkpoint(folder / "next_round")


def _last_round(call: StageCall[PPOSlice]) -> tuple[int, dict[str, Any]] | None:
    """Where the round before ended, None for the first. Its curve becomes the beginning of this one's."""
    folder = call.inputs.get("previous")
    if folder is None:
        return None
    if (folder / METRICS_FILE).is_file():
        shutil.copyfile(folder / METRICS_FILE, call.out / METRICS_FILE)
    return _round_state(folder).read()


class _Queries:
    """The train queries in seeded epochs: which ones a batch gets is a function of the seed and the step."""

    def __init__(self, call: StageCall[PPOSlice]) -> None:
        self.table = QueryTable(call.inputs["queries"] / "train.arrow")
        self._seed = call.seed
        self._cached: tuple[int, np.ndarray] | None = None

    def rows(self, step: int, size: int) -> tuple[np.ndarray, torch.Tensor]:
        """Rows of the query table, and a random stream for each episode."""
        episodes = np.arange(step * size, (step + 1) * size)
        epochs, positions = np.divmod(episodes, len(self.table))
        rows = np.empty(size, dtype=np.int64)
        for epoch in np.unique(epochs):
            order = self._order(int(epoch))
            rows[epochs == epoch] = order[positions[epochs == epoch]]
        return rows, torch.from_numpy(episodes)

    def _order(self, epoch: int) -> np.ndarray:
        if self._cached is None or self._cached[0] != epoch:
            self._cached = epoch, numpy_generator(self._seed, "queries", epoch).permutation(len(self.table))
        return self._cached[1]

    def batch(self, rows: np.ndarray) -> TokenBatch:
        return TokenBatch.from_sequences(self.table.tokens(rows))


class _GoldScore:
    """The simulated labeler's own score of the same samples: where it stays behind, the reward model is exploited."""

    def __init__(self, labeler: SimulatedLabeler | None, *, table: QueryTable, tokenizer: Any) -> None:
        self._labeler = labeler
        self._table, self._tokenizer = table, tokenizer

    def metrics(self, rows: np.ndarray, step: PPOStep) -> dict[str, float]:
        """Means over the valid responses among the first of the batch."""
        if self._labeler is None:
            return {}
        valid = step.valid[:_GOLD_SAMPLES].cpu().numpy()
        if not valid.any():
            return {}
        texts = decode(self._tokenizer, step.truncated[:_GOLD_SAMPLES].cpu()[valid].tolist())
        queries = self._table.take(rows[:_GOLD_SAMPLES][valid])
        scores = step.scores[:_GOLD_SAMPLES].cpu()[valid]
        return {"objective/gold_score": float(self._labeler.scores_of(queries, texts).mean()),
                "objective/score_of_valid": float(scores.mean())}


def _write_samples_table(call: StageCall[PPOSlice], queries: _Queries, tokenizer: Any, rows: np.ndarray,
                         step: PPOStep) -> None:
    shown = slice(0, _TABLE_ROWS)
    texts = [query.text for query in queries.table.take(rows[shown])]
    write_table(call.out / "samples.table.json", {
        "query": texts, "response": decode(tokenizer, step.truncated[shown].cpu().tolist()),
        "score": step.scores[shown].tolist(), "kl": step.kl_to_reference[shown].tolist(),
        "valid": step.valid[shown].tolist()})


def _summary(call: StageCall[PPOSlice]) -> dict[str, float]:
    """Means over the last tenth of the logged batches."""
    records = [record["metrics"] for record in read_metrics(call.out / METRICS_FILE)]
    tail = records[-max(1, len(records) // 10):]
    names = ("objective/score", "objective/kl", "objective/gold_score", "objective/kl_coef", "episodes/s",
             "objective/valid")
    return {name.removeprefix("objective/").replace("/", "_per_"): float(np.mean([record[name] for record in tail]))
            for name in names if name in tail[-1]}

