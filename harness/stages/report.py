"""Stage: results.json and report.html, one self-contained file that opens without a network; its figures as files."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_json, read_measures, read_samples, sample_row
from harness.artifacts.label_table import LabelTable
from harness.artifacts.log import StageLog, metrics_of
from harness.artifacts.outcome import environments_of, summary_of
from harness.digests import fingerprint
from harness.labels.frontier_samples import FrontierSamples, read_rewards_of_reference
from harness.labels.simulated import SimulatedLabeler
from harness.provenance import commit, versions
from harness.records import ArmKey, Done
from harness.reporting.figure_files import write_figures
from harness.reporting.report import report
from harness.reporting.report_data import ArmResponse, Example, ReportData
from harness.results.file import read_measured, read_outcomes, read_people, write_results
from harness.results.frontier import RunOfFrontier, frontier_rows
from harness.results.online import round_rows
from harness.results.people_records import PeopleResults
from harness.results.rates import dose_curves, equivalence_rows, win_rate_rows
from harness.results.records import VERSION, LeftOut, PlanOfStudy, Quality, Results
from harness.results.robustness import fragility_rows, sensitivity_rows, strengths
from harness.results.text_records import Measured
from harness.results.texts import Measures, growth_rows, preference_rows, text_rows
from harness.results.training import (
    Steps,
    Summary,
    accuracy_curves,
    learning_curves,
    not_comparable,
    reward_model_rows,
    run_rows,
)
from harness.results.votes import of_estimand, votes_of_outcomes
from harness.stages.judge import PLAN_FILE
from harness.statistics.agreement import Agreement
from harness.statistics.learning_curve import LabelerCeiling, ceiling
from harness.statistics.plan import AnalysisPlan, differences
from harness.study.slices import ReportSlice
from harness.study.spec import StudySpec
from harness.tasks.query_table import read_queries

_EXAMPLES = 6


def run(call: StageCall[ReportSlice], log: StageLog) -> Done:
    """Analyse the judge's outcomes, put the arms' measures beside them, and write both files."""
    folders = call.inputs.by_arm("measures")
    measured = {arm: read_measured(folder) for arm, folder in folders.items()}
    curves = _curves(call)
    results = _results(call, measured, {arm: read_measures(folder) for arm, folder in folders.items()}, curves)
    write_results(call.out, results)
    _write_samples(call)
    data = ReportData(
        study=call.settings.study, results=results, details={arm: found.details for arm, found in measured.items()},
        examples=_examples(call), versions=versions(),
        environments=environments_of(call.inputs.values()))
    page = report(data)
    (call.out / "report.html").write_text(page.render(), encoding="utf-8")
    write_figures(call.out, page.figures)
    return Done({f"win_rate_{row.contrast.arm.label_budget}_vs_{row.contrast.opponent}"
                 + ("" if row.judge == "simulated" else f"_{row.judge}"): row.rate.win_rate
                 for row in results.win_rates if row.rate.win_rate is not None})


def _results(call: StageCall[ReportSlice], measured: dict[ArmKey, Measured], measures: Measures,
             curves: Mapping[ArmKey, Steps]) -> Results:
    """results.json, section by section as the analysis plan lists them."""
    study = call.settings.study
    plan = study.evaluation.plan
    outcomes = read_outcomes(call.inputs["judge"])
    planned = AnalysisPlan.from_json(read_json(call.inputs["judge"] / PLAN_FILE))
    votes = of_estimand(votes_of_outcomes(outcomes), plan.estimand)
    # A continuation has no source to copy from, only a query that it should not repeat.
    controls = ("length-controlled", "copy-controlled") if study.is_summarization else ("length-controlled",)
    people = tuple(map(read_people, call.inputs.in_order("evaluations")))
    agreement, quality = _raters(people)
    reward_models = tuple(reward_model_rows(_summaries(call, "reward_models")))
    runs = tuple(run_rows(curves, _summaries(call, "policies"), study.ppo))
    head, dirty = commit()
    return Results(
        version=VERSION, study=study.study, spec_digest=fingerprint(study.document()), commit=head, dirty=dirty,
        simulated_labels=study.uses_simulated_labels, simulated_judge=outcomes.judge == "simulated",
        left_out=tuple(LeftOut(arm, why) for arm, why in call.settings.left_out.items()),
        awaited=call.settings.awaited,
        upper_bounds=tuple(policy.arm for policy in study.policies if policy.reward == "gold"),
        analysis_plan=PlanOfStudy(planned.digest(), planned, tuple(differences(planned, plan))),
        arms=tuple(found.entry for found in measured.values()),
        win_rates=(*win_rate_rows(votes, judge=outcomes.judge, confidence=plan.confidence, baselines=plan.gatekeeping),
                   *(replace(row, study=each.study) for each in people for row in each.win_rates)),
        equivalence=(*equivalence_rows(votes, margin=plan.margin, confidence=plan.confidence, judge=outcomes.judge,
                                       not_comparable=not_comparable(runs, compared_at=plan.compared_at)),
                     *(replace(row, study=each.study) for each in people for row in each.equivalence)),
        dose_response=tuple(dose_curves(votes, confidence=plan.confidence)),
        sensitivity=tuple(sensitivity_rows(votes, outcomes, measures, controls=controls, confidence=plan.confidence,
                                           seed=call.seed)),
        fragility=tuple(fragility_rows(votes, confidence=plan.confidence)),
        reward_models=reward_models,
        accuracy_curves=tuple(accuracy_curves(reward_models, _ceiling(call), confidence=plan.confidence)),
        runs=runs,
        learning_curves=tuple(learning_curves(curves)),
        frontier=tuple(frontier_rows(_frontier_runs(call, curves), _labeler(study), confidence=plan.confidence)),
        online_rounds=tuple(round_rows(study.policies, study.ppo, _round_summaries(call))),
        strengths=strengths(outcomes, measures),
        texts=tuple(text_rows(measures, confidence=plan.confidence, seed=call.seed,
                              compared_with=ArmKey("zero_shot"))),
        copying_growth=tuple(growth_rows(measures, confidence=plan.confidence, seed=call.seed)),
        copying_by_preference=tuple(preference_rows(outcomes, measures, baselines=plan.baselines,
                                                    confidence=plan.confidence)) if study.is_summarization else (),
        agreement=agreement, quality=quality, people=people,
        responses={str(arm): each for arm, each in call.settings.responses.items()})


def _raters(people: Sequence[PeopleResults]) -> tuple[Agreement, Quality]:
    """Of the last study of people, or why there is nobody."""
    if not people:
        return (Agreement.undefined("one simulated judge: there is nobody to agree with"),
                Quality(why_undefined="one simulated judge: rater quality is for people"))
    return people[-1].agreement, Quality(people[-1].quality, people[-1].excluded)


def _write_samples(call: StageCall[ReportSlice]) -> None:
    """samples.jsonl: every arm's response with its query, from which the rating app makes studies."""
    queries = {query.id: query for query in read_queries(call.inputs["queries"] / "test.arrow")}
    with (call.out / "samples.jsonl").open("w", encoding="utf-8") as file:
        for folder in call.inputs.by_arm("samples").values():
            for sample in read_samples(folder):
                query = queries[sample.query_id]
                row = {**sample_row(sample), "query_text": query.text, "source": query.source}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _curves(call: StageCall[ReportSlice]) -> dict[ArmKey, list[dict[str, float]]]:
    """The PPO metrics by step of every trained policy."""
    return {arm: metrics_of(folder) for arm, folder in call.inputs.by_arm("policies").items()}


