"""Settings of a study that are each possible and together are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.tasks.sources import StoryworldSource, TextFiles

if TYPE_CHECKING:
    from harness.study.spec import StudySpec


class Contradiction(NamedTuple):
    """keys: any of which may be changed; an error is shown at the first."""

    keys: tuple[str, ...]
    sentence: str


def contradictions(spec: StudySpec) -> list[Contradiction]:
    """The first is what the user is told."""
    found: list[Contradiction] = []

    def add(sentence: str, *keys: str) -> None:
        found.append(Contradiction(keys, sentence))

    task = spec.task
    context = None if isinstance(spec.base_model, str) else spec.base_model.context
    if context is not None and task.query_tokens + task.response.tokens > context:
        add(f"task.query_tokens {task.query_tokens} plus task.response.tokens {task.response.tokens} is longer "
            f"than base_model.context {context}", "task.query_tokens", "task.response.tokens", "base_model.context")
    if task.kind == "continuation" and task.query_tokens_min > task.query_tokens:
        add(f"task.query_tokens_min {task.query_tokens_min} is more than task.query_tokens {task.query_tokens}",
            "task.query_tokens", "task.query_tokens_min")
    if spec.supervised is None:
        if "supervised" in spec.evaluation.baselines:
            add("evaluation.baselines names supervised, but supervised is null", "evaluation.baselines", "supervised")
        if any(policy.start == "supervised" for policy in spec.policies):
            add("a policy starts at supervised, but supervised is null", "policies", "supervised")
    elif not spec.is_summarization and spec.supervised.scorer is None and not spec.uses_simulated_labels:
        add("supervised.scorer must be named when the labels are not simulated", "supervised", "labels.source")
    found.extend(_policy_contradictions(spec))
    if not spec.is_summarization and "lead" in spec.evaluation.baselines:
        add("lead is a baseline for summarization only", "evaluation.baselines", "task.kind")
    if len({policy.arm for policy in spec.policies}) < len(spec.policies):
        add("an arm is listed twice", "policies")
    if task.kind == "summarization" and task.pretraining_summaries + task.pretraining_extracts > 1:
        add("task.pretraining_summaries plus task.pretraining_extracts is more than 1, all there is",
            "task.pretraining_extracts", "task.pretraining_summaries")
    found.extend(_source_contradictions(spec))
    # Imported labels bring queries of their own.
    if spec.labels.source != "imported" and max(spec.labels.budgets) > task.queries.train:
        add(f"labels.budgets asks for {max(spec.labels.budgets)} labels, each on a query of its own, but "
            f"task.queries.train is {task.queries.train}", "labels.budgets", "task.queries.train")
    return found


def _policy_contradictions(spec: StudySpec) -> list[Contradiction]:
    found = []
    for policy in spec.policies:
        if policy.reward == "gold" and not spec.uses_simulated_labels:
            found.append(Contradiction(("policies", "labels.source"), (
                f"{policy.arm} has the simulated labeler's scorer as its reward, but the labels are "
                f"{spec.labels.source}")))
        if policy.rounds is not None and policy.rounds.rounds > spec.ppo.updates:
            found.append(Contradiction(("policies", "ppo"), (
                f"{policy.arm} has {policy.rounds.rounds} rounds, more than the {spec.ppo.updates} "
                f"batches of {spec.ppo.batch_size} that ppo.episodes {spec.ppo.episodes} gives")))
    if spec.evaluation.best_of and not any(policy.learns_offline for policy in spec.policies):
        found.append(Contradiction(("evaluation.best_of", "policies"),
                                   "best_of needs a policy with offline labels, whose reward model chooses"))
    if len(set(spec.evaluation.best_of)) < len(spec.evaluation.best_of):
        found.append(Contradiction(("evaluation.best_of",), "a number is listed twice"))
    return found


def _source_contradictions(spec: StudySpec) -> list[Contradiction]:
    source = spec.task.source
    if spec.is_summarization and isinstance(source, TextFiles):
        return [Contradiction(("task.source", "task.kind"), (
            "plain text files have no summaries; summarization needs kind jsonl, hub or storyworld"))]
    if isinstance(source, StoryworldSource) and (source.genre == "reports") != spec.is_summarization:
        wanted = "reports" if spec.is_summarization else "stories"
        return [Contradiction(("task.source.genre", "task.kind"),
                              f"the genre must be {wanted} for a {spec.task.kind} task")]
    return []
