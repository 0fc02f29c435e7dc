"""Stage: results.json and report.html, one self-contained file that opens without a network."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict
from typing import Any

from harness.provenance import commit, versions
from harness.records import Done
from harness.stages.artifacts import read_json, read_samples, write_json
from harness.stages.context import StageCall, StageLog
from harness.stages.log import METRICS_FILE, read_metrics
from harness.stages.people import PEOPLE_FILE
from harness.stages.report_page import ReportMaterial, render
from harness.stages.results import dose_response_document, equivalence_rows, finite, votes_of_pairs, win_rate_rows
from harness.study.stage import ArmKey, digest
from harness.tasks.query_table import read_queries

_EXAMPLES = 6


def run(call: StageCall, log: StageLog) -> Done:
    """Analyse the judge's outcomes, put the arms' measures beside them, and write both files."""
    settings = call.settings
    measures = {name.removeprefix("measure:"): read_json(folder / "measure.json")
                for name, folder in call.inputs.items() if name.startswith("measure:")}
    outcomes = read_json(call.inputs["judge"] / "outcomes.json")
    votes = votes_of_pairs(outcomes)
    evaluation = settings.evaluation
    people = [read_json(folder / PEOPLE_FILE) for name, folder in sorted(call.inputs.items())
              if name.startswith("people:")]
    rates = [*win_rate_rows(votes, judge=outcomes["judge"], confidence=evaluation.confidence,
                            baselines=evaluation.baselines), *(row for each in people for row in each["win_rates"])]
    head, dirty = commit()
    results = finite({
        "study": settings.study["study"], "spec_digest": digest(settings.study), "commit": head, "dirty": dirty,
        "simulated_labels": settings.study["labels"]["source"] == "simulated",
        "simulated_judge": outcomes["judge"] == "simulated",
        "arms": [measure["entry"] for measure in measures.values()],
        "win_rates": rates,
        "equivalence": [*equivalence_rows(votes, margin=evaluation.margin, confidence=evaluation.confidence,
                                          judge=outcomes["judge"]),
                        *(row for each in people for row in each["equivalence"])],
        "dose_response": dose_response_document(votes, confidence=evaluation.confidence),
        "agreement": people[-1]["agreement"] if people else {
            "why_undefined": "one simulated judge: there is nobody to agree with"},
        "quality": {"raters": people[-1]["quality"], "excluded": people[-1]["excluded"]} if people else {
            "why_undefined": "one simulated judge: rater quality is for people"},
        "people": people, "responses": settings.responses,
    })
    write_json(call.out / "results.json", results)
    _write_samples(call)
    material = ReportMaterial(
        study=settings.study, results=results, details={arm: measure["details"] for arm, measure in measures.items()},
        curves=_curves(call), reward_models=_summaries(call, "reward_model:"), examples=_examples(call),
        versions=versions())
    (call.out / "report.html").write_text(render(material), encoding="utf-8")
    return Done({f"win_rate_{row['label_budget']}_vs_{row['baseline']}"
                 + ("" if row["judge"] == "simulated" else f"_{row['judge']}"): row["win_rate"]
                 for row in rates if row["win_rate"] is not None})


def _write_samples(call: StageCall) -> None:
    """samples.jsonl: every arm's response with its query, from which the rating app makes studies."""
    queries = {query.id: query for query in read_queries(call.inputs["queries"] / "test.parquet")}
    with (call.out / "samples.jsonl").open("w", encoding="utf-8") as file:
        for name, folder in call.inputs.items():
            if name.startswith("sample:"):
                for sample in read_samples(folder):
                    query = queries[sample.query_id]
                    row = {**asdict(sample), "query_text": query.text, "source": query.source}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _curves(call: StageCall) -> dict[str, list[dict[str, Any]]]:
    """The PPO metrics by step of every trained policy, by arm."""
    return {name.removeprefix("ppo:"): list(read_metrics(folder / METRICS_FILE))
            for name, folder in call.inputs.items() if name.startswith("ppo:")}


def _summaries(call: StageCall, prefix: str) -> dict[str, dict[str, float]]:
    return {name.removeprefix(prefix): read_json(folder / "outcome.json")["summary"]
            for name, folder in call.inputs.items() if name.startswith(prefix)}


def _examples(call: StageCall) -> list[dict[str, Any]]:
    """The first test queries with a response of each baseline and of each budget's first seed."""
    queries = read_queries(call.inputs["queries"] / "test.parquet")[:_EXAMPLES]
    samples: dict[str, list[str]] = {}
    seen: set[tuple[str, int | None]] = set()
    for name, folder in call.inputs.items():
        if not name.startswith("sample:"):
            continue
        arm = ArmKey.parse(name.removeprefix("sample:"))
        if (arm.arm, arm.label_budget) not in seen:
            seen.add((arm.arm, arm.label_budget))
            samples[str(arm)] = [sample.text for sample in itertools.islice(read_samples(folder), _EXAMPLES)]
    return [{"query": query.text, "responses": [{"arm": arm, "text": texts[index]} for arm, texts in samples.items()]}
            for index, query in enumerate(queries)]


