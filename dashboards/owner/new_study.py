"""The page New study: choose a finished execution, scan for leaks, rehearse, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboards.identity import store
from dashboards.widgets import PERCENT, in_percent, named_arm, said_about
from harness.engine.exported_runs import FinishedStudy, finished_studies, load_samples, log_seal
from harness.errors import InputError
from harness.ratings.drafting import MOST, Draft, Sizes, draft_study
from harness.ratings.leaks import scan
from harness.ratings.pairing import ArmSample, comparisons_of
from harness.ratings.protocol import MAX_NAME, StudyKind, StudyProtocol
from harness.ratings.publishing import study_seal
from harness.ratings.rehearsal import rehearse
from harness.records import ArmKey, Contrast
from harness.results.people import analyse
from harness.results.training import not_comparable
from harness.seeds import numpy_generator
from harness.statistics.plan import AnalysisPlan
from harness.study.parts import AT_END, PeopleSpec, is_policy

SEED = 1

_DEFAULTS = PeopleSpec()
"""What a study file has where it says only `people: {}`."""


@dataclass(frozen=True)
class NewStudy:
    """A study that could be published as it stands."""

    protocol: StudyProtocol
    draft: Draft
    source: FinishedStudy


def section() -> None:
    """The form above, the draft's checks and the button below."""
    finished, unreadable = finished_studies()
    for error in unreadable:
        st.error(str(error))
    if not finished:
        st.info("There is no finished execution here that can be read. `harness run STUDY.yaml` makes one: "
                "its responses are exported to `mlruns/reports/STUDY/samples.jsonl`.")
        return
    chosen = st.selectbox("Execution", finished, format_func=lambda each: each.name, key="execution")
    try:
        new = _form(chosen, load_samples(chosen))
    except InputError as error:
        st.error(str(error))
        return
    if new is None:
        return
    _summary(new.draft, asked=int(st.session_state["per_comparison"]))
    _leaks(new.draft)
    _rehearsal(new)
    _publish(new)


def _form(chosen: FinishedStudy, samples: list[ArmSample]) -> NewStudy | None:
    comparisons, against = _comparisons(chosen, {each.arm for each in samples})
    with st.expander("What raters read", expanded=False):
        title = st.text_input("Title", _DEFAULTS.title, key="title")
        instructions = st.text_area("Instructions", _DEFAULTS.instructions, height=160, key="text")
    columns = st.columns(4)
    per_comparison = columns[0].number_input("Items a comparison", 2, MOST.items, _DEFAULTS.items, key="per_comparison")
    overlap = columns[1].number_input("Raters an item", 1, MOST.overlap, _DEFAULTS.overlap, key="overlap")
    quota = columns[2].number_input("Items a rater (0: all)", 0, 100_000, 0, key="quota")
    margin = columns[3].number_input("Equivalence margin", 0.01, 0.2, 0.05, step=0.01, key="margin")
    checks = st.columns(4)
    gold = checks[0].number_input("Gold items", 0, MOST.gold, _DEFAULTS.gold, key="gold")
    repeats = checks[1].number_input("Repeated items", 0, MOST.repeats, _DEFAULTS.repeats, key="repeats")
    training = checks[2].number_input("Training items", 0, MOST.training, _DEFAULTS.training, key="training")
    qualification = checks[3].number_input("Qualification items", 0, MOST.qualification, _DEFAULTS.qualification,
                                           key="qualification")
    asks = st.columns([1, 1, 2], vertical_alignment="bottom")
    has_source = any(each.source for each in samples)
    copied = asks[0].checkbox("Ask what is copied", has_source, disabled=not has_source, key=f"copied_{chosen.name}")
    accurate = asks[1].checkbox("Ask what is accurate", has_source, disabled=not has_source,
                                key=f"accuracy_{chosen.name}")
    name = asks[2].text_input("Name of the study (raters do not see it)", f"{chosen.name}-people", max_chars=MAX_NAME,
                              key=f"name_{chosen.name}").strip()
    _require_readable(name, instructions)
    if not comparisons:
        st.info("Choose arms, and what to compare them against.")
        return None
    sizes = Sizes(items=int(per_comparison), overlap=int(overlap), gold=int(gold), repeats=int(repeats),
                  training=int(training), qualification=int(qualification))
    baselines = tuple(arm.arm for arm in against if arm.label_budget is None)
    plan = AnalysisPlan(margin=float(margin), baselines=baselines, gatekeeping=baselines, compare_at=chosen.compare_at)
    protocol = StudyProtocol(
        name=name, title=title, instructions=instructions, seed=SEED, quota=int(quota) or None, plan=plan,
        ask_copied=copied, ask_accuracy=accurate, execution=chosen.execution, not_comparable=_not_comparable(chosen),
        responses=chosen.fingerprints({arm for pair in comparisons for arm in (pair.arm, pair.opponent)}))
    return NewStudy(protocol, draft_study(samples, comparisons, sizes, seed=SEED), chosen)


