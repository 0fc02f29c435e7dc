"""The page Studies: coverage, speed, sides, checks, agreement, flags; then closing, unblinding, export."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.errors import owner_act, show_error
from dashboards.identity import is_owner, store
from dashboards.widgets import PERCENT, figures, in_percent, inert
from harness.ratings.export import export_rows, to_csv, to_jsonl, to_parquet
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import ItemKind, StudyKind
from harness.records import Choice
from harness.results.people import study_report
from harness.seeds import numpy_generator
from harness.statistics.agreement import agreement

WAYS_TO_SETTLE = (
    ("Take the item out", True, "Nobody is shown it any more. What was judged of it before still counts."),
    ("It is fine: keep it", False, "It goes to other raters."))
KIND = {StudyKind.EVALUATION: "evaluation", StudyKind.LABELS: "labels"}


def section() -> None:
    """The chosen study, live."""
    studies = store().studies()
    if not studies:
        st.info("There is no study yet. Make one under New study, or run one with human labels: "
                "`harness run STUDY.yaml` publishes its label tasks here by itself.")
        return
    # The label must not change while a study is watched (with its state, say): the widget would forget the choice.
    labels = {each.id: f"{each.name} · {KIND[each.kind]}" for each in reversed(studies)}
    _live(st.selectbox("Study", list(labels), key="watched", format_func=labels.__getitem__))


@st.fragment(run_every=10)
def _live(study_id: str) -> None:
    if not is_owner():
        st.rerun()
    show_error()
    study = store().study(study_id)
    if study.simulated:
        st.warning("This study is simulated: no person judged anything in it.", icon=":material/smart_toy:")
    _coverage(study)
    _flags(study)
    _quality(study)
    if study.kind is StudyKind.EVALUATION:
        _ending(study)
    _exports(study)
    log = store().events(study.id)
    if any(each.act == "another report" for each in log):
        st.error("A report of this study differs from the one that was filed. Run: harness raters verify")
    _log(log)


def _coverage(study: StudyInfo) -> None:
    found = store().coverage(study.id)
    share = found.judged / found.wanted if found.wanted else 0.0
    st.progress(min(share, 1.0), text=f"{found.judged} of {found.wanted} judgments · {study.state}")
    raters = len(store().raters_of_study(study))
    figures(("Items complete", f"{found.complete} / {found.items}"), ("In hand now", str(found.in_hand)),
            ("Raters", str(raters)), ("Open flags", str(found.open_flags)))
    if study.state == "open" and study.kind is StudyKind.EVALUATION and raters < found.fewest_raters:
        st.caption(f"It takes at least {found.fewest_raters} raters: no rater gets an item, or another item about its "
                   f"query, twice.")


def _flags(study: StudyInfo) -> None:
    for raised in store().open_flags(study.id):
        with st.container(border=True, key=f"flag_{raised.id}"):
            st.markdown(":red[:material/flag:] **A rater says that this task is broken**")
            inert(raised.note or "(no note)", label="The rater's note")
            with st.expander("The item"):
                inert(raised.query_text, label="Query", head="Query")
                for number, text in enumerate(raised.texts, start=1):
                    inert(text, label=f"Text {number}", head=f"Text {number}")
            with st.container(horizontal=True):
                for label, retire, effect in WAYS_TO_SETTLE:
                    if st.button(label, key=f"{'retire' if retire else 'keep'}_{raised.id}", help=effect):
                        owner_act(store().resolve_flag, raised.id, retire=retire)
                        st.rerun()  # the whole page: what stands above this study tells of the flag, too


def _quality(study: StudyInfo) -> None:
    rows = [each.figures() for each in store().raters_of_study(study)]
    if not rows:
        st.caption("Nobody has judged anything yet.")
        return
    st.subheader("Raters", anchor=False)
    quality_table(rows)
    _agreement(study)


def quality_table(rows: list[dict[str, Any]]) -> None:
    """Every rater's checks, one row each."""
    columns = {
        "rater": "Rater", "n_judgments": "Judged", "skipped": "Skipped",
        "median_seconds": st.column_config.NumberColumn("Median seconds", format="%.1f"),
        "left_rate": _share("Left side"), "tie_rate": _share("Ties"), "agreement": _share("Agrees with others"),
        "gold_accuracy": _share("Gold right"), "n_gold": "of",
        "repeat_consistency": _share("Repeats alike"), "n_repeats": "of ",
        "revisions": "Changed", "qualified": "Qualified",
        "excluded": st.column_config.TextColumn("Left out by the frozen rules because")}
    table = in_percent(pd.DataFrame(rows), ["left_rate", "tie_rate", "agreement", "gold_accuracy",
                                            "repeat_consistency"])
    st.dataframe(table, hide_index=True, placeholder="–", column_order=list(columns), column_config=columns)


