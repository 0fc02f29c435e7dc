"""What `--dry-run` prints: the stages and what each would cost; no network is used and no model loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.table import Table

from harness.engine.execution import finished_stages, missing_stages
from harness.engine.machine_memory import check_memory, machine_memory
from harness.engine.preflight import check_context, check_label_file
from harness.engine.screen import console_for
from harness.engine.tracking import Tracking
from harness.errors import InputError
from harness.study.estimate import Estimate, count_labels, estimate_stage, gpu_hours
from harness.study.model_shape import KnownShape, model_shape
from harness.study.plan import Plan
from harness.study.spec import StudySpec
from harness.training.memory import ppo_memory

_GIB, _MIB = 1 << 30, 1 << 20
_MILLION = 1_000_000
_COLUMNS = ("stage", "fingerprint", "state", "labels", "episodes", "tokens, M", "GPU-hours")
_LEFT = 3


def print_plan(plan: Plan, tracking: Tracking | None, *, absent: Sequence[InputError] = ()) -> None:
    """The stages, which are cached, and an estimate of what the others take. absent: files that are not there yet.

    Raises InputError where queries and responses do not fit into a base model whose shape is known, and for a label
    file that is there and cannot be used.
    """
    known, compute = model_shape(plan.study.base_model), plan.study.compute
    if known is not None:
        check_context(plan.study, known.shape.context)
    if not any(error.key == "labels.path" for error in absent):
        check_label_file(plan.study, known.shape.vocabulary if known is not None else None)
    finished = finished_stages(plan, tracking) if tracking is not None else {}
    missing = {stage.fingerprint for stage in missing_stages(plan, finished)}
    table = Table(title=f"{plan.study.study}: {len(plan.stages)} stages", title_justify="left")
    for place, column in enumerate(_COLUMNS):
        table.add_column(column, justify="left" if place < _LEFT else "right", no_wrap=place > 0)
    total = Estimate()
    for stage in plan.stages:
        cost = estimate_stage(stage, plan)
        to_run = stage.fingerprint in missing
        state = "to run" if to_run else "cached" if stage.fingerprint in finished else "not needed"
        total = total + cost if to_run else total
        hours = gpu_hours(cost.work, known.shape, compute) if known else 0.0
        table.add_row(stage.name, stage.fingerprint[:12], state, _count(cost.labels), _count(cost.episodes),
                      f"{cost.model_tokens / _MILLION:,.1f}" if cost.model_tokens > _MILLION // 20 else "",
                      f"{hours:.2f}" if hours >= 0.005 else "")
    console = console_for(sys.stdout)
    console.print(table)
    labels = count_labels(stage for stage in plan.stages if stage.fingerprint in missing)
    lines = [f"{len(missing)} stages to run: {labels:,} labels, {total.episodes:,} episodes, "
             f"{total.model_tokens / _MILLION:,.1f} million tokens through a model (a backward pass counted as two).",
             *_model_lines(plan.study, known, total), *(f"Not there yet: {error}" for error in absent),
             *(f"Not on this machine: {error}" for error in _too_large(plan.study))]
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _model_lines(study: StudySpec, known: KnownShape | None, total: Estimate) -> list[str]:
    name = study.base_model if isinstance(study.base_model, str) else "from scratch"
    if known is None:
        return [f"Model {name}: its shape is not known before it is loaded, so neither are memory and GPU-hours."]
    memory = ppo_memory(known.shape, settings=study.ppo, compute=study.compute, query_tokens=study.task.query_tokens,
                        response=study.task.response)
    unit, scale = ("GiB", _GIB) if memory.peak >= _GIB else ("MiB", _MIB)
    parts = ", ".join(f"{part.replace('_', ' ')} {size / scale:.1f}" for part, size in memory.rows())
    hours = gpu_hours(total.work, known.shape, study.compute)
    note = f" ({known.note})" if known.note else ""
    time = f"about {hours:,.1f}" if hours >= 0.05 else "less than 0.1"
    return [f"Model {name}: {known.shape.parameters / _MILLION:,.1f}M parameters{note}.",
            f"Memory: PPO in {study.compute.precision} holds {memory.peak / scale:.1f} {unit} at most "
            f"({unit}: {parts}).",
            f"Time: {time} GPU-hours, were it one A100 (two FLOP for each parameter and token)."]


def _too_large(study: StudySpec) -> list[InputError]:
    """A plan can be made for a larger machine."""
    try:
        check_memory(study, machine_memory())
    except InputError as error:
        return [error]
    return []


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
