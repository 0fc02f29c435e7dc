"""Settings of a study that are each possible and together are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.tasks.sources import StoryworldSource, TextFiles

if TYPE_CHECKING:
    from harness.study.spec import StudySpec


def contradictions(spec: StudySpec) -> list[str]:
    """One sentence for each; the first is what the user is told."""
    found = []
    task = spec.task
    context = None if isinstance(spec.base_model, str) else spec.base_model.context
    if context is not None and task.query_tokens + task.response.tokens > context:
        found.append(
            f"task.query_tokens {task.query_tokens} plus task.response.tokens {task.response.tokens} is longer "
            f"than base_model.context {context}")
    if spec.supervised is None:
        if "supervised" in spec.evaluation.baselines:
            found.append("evaluation.baselines names supervised, but supervised is null")
        if any(policy.start == "supervised" for policy in spec.policies):
            found.append("a policy starts at supervised, but supervised is null")
    elif not spec.is_summarization and spec.supervised.scorer is None and not spec.uses_simulated_labels:
        found.append("supervised.scorer must be named when the labels are not simulated")
    found.extend(_policy_contradictions(spec))
    if not spec.is_summarization and "lead" in spec.evaluation.baselines:
        found.append("evaluation.baselines: lead is a baseline for summarization only")
    if len({policy.arm for policy in spec.policies}) < len(spec.policies):
        found.append("policies: an arm is listed twice")
    if spec.task.kind == "summarization" and spec.task.pretraining_summaries + spec.task.pretraining_extracts > 1:
        found.append("task.pretraining_summaries plus task.pretraining_extracts is more than 1, all there is")
    found.extend(_source_contradictions(spec))
    # Imported labels bring queries of their own.
    if spec.labels.source != "imported" and max(spec.labels.budgets) > task.queries.train:
        found.append(f"labels.budgets asks for {max(spec.labels.budgets)} labels, each on a query of its own, but "
                     f"task.queries.train is {task.queries.train}")
    return found


def _policy_contradictions(spec: StudySpec) -> list[str]:
    found = []
    for policy in spec.policies:
        if policy.reward == "gold" and not spec.uses_simulated_labels:
            found.append(f"policies: {policy.arm} has the simulated labeler's scorer as its reward, but the labels are "
                         f"{spec.labels.source}")
        if policy.rounds is not None and policy.rounds.rounds > spec.ppo.updates:
            found.append(f"policies: {policy.arm} has {policy.rounds.rounds} rounds, more than the {spec.ppo.updates} "
                         f"batches of {spec.ppo.batch_size} that ppo.episodes {spec.ppo.episodes} gives")
    if spec.evaluation.best_of and not any(policy.learns_offline for policy in spec.policies):
        found.append("evaluation.best_of needs a policy with offline labels, whose reward model chooses")
    if len(set(spec.evaluation.best_of)) < len(spec.evaluation.best_of):
        found.append("evaluation.best_of: a number is listed twice")
    return found


def _source_contradictions(spec: StudySpec) -> list[str]:
    source = spec.task.source
    if spec.is_summarization and isinstance(source, TextFiles):
        return ["task.source: plain text files have no summaries; summarization needs kind jsonl, hub or storyworld"]
    if isinstance(source, StoryworldSource) and (source.genre == "reports") != spec.is_summarization:
        wanted = "reports" if spec.is_summarization else "stories"
        return [f"task.source.genre must be {wanted} for a {spec.task.kind} task"]
    return []
