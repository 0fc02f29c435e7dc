"""Finds settings of a study that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harness.study.parts import Baseline, LabelsSpec, PeopleSpec, PolicyArm, ScratchModel, SupervisedSpec
from harness.tasks.hub import HubDataset
from harness.tasks.sources import JsonlPairs, StoryworldSource, TextFiles
from harness.tasks.spec import TaskSpec
from harness.training.settings import PPOSettings

_MOST_RUNS = 1_000
"""Of PPO. A plan has some stages for each, and of many thousands it would never be made."""


class Contradiction(NamedTuple):
    """keys: any of which may be changed; an error is shown at the first."""

    keys: tuple[str, ...]
    sentence: str


def contradictions(*, task: TaskSpec, base_model: str | ScratchModel, supervised: SupervisedSpec | None,
                   labels: LabelsSpec, policies: tuple[PolicyArm, ...], ppo: PPOSettings,
                   baselines: tuple[Baseline, ...], best_of: tuple[int, ...], people: PeopleSpec | None,
                   seeds: tuple[int, ...]) -> Iterator[Contradiction]:
    """What cannot be true together; the first is what the user is told."""
    yield from _of_lengths(task, base_model)
    yield from _of_supervised(supervised, task, labels, policies, baselines)
    yield from _of_policies(policies, labels, ppo)
    yield from _of_comparisons(policies, task, baselines, best_of)
    yield from _of_texts(task)
    runs = len(seeds) * len(labels.budgets) * len(policies)
    if runs > _MOST_RUNS:
        yield Contradiction(("seeds", "labels.budgets", "policies"), (
            f"seeds, labels.budgets and policies ask for {len(seeds):,} × {len(labels.budgets):,} × {len(policies):,} "
            f"training runs, more than {_MOST_RUNS:,} in all"))
    if people is not None and people.items < len(seeds):
        yield Contradiction(("evaluation.people.items", "seeds"), (
            f"evaluation.people.items is {people.items}, fewer than the {len(seeds)} seeds: people would not see every "
            f"run"))
    # Imported labels bring queries of their own.
    if labels.source != "imported" and labels.wanted > task.queries.train:
        keys = ["labels.budgets"] if labels.pool is None else ["labels.pool"]
        keys += ["labels.validation"] if labels.validation else []
        yield Contradiction((*keys, "task.queries.train"), (
            f"{' and '.join(keys)} ask{'' if len(keys) > 1 else 's'} for {labels.wanted} labels, each on a query of "
            f"its own, but task.queries.train is {task.queries.train}"))


def _of_lengths(task: TaskSpec, base_model: str | ScratchModel) -> Iterator[Contradiction]:
    context = None if isinstance(base_model, str) else base_model.context
    if context is not None and task.query_tokens + task.response.tokens > context:
        yield Contradiction(("task.query_tokens", "task.response.tokens", "base_model.context"), (
            f"task.query_tokens {task.query_tokens} plus task.response.tokens {task.response.tokens} is longer "
            f"than base_model.context {context}"))
    if task.kind == "continuation" and task.query_tokens_min > task.query_tokens:
        yield Contradiction(("task.query_tokens", "task.query_tokens_min"), (
            f"task.query_tokens_min {task.query_tokens_min} is more than task.query_tokens {task.query_tokens}"))


def _of_supervised(supervised: SupervisedSpec | None, task: TaskSpec, labels: LabelsSpec,
                   policies: tuple[PolicyArm, ...], baselines: tuple[Baseline, ...]) -> Iterator[Contradiction]:
    if supervised is None:
        if "supervised" in baselines:
            yield Contradiction(("evaluation.baselines", "supervised"),
                                "evaluation.baselines names supervised, but supervised is null")
        if any(policy.start == "supervised" for policy in policies):
            yield Contradiction(("policies", "supervised"), "a policy starts at supervised, but supervised is null")
    elif task.kind == "continuation" and supervised.scorer is None and labels.source != "simulated":
        yield Contradiction(("supervised", "labels.source"),
                            "supervised.scorer must be named when the labels are not simulated")
    elif supervised.keep * supervised.pairs < 1 and task.kind == "continuation":
        yield Contradiction(("supervised.keep", "supervised.pairs"), (
            f"supervised.keep {supervised.keep:g} of supervised.pairs {supervised.pairs:,} is less than one pair"))


def _of_policies(policies: tuple[PolicyArm, ...], labels: LabelsSpec, ppo: PPOSettings) -> Iterator[Contradiction]:
    for policy in policies:
        if policy.reward == "gold" and labels.source != "simulated":
            yield Contradiction(("policies", "labels.source"), (
                f"{policy.arm} has the simulated labeler's scorer as its reward, but the labels are {labels.source}"))
        if policy.rounds is not None and policy.rounds.rounds > ppo.updates:
            yield Contradiction(("policies", "ppo"), (
                f"{policy.arm} has {policy.rounds.rounds} rounds, more than the {ppo.updates} "
                f"batches of {ppo.batch_size} that ppo.episodes {ppo.episodes} gives"))
    if len({policy.arm for policy in policies}) < len(policies):
        yield Contradiction(("policies",), "an arm is listed twice")


def _of_comparisons(policies: tuple[PolicyArm, ...], task: TaskSpec, baselines: tuple[Baseline, ...],
                    best_of: tuple[int, ...]) -> Iterator[Contradiction]:
    if best_of and not any(policy.learns_offline for policy in policies):
        yield Contradiction(("evaluation.best_of", "policies"),
                            "best_of needs a policy with offline labels, whose reward model chooses")
    if len(set(best_of)) < len(best_of):
        yield Contradiction(("evaluation.best_of",), "a number is listed twice")
    if task.kind == "continuation" and "lead" in baselines:
        yield Contradiction(("evaluation.baselines", "task.kind"), "lead is a baseline for summarization only")


def _of_texts(task: TaskSpec) -> Iterator[Contradiction]:
    source = task.source
    if task.kind == "summarization":
        if task.pretraining_summaries + task.pretraining_extracts > 1:
            yield Contradiction(("task.pretraining_extracts", "task.pretraining_summaries"), (
                "task.pretraining_summaries plus task.pretraining_extracts is more than 1, all there is"))
        if isinstance(source, TextFiles):
            yield Contradiction(("task.source", "task.kind"), (
                "plain text files have no summaries; summarization needs kind jsonl, hub or storyworld"))
        if isinstance(source, JsonlPairs) and source.reference_key is None:
            yield Contradiction(("task.source.reference_key",),
                                "it names the summaries' key in the files, and summarization needs it")
        if isinstance(source, HubDataset) and source.reference_column is None:
            yield Contradiction(("task.source.reference_column",),
                                "it names the summaries' column, and summarization needs it")
    if isinstance(source, StoryworldSource):
        wanted = "reports" if task.kind == "summarization" else "stories"
        if source.genre != wanted:
            yield Contradiction(("task.source.genre", "task.kind"),
                                f"the genre must be {wanted} for a {task.kind} task")
