"""A whole study file as one frozen record.

It is made of the parts in `parts.py` and `harness/tasks/spec.py`. Every field is a key of the YAML with the same name;
derived values are properties. Defaults that are numbers of the paper or of the released code say so in
`docs/studies.md`; the shipped studies write out all that matters.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from harness.statistics.plan import STANDARD_PLAN, AnalysisPlan
from harness.study.contradictions import contradictions
from harness.study.parts import (
    Baseline,
    BaseModelSpec,
    ChoiceModel,
    LabelsSpec,
    PeopleSpec,
    PolicyArm,
    SupervisedSpec,
)
from harness.tasks.spec import Spec, TaskSpec
from harness.training.settings import ComputeSettings, LanguageModelFitSettings, PPOSettings, RewardFitSettings


class EvaluationSpec(Spec):
    """What is compared on the test queries, by whom, and what will be said of it.

    people: null for nobody. plan: its baselines are the evaluation's; where gatekeeping is left out, zero_shot and
    supervised confirm, as far as they are judged.
    """

    baselines: tuple[Baseline, ...] = Field(default=("zero_shot", "supervised"), min_length=1)
    best_of: tuple[Annotated[int, Field(ge=2, le=1_000_000)], ...] = Field(
        default=(), description="arms best_of_N: N samples of ρ, of which the reward model's favourite is taken")
    judge: ChoiceModel = ChoiceModel()
    people: PeopleSpec | None = None
    plan: AnalysisPlan = STANDARD_PLAN

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_left_open_in_the_plan(cls, content: Any) -> Any:
        """What is hashed, logged and held against what was done names all its baselines and gates."""
        if not isinstance(content, dict):
            return content
        plan, baselines = content.get("plan", {}), content.get("baselines", cls.model_fields["baselines"].default)
        if not isinstance(plan, dict) or not isinstance(baselines, list | tuple):
            return content  # and is told what is wrong with it
        gates = plan.get("gatekeeping")
        if gates is None:
            gates = [name for name in ("zero_shot", "supervised") if name in baselines] or baselines
        return {**content, "plan": {"baselines": baselines, **plan, "gatekeeping": gates}}

    @model_validator(mode="after")
    def _gates_are_judged(self) -> EvaluationSpec:
        gates = self.plan.gatekeeping
        for name in gates:
            if name not in self.baselines:
                raise ValueError(f"plan.gatekeeping names {name}, but baselines does not")
        if len(set(gates)) < len(gates) or len(set(self.baselines)) < len(self.baselines):
            raise ValueError("a baseline is listed twice")
        if self.baselines and not gates:
            raise ValueError("plan.gatekeeping is empty: name a baseline, or leave it out")
        if self.plan.baselines != self.baselines:
            raise ValueError("plan.baselines is not what baselines says; leave it out")
        return self


class StudySpec(Spec):
    """A whole study."""

    study: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    title: str = ""
    seed: int = Field(default=1, ge=0)
    seeds: tuple[int, ...] = Field(default=(1, 2, 3), min_length=1)
    base_model: BaseModelSpec
    task: TaskSpec
    domain_tuning: LanguageModelFitSettings | None = None
    supervised: SupervisedSpec | None = SupervisedSpec()
    labels: LabelsSpec
    reward_model: RewardFitSettings = RewardFitSettings()
    policies: tuple[PolicyArm, ...] = Field(default=(PolicyArm(),), min_length=1)
    ppo: PPOSettings = PPOSettings()
    compute: ComputeSettings = ComputeSettings()
    evaluation: EvaluationSpec = EvaluationSpec()

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) < len(seeds):
            raise ValueError("a seed is listed twice")
        if min(seeds) < 0:
            raise ValueError(f"a seed must be 0 or more, not {min(seeds)}")
        return seeds

    @model_validator(mode="after")
    def _parts_fit_together(self) -> StudySpec:
        for problem in contradictions(
                task=self.task, base_model=self.base_model, supervised=self.supervised, labels=self.labels,
                policies=self.policies, ppo=self.ppo, baselines=self.evaluation.baselines,
                best_of=self.evaluation.best_of, people=self.evaluation.people, seeds=self.seeds):
            raise PydanticCustomError("contradiction", "{sentence}", problem._asdict())
        return self

    @property
    def is_summarization(self) -> bool:
        return self.task.kind == "summarization"

    @property
    def uses_simulated_labels(self) -> bool:
        return self.labels.source == "simulated"

    def document(self) -> dict[str, Any]:
        """The whole study with every default written out, as plain JSON values."""
        return self.model_dump(mode="json")
