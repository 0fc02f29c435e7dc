"""Stage: makes and seals the study in which people compare the responses.

Responses are paired, sides balanced, known items planted, and all of it sealed.

Nobody sees anything yet: the next stage opens the study. So the seal, a hash of plan, items and arm map, lies in a
finished MLflow run before the first judgment.
"""

from __future__ import annotations

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_samples
from harness.artifacts.log import StageLog, metrics_of
from harness.artifacts.outcome import summary_of
from harness.json_records import write_json
from harness.ratings.drafting import Draft, draft_study
from harness.ratings.pairing import ArmSample
from harness.ratings.protocol import StudyProtocol
from harness.ratings.publishing import study_seal
from harness.records import Done
from harness.results.training import not_comparable, run_rows
from harness.study.slices import PeopleSlice, PublishSlice
from harness.tasks.query_table import read_queries

SEAL_FILE = "seal.json"


def run(call: StageCall[PublishSlice], log: StageLog) -> Done:
    """seal.json: the plan, its digest, and the seal. Arms and sides are in neither."""
    protocol, draft = drafted(call.settings, call)
    write_json(call.out / SEAL_FILE, {
        "study": protocol.name, "seal": study_seal(protocol, draft.items), "analysis_plan": protocol.plan.digest(),
        "judgments": draft.judgments, "protocol": protocol.as_json()})
    return Done({"items": float(len(draft.pairs)), "judgments": float(draft.judgments)})


def drafted(settings: PublishSlice, call: StageCall[PublishSlice | PeopleSlice]) -> tuple[StudyProtocol, Draft]:
    """Plan and items: the same from the same settings, responses and seed."""
    people = settings.people
    draft = draft_study(_responses(call), settings.pairs, people.sizes, seed=call.seed)
    protocol = StudyProtocol(
        name=settings.name, title=people.title, instructions=people.instructions, seed=call.seed, quota=people.quota,
        ask_copied=settings.ask_of_source, ask_accuracy=settings.ask_of_source,
        plan=settings.plan, not_comparable=_not_comparable(settings, call), responses=settings.responses)
    return protocol, draft


def _not_comparable(settings: PublishSlice, call: StageCall[PublishSlice | PeopleSlice]) -> dict[str, str]:
    """By way of training why nothing can be decided about it: as for the simulated judge."""
    policies = call.inputs.by_arm("policies")
    runs = run_rows({arm: metrics_of(folder) for arm, folder in policies.items()},
                    {arm: summary_of(folder) for arm, folder in policies.items()}, settings.ppo)
    compared = {arm.without_seed for pair in settings.pairs for arm in (pair.arm, pair.opponent)}
    return {str(arm): why for arm, why in not_comparable(runs, compared_at=settings.plan.compared_at).items()
            if arm in compared}


def _responses(call: StageCall[PublishSlice | PeopleSlice]) -> list[ArmSample]:
    queries = {query.id: query for query in read_queries(call.inputs["queries"] / "test.arrow")}
    return [ArmSample(query_id=sample.query_id, query_text=queries[sample.query_id].text,
                      source=queries[sample.query_id].source, arm=arm, text=sample.text, valid=sample.valid)
            # The draft depends on the order, which is that of the arms as text.
            for arm, folder in sorted(call.inputs.by_arm("samples").items(), key=lambda item: str(item[0]))
            for sample in read_samples(folder)]
