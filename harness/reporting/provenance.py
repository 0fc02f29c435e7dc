"""The section on how it was made: a methods section to copy, every setting, versions and commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from harness.reporting.environments import environments_table
from harness.reporting.page import Page, thousands
from harness.reporting.report_data import ReportData, arm_name
from harness.study.parts import ChoiceModel, PolicyArm

_TIES = {"ties_half": "ties counted as one half", "ties_left_out": "ties left out",
         "majority": "each item's majority vote, ties as one half"}


def methods(page: Page, data: ReportData) -> None:
    """What a methods section must say, in whole sentences, and then every setting by its name."""
    page.heading("Methods")
    for paragraph in (_training(data), _evaluation(data), _statistics(data)):
        page.paragraph(paragraph)
    page.html("<h3>Every setting</h3>")
    page.settings(_flattened(data.study.document()))


def _training(data: ReportData) -> str:
    study = data.study
    base, labels, ppo, task = study.base_model, study.labels, study.ppo, study.task
    model = base if isinstance(base, str) else (
        f"a GPT-2 of {base.layers} layers and width {base.width}, pretrained from scratch on "
        f"{thousands(base.tokens)} tokens")
    source = {"simulated": "a simulated labeler", "imported": "an existing file", "human": "people"}[labels.source]
    if labels.source == "simulated":
        source += f" ({_choice_model(labels.labeler)})"
    budgets = ", ".join(map(thousands, labels.budgets))
    starts = " and ".join(f"{arm_name(policy.arm)} from the {arm_name(policy.start)} policy"
                          for policy in study.policies)
    return (f"The base model is {model}. Reward models were fitted to {budgets} best-of-{labels.candidates} labels "
            f"given by {source}; a smaller budget is a prefix of a larger one, and all seeds share the labels. "
            f"Policies were trained by PPO for {thousands(ppo.episodes)} episodes in batches of {ppo.batch_size} "
            f"at learning rate {ppo.learning_rate:g}, with a KL penalty to the policy they start from (Ziegler et "
            f"al. 2019): {starts}. Responses have {task.response.tokens} tokens, sampled at temperature "
            f"{task.temperature:g} and cut by the end rule. Each budget was trained with {data.seeds}."
            f"{''.join(_otherwise(policy) for policy in study.policies)}")


def _otherwise(policy: PolicyArm) -> str:
    """What is not so for this policy."""
    name = arm_name(policy.arm)
    if policy.reward == "gold":
        return f" {name} had no labels: its reward was the simulated labeler's scorer."
    if policy.collection == "online":
        return (f" {name} collected its labels in rounds while it trained; after the first round's they are its own, "
                f"for each seed.")
    return ""


def _choice_model(model: ChoiceModel) -> str:
    return f"scorer {model.scorer}, choice noise {model.noise:g}, lapse rate {model.lapse_rate:g}"


def _evaluation(data: ReportData) -> str:
    evaluation = data.study.evaluation
    n = data.results.arms[0].n_queries
    baselines = ", ".join(map(arm_name, evaluation.baselines))
    sentence = (f"On the same {thousands(n)} test queries each policy's response was compared with those of "
                f"{baselines}, and the largest budget's with each smaller budget's of the same seed.")
    if data.results.simulated_judge:
        sentence += (f" The judge was simulated ({_choice_model(evaluation.judge)}); two texts that the scorer cannot "
                     f"tell apart are a tie.")
    for study in data.results.people:
        sentence += (f" Blind to the arms, with sides balanced within each pair of arms, {study.n_raters} "
                     f"{'simulated raters' if study.simulated_judge else 'people'} gave {study.n_judgments:,} "
                     f"judgments in the study {study.study}, whose items, arm map and plan were sealed before the "
                     f"first (SHA-256 {study.seal}).")
    return sentence


def _statistics(data: ReportData) -> str:
    plan = data.results.analysis_plan.planned
    clusters = "query"
    if data.results.people:
        clusters = "item and rater (two-way) for people and by query for the simulated judge"
    gates = ", then ".join(map(arm_name, plan.gatekeeping))
    rules = ", ".join(f"{name.replace('_', ' ')} {limit:g}" for name, limit in asdict(plan.exclusions).items()
                      if limit is not None)
    return (f"The win rate is the mean of 1 (win), one half (tie) and 0 (loss), {_TIES[plan.estimand]}, averaged "
            f"within items and then over items. {100 * plan.confidence:g}% intervals are clustered by {clusters}, t "
            f"with one degree of freedom less than the fewer clusters. Tests are two-sided; the largest budget was "
            f"tested against {gates}, each only after the one before, then the other budgets with Holm's adjustment; "
            f"other comparisons are exploratory (Benjamini-Hochberg). That a smaller budget was enough is a one-sided "
            f"test that the larger one's win rate over it is below one half plus {100 * plan.margin:g} points. The "
            f"spread over training seeds is reported apart. Raters are left out by rules fixed beforehand "
            f"({rules}) only. ROUGE is the F-measure with Porter stems; copying follows Grusky et al. (2018) and the "
            f"rules named beside its table; intervals of text measures are bootstraps over queries. The plan was "
            f"hashed before the first judgment (SHA-256 {data.results.analysis_plan.digest}).")


def provenance(page: Page, data: ReportData) -> None:
    """Commit, digests and versions: what somebody needs to get the same numbers."""
    results = data.results
    page.heading("Provenance")
    dirty = ", with uncommitted changes" if results.dirty else ""
    page.settings([("study", results.study), ("digest of the study", results.spec_digest),
                   ("digest of the analysis plan", results.analysis_plan.digest[:32]),
                   ("commit", results.commit + dirty), *data.versions.items()])
    environments_table(page, data.environments)


def _flattened(content: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Settings by their dotted names, as `--set` takes them."""
    if isinstance(content, Mapping) and content:
        for name, value in content.items():
            yield from _flattened(value, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(content, list) and any(isinstance(value, Mapping) for value in content):
        for place, value in enumerate(content):
            yield from _flattened(value, f"{prefix}.{place}")
    elif isinstance(content, list):
        yield prefix, ", ".join(map(str, content))
    else:
        yield prefix, "none" if content is None else repr(content) if isinstance(content, str) and (
            not content.strip() or "\n" in content) else str(content)