def _summaries(call: StageCall[ReportSlice], name: Literal["policies", "reward_models"]) -> dict[ArmKey, Summary]:
    return {arm: summary_of(folder) for arm, folder in call.inputs.by_arm(name).items()}


def _ceiling(call: StageCall[ReportSlice]) -> LabelerCeiling | None:
    """Of the study's validation labels, where a program chose them; its chances are known."""
    folder, labels = call.inputs.get("validation_labels"), call.settings.study.labels
    if folder is None or labels.source != "simulated":
        return None
    return ceiling(LabelTable.load(folder).scores, noise=labels.labeler.noise, lapse_rate=labels.labeler.lapse_rate)


def _labeler(study: StudySpec) -> SimulatedLabeler | None:
    labels = study.labels
    return SimulatedLabeler(**labels.labeler.model_dump()) if labels.source == "simulated" else None


def _frontier_runs(call: StageCall[ReportSlice], curves: Mapping[ArmKey, Steps]) -> dict[ArmKey, RunOfFrontier]:
    """Of every trained policy its measurements, and the rewards of the samples of ρ in its run."""
    gold = {arm: FrontierSamples.load(folder).gold for arm, folder in call.inputs.by_arm("frontiers").items()}
    return {arm: RunOfFrontier(curves[arm], read_rewards_of_reference(folder),
                               gold[arm] if np.isfinite(gold[arm]).all() else None)
            for arm, folder in call.inputs.by_arm("policies").items()}


def _round_summaries(call: StageCall[ReportSlice]) -> dict[tuple[ArmKey, int], dict[str, float]]:
    """Of each round's reward model, by arm and the round's number."""
    return {key: summary_of(folder) for key, folder in call.inputs.rounds().items()}


def _examples(call: StageCall[ReportSlice]) -> list[Example]:
    """The first test queries with a response of each baseline and of each budget's first seed."""
    queries = read_queries(call.inputs["queries"] / "test.arrow")[:_EXAMPLES]
    samples: dict[ArmKey, list[str]] = {}
    seen: set[ArmKey] = set()
    for arm, folder in call.inputs.by_arm("samples").items():
        if arm.without_seed not in seen:
            seen.add(arm.without_seed)
            samples[arm] = [sample.text for sample in itertools.islice(read_samples(folder), _EXAMPLES)]
    return [Example(query.text, query.source, tuple(ArmResponse(arm, texts[index]) for arm, texts in samples.items()))
            for index, query in enumerate(queries)]
