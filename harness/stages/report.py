"""Stage: results.json and report.html, one self-contained file that opens without a network."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_json, read_measures, read_samples, sample_row, write_json
from harness.artifacts.log import METRICS_FILE, StageLog, read_metrics
from harness.artifacts.outcome import environments_of
from harness.digests import fingerprint
from harness.provenance import commit, versions
from harness.records import Done
from harness.reporting.report import render
from harness.reporting.report_data import ReportMaterial
from harness.results.online import round_rows
from harness.results.robustness import fragility_rows, sensitivity_rows, strengths_document
from harness.results.simulated import (
    dose_response_document,
    equivalence_rows,
    finite,
    of_estimand,
    votes_of_pairs,
    win_rate_rows,
)
from harness.results.texts import growth_rows, preference_rows, text_rows
from harness.stages.judge import PLAN_FILE
from harness.stages.people import PEOPLE_FILE
from harness.statistics.plan import AnalysisPlan, differences
from harness.study.slices import ReportSlice
from harness.tasks.query_table import read_queries
from harness.training.settings import PPOSettings

_EXAMPLES = 6


def run(call: StageCall[ReportSlice], log: StageLog) -> Done:
    """Analyse the judge's outcomes, put the arms' measures beside them, and write both files."""
    measured = {str(arm): folder for arm, folder in call.inputs.by_arm("measures").items()}
    entries = {arm: read_json(folder / "measure.json") for arm, folder in measured.items()}
    results = finite(_results(call, entries, {arm: read_measures(folder) for arm, folder in measured.items()}))
    write_json(call.out / "results.json", results)
    _write_samples(call)
    material = ReportMaterial(
        study=call.settings.study, results=results, details={arm: entry["details"] for arm, entry in entries.items()},
        curves=_curves(call), reward_models=_summaries(call), examples=_examples(call),
        versions=versions(), environments=environments_of(call.inputs.values()))
    (call.out / "report.html").write_text(render(material), encoding="utf-8")
    return Done({f"win_rate_{row['label_budget']}_vs_{row['baseline']}"
                 + ("" if row["judge"] == "simulated" else f"_{row['judge']}"): row["win_rate"]
                 for row in results["win_rates"] if row["win_rate"] is not None})


def _results(call: StageCall[ReportSlice], entries: dict[str, Any],
             measures: dict[str, dict[str, np.ndarray]]) -> dict[str, Any]:
    """results.json, section by section as the analysis plan lists them."""
    study, plan = call.settings.study, call.settings.evaluation.plan
    outcomes = read_json(call.inputs["judge"] / "outcomes.json")
    planned = AnalysisPlan.from_json(read_json(call.inputs["judge"] / PLAN_FILE))
    votes = of_estimand(votes_of_pairs(outcomes), plan.estimand)
    is_summarization = study["task"]["kind"] == "summarization"
    # A continuation has no source to copy from, only a query that it should not repeat.
    controls = ("length-controlled", "copy-controlled") if is_summarization else ("length-controlled",)
    people = [read_json(folder / PEOPLE_FILE) for folder in call.inputs.in_order("evaluations")]
    head, dirty = commit()
    return {
        "study": study["study"], "spec_digest": fingerprint(study), "commit": head, "dirty": dirty,
        "simulated_labels": study["labels"]["source"] == "simulated",
        "simulated_judge": outcomes["judge"] == "simulated",
        "left_out": [{"arm": str(arm), "why": why} for arm, why in call.settings.left_out.items()],
        "awaited": list(call.settings.awaited),
        "upper_bounds": [policy.arm for policy in call.settings.policies if policy.reward == "gold"],
        "analysis_plan": {"digest": planned.digest(), "planned": planned.as_json(),
                          "differences": differences(planned, plan)},
        "arms": [entry["entry"] for entry in entries.values()],
        "win_rates": [*win_rate_rows(votes, judge=outcomes["judge"], confidence=plan.confidence,
                                     baselines=plan.gatekeeping),
                      *(_of_study(each, row) for each in people for row in each["win_rates"])],
        "equivalence": [*equivalence_rows(votes, margin=plan.margin, confidence=plan.confidence,
                                          judge=outcomes["judge"]),
                        *(_of_study(each, row) for each in people for row in each["equivalence"])],
        "dose_response": dose_response_document(votes, confidence=plan.confidence),
        "sensitivity": sensitivity_rows(votes, outcomes, measures, controls=controls, confidence=plan.confidence,
                                        seed=call.seed),
        "fragility": fragility_rows(votes, confidence=plan.confidence),
        "online_rounds": round_rows(call.settings.policies, TypeAdapter(PPOSettings).validate_python(study["ppo"]),
                                    _round_summaries(call)),
        "strengths": strengths_document(outcomes, measures),
        "texts": text_rows(measures, confidence=plan.confidence, seed=call.seed, compared_with="zero_shot"),
        "copying_growth": growth_rows(measures, confidence=plan.confidence, seed=call.seed),
        "copying_by_preference": preference_rows(outcomes, measures, baselines=plan.baselines,
                                                 confidence=plan.confidence) if is_summarization else [],
        "agreement": people[-1]["agreement"] if people else {
            "why_undefined": "one simulated judge: there is nobody to agree with"},
        "quality": {"raters": people[-1]["quality"], "excluded": people[-1]["excluded"]} if people else {
            "why_undefined": "one simulated judge: rater quality is for people"},
        "people": people,
        "responses": {str(arm): fingerprint for arm, fingerprint in call.settings.responses.items()},
    }


def _of_study(people: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A row of what people said, with the study that they said it in: there may be several."""
    return {**row, "study": people["study"]}


