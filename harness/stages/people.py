"""Stage: waits for people's judgments in the rating app, and collects them.

It opens the sealed study to raters, and is done when its owner has unblinded it.
"""

from __future__ import annotations

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_json
from harness.artifacts.log import StageLog
from harness.ratings.progress import StudyInfo
from harness.ratings.store import RatingStore, open_store
from harness.records import Done, Pending
from harness.results.file import people_of_text, write_people
from harness.results.people import study_report
from harness.stages.publish import SEAL_FILE, drafted
from harness.study.slices import PeopleSlice, PublishSlice


def run(call: StageCall[PeopleSlice], log: StageLog) -> Done | Pending:
    """people.json: the report that was filed at unblinding. Nothing is read of the arms before that."""
    store = open_store()
    if call.settings.publish is not None:
        study_id = _opened(store, call, call.settings.publish)
    else:
        study_id = store.study_id(call.settings.name)
    study = store.study(study_id)
    if study.state != "unblinded":
        return awaited(store, study)
    results = people_of_text(store.report(study_id) or study_report(store, study_id), study=study.name)
    write_people(call.out, results)
    return Done({"judgments": float(results.n_judgments), "raters": float(results.n_raters)})


def _opened(store: RatingStore, call: StageCall[PeopleSlice], settings: PublishSlice) -> str:
    """The study's id; it is made where the store lacks it, exactly as it was sealed."""
    protocol, draft = drafted(settings, call)
    study_id = store.publish_study(protocol, draft.items.items, draft.items.key)
    assert store.study(study_id).seal == read_json(call.inputs["publish"] / SEAL_FILE)["seal"]
    return study_id


def awaited(store: RatingStore, study: StudyInfo) -> Pending:
    """What the study waits for: judgments, then its owner."""
    coverage = store.coverage(study.id)
    missing = max(coverage.wanted - coverage.judged, 0) if study.state == "open" else 0
    if missing:
        reason = f"{missing} judgments are missing in the study {study.name}"
    elif study.state == "open":
        reason = f"every judgment of the study {study.name} is there: close and unblind it on the app's Own page"
    else:
        reason = f"the study {study.name} is closed: unblind it on the app's Own page"
    return Pending(reason, missing, "judgments")
