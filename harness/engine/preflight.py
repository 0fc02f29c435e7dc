"""Checks a study's inputs before anything is written: sizes, base model, texts, label file, scorers."""

from __future__ import annotations

from pathlib import Path

from harness.engine.machine_memory import check_memory, machine_memory
from harness.errors import InputError, blamed_on
from harness.hub import first_contact
from harness.labels.imported import check_labels, read_labels
from harness.labels.scorers import CLASSIFIER, get_scorer
from harness.study.externals import named_scorers
from harness.study.parts import ScratchModel
from harness.study.spec import StudySpec
from harness.tasks.hub import HubDataset
from harness.tasks.sources import StoryworldSource


def check_inputs(study: StudySpec, *, queries_are_known: bool, on_cluster: bool = False) -> None:
    """Raises InputError. Loads no weights.

    queries_are_known: an earlier run made this study's queries, so they need not be counted. With a model from
    scratch there is no tokenizer to count with before its first stage. on_cluster: stages run on machines that
    may have the GPU or the memory which this one lacks.
    """
    if study.compute.device == "cuda" and not on_cluster:
        from harness.models.placement import frozen

        frozen(study.compute)
    if not on_cluster:
        check_memory(study, machine_memory())
    with first_contact(_names(study)):
        for name, key in named_scorers(study).items():
            with blamed_on(key):
                get_scorer(name)
        if not isinstance(study.base_model, ScratchModel):
            _check_base_model(study, study.base_model, queries_are_known)
            return
        check_label_file(study, study.base_model.vocabulary)
        if not queries_are_known:
            _check_text(study)


def _names(study: StudySpec) -> list[str]:
    """Of the models and data sets that the study takes from elsewhere."""
    scorers = [name.removeprefix(CLASSIFIER) for name in named_scorers(study) if name.startswith(CLASSIFIER)]
    source = study.task.source
    return [*scorers, *([study.base_model] if isinstance(study.base_model, str) else []),
            *([source.name] if isinstance(source, HubDataset) else [])]


def _check_base_model(study: StudySpec, name: str, queries_are_known: bool) -> None:
    from harness.models.loading import check_language_model, load_tokenizer
    from harness.tasks.queries import check_enough_queries

    with blamed_on("base_model"):
        context, tokenizer = check_language_model(name), load_tokenizer(name)
    check_context(study, context)
    labels = study.labels
    if not queries_are_known:
        check_enough_queries(study.task, tokenizer, labels=_labelled_queries(study))
    if labels.source == "imported":
        read_labels(Path(labels.path), labels.format, tokenizer, candidates=labels.candidates, budget=labels.wanted,
                    longest=study.task.response.tokens)


def _check_text(study: StudySpec) -> None:
    source = study.task.source
    if isinstance(source, StoryworldSource):  # it has no end
        return
    if isinstance(source, HubDataset):  # files were checked when their digests were made
        source.check()
    from harness.tasks.queries import check_enough_text

    check_enough_text(study.task, labels=_labelled_queries(study))


def _labelled_queries(study: StudySpec) -> int:
    """How many train queries there must be: imported labels bring their own, and PPO needs some."""
    return 1 if study.labels.source == "imported" else study.labels.wanted


def check_label_file(study: StudySpec, vocabulary: int | None) -> None:
    """Raises InputError where imported labels cannot be used, as far as that is known without a tokenizer.

    vocabulary: the most entries the base model's can have, None where it is not known.
    """
    labels = study.labels
    if labels.source == "imported":
        check_labels(Path(labels.path), labels.format, candidates=labels.candidates, budget=labels.wanted,
                     vocabulary=vocabulary)


def check_context(study: StudySpec, context: int | None) -> None:
    """Raises InputError where a query and a response are longer than what the base model reads (None: not known)."""
    task = study.task
    if context is not None and task.query_tokens + task.response.tokens > context:
        raise InputError(
            f"task.query_tokens {task.query_tokens} plus task.response.tokens {task.response.tokens} is longer than "
            f"the {context} tokens of context that {study.base_model} has", key="task.query_tokens",
            cure=f"Set task.query_tokens to {context - task.response.tokens} or less.")