def _comparisons(chosen: FinishedStudy, arms: set[ArmKey]) -> tuple[list[Contrast], list[ArmKey]]:
    """The pairs of runs that may meet, and the baselines: the owner chooses ways of training, the draft draws runs."""
    ways = sorted({arm.without_seed for arm in arms})
    # Where policies are compared at one KL, those at the end of training are others; the owner may add them.
    policies = [way for way in ways if is_policy(way.arm) and not way.arm.endswith(AT_END)]
    others = [way for way in ways if not is_policy(way.arm)]
    left, right = st.columns(2)
    # What depends on the execution has its name in the key: another one begins with its own arms, name and questions.
    ours = left.multiselect("Arms", ways, default=policies or ways, format_func=named_arm, key=f"arms_{chosen.name}")
    against = right.multiselect("Against", ways, default=others if policies else [], format_func=named_arm,
                                key=f"baselines_{chosen.name}")
    budgets = len({way.label_budget for way in ours if way.label_budget}) > 1 and st.checkbox(
        "Compare the largest label budget with each smaller one, too", True, key=f"budgets_{chosen.name}",
        help="This is what says whether fewer labels were enough.")
    if chosen.compare_at is not None:
        st.caption(f"Policies are compared at a KL of {chosen.compare_at.kl:g} nats, as the study's plan says; those "
                   f"at the end of training are named so.")
    return comparisons_of(ours, against, arms, budgets=budgets), against


def _not_comparable(chosen: FinishedStudy) -> dict[str, str]:
    found = not_comparable(chosen.runs, compared_at=None if chosen.compare_at is None else chosen.compare_at.kl)
    return {str(arm): why for arm, why in found.items()}


def _require_readable(name: str, instructions: str) -> None:
    """The name is typed in commands and is part of file names; the instructions are what raters agree to."""
    if not name.isprintable():
        raise InputError(f"{name!r} has invisible characters", key="name", cure="Write one that can be read and typed")
    if not instructions.strip():
        raise InputError("raters read them before they agree, and there are none", key="instructions")


def _summary(draft: Draft, *, asked: int) -> None:
    by_ways = Counter(pair.contrast.without_seeds for pair in draft.pairs)
    by_runs = Counter(pair.contrast for pair in draft.pairs)
    fewest = min(by_ways.values())
    if fewest < asked:
        st.warning(f"Of {asked} items a comparison, one has only {fewest}: a query is shown where both arms answered "
                   f"it and obeyed the end rule.", icon=":material/filter_alt:")
    wanted, queries = draft.judgments, len({pair.query_id for pair in draft.pairs})
    words = sum(len(text.split()) for pair in draft.pairs
                for text in (pair.query_text, pair.text, pair.opponent_text))
    seconds = 4 + words / len(draft.pairs) / 4
    checks = len(draft.items.items) - len(draft.pairs)
    st.caption(f"{len(draft.pairs)} items, {wanted} judgments, about {wanted * seconds / 3600:.1f} hours of rating at "
               f"{seconds:.0f} seconds a judgment. Every rater also meets {checks} checks (practice, gold, repeated).")
    st.caption(f"{len(by_ways)} comparisons, each with {_from_to(by_ways.values())} items, which are spread over its "
               f"runs: {_from_to(by_runs.values())} for each pair of runs.")
    if queries < len(draft.pairs):
        st.warning(f"There are {queries} queries for {len(draft.pairs)} items. No rater meets a query twice, so it "
                   f"takes at least {draft.fewest_raters} raters. More test queries, or fewer items, take fewer.",
                   icon=":material/group:")


