"""What a study's stages were computed with, as a table of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from harness.records import Environment
from harness.reporting.page import Page

_SHOWN = 3


def environments_table(page: Page, environments: Mapping[str, Environment]) -> None:
    """One row for each machine, torch and kernels that stages were computed with. environments: by the stages' names.

    Threads differ from stage to stage on one machine, and stand in its row.
    """
    if not environments:
        return
    groups: dict[Environment, list[str]] = {}
    for stage, environment in environments.items():
        groups.setdefault(replace(environment, threads=0), []).append(stage)
    rows = [(environment.host, environment.cpu, environment.device, environment.torch, environment.small_kernels,
             environment.large_kernels, environment.compiler, _threads(environments, stages), _named(stages))
            for environment, stages in groups.items()]
    page.table(("host", "processor", "device", "torch", "kernels, small models", "kernels, large models", "compiler",
                "threads", "stages"), rows, words=9, caption=_caption(list(groups)))


def _caption(groups: list[Environment]) -> str:
    if len(groups) == 1:
        return "Every stage was computed with the same processor, torch and kernels."
    differing = [field.name.replace("_", " ") for field in fields(Environment)
                 if len({getattr(group, field.name) for group in groups}) > 1]
    return (f"Stages were computed with {len(groups)} environments, which differ in {', '.join(differing)}. Computed "
            f"in another of them, a stage's numbers agree to rounding, not in every bit.")


def _threads(environments: Mapping[str, Environment], stages: list[str]) -> str:
    return ", ".join(map(str, sorted({environments[stage].threads for stage in stages})))


def _named(stages: list[str]) -> str:
    rest = len(stages) - _SHOWN
    return f"{len(stages)}: {', '.join(stages[:_SHOWN])}" + (f" and {rest} more" if rest > 0 else "")