def _write_samples(call: StageCall[ReportSlice]) -> None:
    """samples.jsonl: every arm's response with its query, from which the rating app makes studies."""
    queries = {query.id: query for query in read_queries(call.inputs["queries"] / "test.arrow")}
    with (call.out / "samples.jsonl").open("w", encoding="utf-8") as file:
        for folder in call.inputs.by_arm("samples").values():
            for sample in read_samples(folder):
                query = queries[sample.query_id]
                row = {**sample_row(sample), "query_text": query.text, "source": query.source}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _curves(call: StageCall[ReportSlice]) -> dict[str, list[dict[str, Any]]]:
    """The PPO metrics by step of every trained policy, by arm."""
    return {str(arm): list(read_metrics(folder / METRICS_FILE))
            for arm, folder in call.inputs.by_arm("policies").items()}


def _summaries(call: StageCall[ReportSlice]) -> dict[str, dict[str, float]]:
    """Of each arm's reward model."""
    return {str(arm): read_json(folder / "outcome.json")["summary"]
            for arm, folder in call.inputs.by_arm("reward_models").items()}


def _round_summaries(call: StageCall[ReportSlice]) -> dict[tuple[str, int], dict[str, float]]:
    """Of each round's reward model, by arm and the round's number."""
    return {(str(arm), number): read_json(folder / "outcome.json")["summary"]
            for (arm, number), folder in call.inputs.rounds().items()}


def _examples(call: StageCall[ReportSlice]) -> list[dict[str, Any]]:
    """The first test queries with a response of each baseline and of each budget's first seed."""
    queries = read_queries(call.inputs["queries"] / "test.arrow")[:_EXAMPLES]
    samples: dict[str, list[str]] = {}
    seen: set[tuple[str, int | None]] = set()
    for arm, folder in call.inputs.by_arm("samples").items():
        if (arm.arm, arm.label_budget) not in seen:
            seen.add((arm.arm, arm.label_budget))
            samples[str(arm)] = [sample.text for sample in itertools.islice(read_samples(folder), _EXAMPLES)]
    return [{"query": query.text, "source": query.source,
             "responses": [{"arm": arm, "text": texts[index]} for arm, texts in samples.items()]}
            for index, query in enumerate(queries)]