def _from_to(counts: Iterable[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low} to {high}"


def _leaks(draft: Draft) -> None:
    st.subheader("Leak scan", anchor=False)
    found = scan(draft.pairs)
    if not found:
        st.success("Nothing in the texts alone tells the arms apart.", icon=":material/visibility_off:")
        return
    st.warning("Raters could guess the arm from these. That may be right (arms do differ), or an artefact to clean up "
               "before you publish.", icon=":material/visibility:")
    rows = [{"Arm": named_arm(each.contrast.arm), "Other arm": named_arm(each.contrast.opponent),
             "What differs": each.what, "In arm": each.in_arm, "In other arm": each.in_opponent,
             "Tells them apart": each.separation} for each in found]
    st.dataframe(in_percent(pd.DataFrame(rows), ["Tells them apart"]), hide_index=True, column_config={
        "Tells them apart": st.column_config.NumberColumn(format=PERCENT)})


def _rehearsal(new: NewStudy) -> None:
    st.subheader("Rehearsal", anchor=False)
    st.caption("Simulated raters walk the whole study in a database of its own, to show how wide the intervals will "
               "be before you pay people. Nothing of it enters the study.")
    seal = study_seal(new.protocol, new.draft.items)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        raters = st.number_input("Simulated raters", 2, 200, 12, key="rehearsal_raters", width=180)
        truth = st.number_input("True win rate of each arm", 0.5, 0.95, 0.65, step=0.05, key="rehearsal_truth",
                                width=220)
        spread = st.number_input("Spread between runs", 0.0, 0.3, 0.03, step=0.01, key="rehearsal_spread", width=180,
                                 help="Standard deviation of the true win rate from one pair of runs to another. The "
                                      "study's report has it of the simulated judge.")
        if st.button("Rehearse", key="rehearse"):
            with st.spinner("Simulated raters are at work"):
                st.session_state["rehearsed"] = seal, _rehearse(new, int(raters), float(truth), float(spread))
    of, rows = st.session_state.get("rehearsed", (None, []))
    if of == seal:
        st.warning("Simulated raters, not people.", icon=":material/smart_toy:")
        shares = ("True", "Estimated", "Low", "High", "Width")
        st.dataframe(in_percent(pd.DataFrame(rows), shares), hide_index=True,
                     column_config=dict.fromkeys(shares, st.column_config.NumberColumn(format=PERCENT)))


def _rehearse(new: NewStudy, raters: int, truth: float, spread: float) -> list[dict[str, Any]]:
    """What the study would say, its runs together; each pair of runs apart where no arm has a label budget."""
    runs = list(dict.fromkeys(pair.contrast for pair in new.draft.pairs))
    drawn = truth + numpy_generator(SEED, "runs").normal(0, spread, len(runs))
    planted = dict(zip(runs, np.clip(drawn, 0.02, 0.98).tolist(), strict=True))
    done = rehearse(new.protocol, new.draft.items, win_rates=planted, raters=raters, seed=SEED)
    found = analyse(done.study, done.unblinded, done.store, other_models=False)
    ways = {contrast.without_seeds for contrast in runs}
    told = [(row.contrast, row.rate.win_rate, row.rate.ci_low, row.rate.ci_high, said_about(row.scope))
            for row in found.win_rates]
    told += [(row.contrast, row.test.win_rate, row.ci_low, row.ci_high, said_about(row.scope))
             for row in found.equivalence]
    told = told or [(row.contrast, row.rate.win_rate, row.rate.ci_low, row.rate.ci_high, said_about("these policies"))
                    for row in found.comparisons]
    return [{"Arm": named_arm(contrast.arm), "Against": named_arm(contrast.opponent),
             "True": 1 - truth if contrast.turned in ways else truth, "Estimated": rate, "Low": low, "High": high,
             "Width": None if low is None or high is None else high - low, "About": about}
            for contrast, rate, low, high, about in told]


def _publish(new: NewStudy) -> None:
    st.subheader("Publish", anchor=False)
    st.caption("Plan, items and arm map are hashed now, before the first judgment, and cannot be changed afterwards.")
    if st.button("Publish the study", type="primary", key="publish"):
        items, name = new.draft.items, new.protocol.name
        try:
            if any(each.name == name for each in store().studies(StudyKind.EVALUATION)):
                # Before its seal goes to MLflow, where it could not be taken back.
                raise InputError(f"there is a study named {name!r} already", key="name",
                                 cure="Choose another name; a published study is never changed")
            log_seal(new.source, new.protocol, study_seal(new.protocol, items))
            study_id = store().publish_study(new.protocol, items.items, items.key)
        except InputError as error:
            st.error(str(error))
            return
        st.success(f"Published. Seal: {store().study(study_id).seal}", icon=":material/lock:")