def _share(title: str) -> Any:
    return st.column_config.NumberColumn(title, format=PERCENT)


def _agreement(study: StudyInfo) -> None:
    """Agreement in each item's own orientation: it says how far raters agree, and nothing of arms."""
    said = [each for each in store().finals(study.id)
            if each.item_kind is ItemKind.MAIN and each.side != Choice.SKIP]
    if not said:
        return
    found = agreement([each.side for each in said], items=[each.item_id for each in said],
                      rng=numpy_generator(study.protocol.seed, "live"), resamples=200)
    if found.raw is None or found.krippendorff_alpha is None:
        st.caption(f"Agreement: {found.why_undefined}.")
    else:
        st.caption(f"Agreement on {found.n_items} items with two raters or more: raw {found.raw:.0%}, "
                   f"Krippendorff's α {found.krippendorff_alpha:.2f}.")


def _ending(study: StudyInfo) -> None:
    st.subheader("Close and unblind", anchor=False)
    st.caption(f"Sealed before the first judgment: {study.seal[:16]}… (plan, items and arm map).")
    if study.state == "open":
        st.button("Close the study", key="close", on_click=_ask, args=("close",), icon=":material/lock:")
        if st.session_state.pop("ask_close", False):
            _confirm_close(study)
    elif study.state == "closed":
        st.write("No more judgments are taken. Unblinding opens the key once and for all, and is logged.")
        if st.button("Unblind and analyse", key="unblind", type="primary"):
            _unblind(study.id)
    else:
        st.success("Unblinded. The tables are on the Results page. To carry the win rates into MLflow and the "
                   "study's report, run its command once more.", icon=":material/lock_open:")


def _ask(what: str) -> None:
    st.session_state[f"ask_{what}"] = True


@st.dialog("Close the study?")
def _confirm_close(study: StudyInfo) -> None:
    found = store().coverage(study.id)
    st.write(f"{found.judged} of {found.wanted} judgments are in. After closing, no rater can judge or change "
             f"anything. Closing early because of what you hope to find makes the statistics wrong.")
    if st.button("Close it", type="primary", key="close_for_good"):
        owner_act(store().close, study.id)
        st.rerun()


def _unblind(study_id: str) -> None:
    with st.spinner("The key is open; the judgments are being analysed"):
        owner_act(study_report, store(), study_id)
    st.rerun()


def _exports(study: StudyInfo) -> None:
    rows = export_rows(store(), study.id)
    if not rows:
        return
    st.subheader("Export", anchor=False)
    by = "by arm" if study.state == "unblinded" else "by side: arms are not known before unblinding"
    st.caption(f"{len(rows)} judgments, {by}.")
    with st.container(horizontal=True):
        st.download_button("CSV", to_csv(rows), f"{study.name}.csv", "text/csv", on_click="ignore")
        st.download_button("JSONL", to_jsonl(rows), f"{study.name}.jsonl", "application/jsonl", on_click="ignore")
        st.download_button("Parquet", to_parquet(rows), f"{study.name}.parquet", on_click="ignore")


def _log(events: list[Any]) -> None:
    with st.expander("Log"):
        st.dataframe(pd.DataFrame([{
            "When (UTC)": pd.Timestamp(each.at, unit="ms"), "What": each.act,
            "Detail": ", ".join(f"{name} {value}" for name, value in each.detail.items())} for each in events]),
            hide_index=True)
