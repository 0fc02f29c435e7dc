"""Results of unblinded studies: win rates with intervals, the curve over label budgets, and the texts themselves."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboards.identity import store
from dashboards.owner.studies import quality_table
from dashboards.results_charts import curve, intervals, opponents
from dashboards.widgets import (
    PERCENT,
    as_plain,
    figures,
    in_percent,
    inert,
    named_arm,
    owner_header,
    said_about,
    sentence,
)
from harness.json_records import to_json
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import StudyKind, StudyProtocol
from harness.records import Choice
from harness.reporting.enough import enough_labels
from harness.reporting.page import p_value, signed
from harness.reporting.report_data import by_arm, key_name
from harness.results.file import people_of_text
from harness.results.people_records import PeopleComparison, PeopleResults
from harness.results.rate_records import EquivalenceRow, WinRateRow
from harness.text.copied_spans import LEAST_WORDS, copied_spans

TEXT_FIGURES = {
    "arm": "Arm", "n_texts": "Texts", "mean_words": "Words", "rouge1": "ROUGE-1", "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum", "novel_unigrams": "New words", "novel_bigrams": "New pairs",
    "novel_trigrams": "New triples", "novel_4grams": "New fours", "novel_sentences": "New sentences",
    "copied_sentences": "Copied sentences", "lead_copied": "Is the lead", "coverage": "Coverage",
    "density": "Density", "longest_copied_span": "Longest copied span", "compression": "Compression"}


def page() -> None:
    """The report that was filed at unblinding, as tables and plots."""
    owner_header("Results")
    studies = [each for each in store().studies(StudyKind.EVALUATION) if each.state == "unblinded"]
    if not studies:
        st.info("No study is unblinded yet. Results appear here after closing and unblinding: looking earlier would "
                "make the statistics wrong.")
        return
    study = st.selectbox("Study", list(reversed(studies)), format_func=lambda each: each.name, key="results_study")
    filed = store().report(study.id)
    if filed is None:
        st.info("This study is unblinded, but its report is not made yet. Run: harness raters report "
                + as_plain(study.name))
        return
    results = people_of_text(filed, study=study.name)
    _banner(results)
    _answer(results)
    _win_rates(results)
    _dose_response(results)
    _arms(results)
    _raters(results)
    _examples(study)
    st.download_button("results.json", filed, f"{study.name}.results.json", "application/json", on_click="ignore")


def _banner(results: PeopleResults) -> None:
    if results.simulated_judge:
        st.warning("Simulated: no person judged anything here.", icon=":material/smart_toy:")
    st.caption(f"{results.n_judgments} judgments by {results.n_raters} raters, judge: {results.judge}. Sealed "
               f"{results.seal[:16]}…, chain head {results.chain_head[:16]}…")
    for row in results.excluded:
        st.caption(f"Left out by the frozen rules: {row.rater} ({row.why}).")


def _answer(results: PeopleResults) -> None:
    """Whether fewer labels were enough, in the report's own words and figures."""
    if not results.equivalence:
        return
    plan = StudyProtocol.from_json(results.plan).plan
    st.subheader("How many labels were enough", anchor=False)
    for rows in by_arm(results.equivalence):
        for said in enough_labels(rows, plan.compared_at):
            st.write(said)
    table = pd.DataFrame([{
        "Comparison": f"{key_name(row.contrast.arm)} over {key_name(row.contrast.opponent)}",
        "The smaller was": row.finding, "Win rate": row.test.win_rate, "Low": row.ci_low, "High": row.ci_high,
        "About": said_about(row.scope), "Runs of each": row.n_runs, "More runs needed": _more_runs(row),
        "p not better": p_value(row.test.p_a_not_better), "p of these policies": p_value(row.these_runs.p_a_not_better)}
        for row in results.equivalence])
    shares = ["Win rate", "Low", "High"]
    right = st.column_config.TextColumn(alignment="right")
    st.dataframe(in_percent(table, shares), hide_index=True, placeholder="–",
                 column_config={**dict.fromkeys(shares, st.column_config.NumberColumn(format=PERCENT)),
                                "More runs needed": right, "p not better": right, "p of these policies": right})
    at = plan.compared_at
    where = ("at the end of their training" if at is None else
             f"at a KL of {at:g} nats to their reference; those at the end of training are named so")
    st.caption(f"Policies are compared {where}. Margin: {100 * plan.margin:g} points. A run is a draw of labels and a "
               f"training seed. 'About another run': win rate and interval hold for runs, queries and raters drawn "
               f"anew. 'These policies only': one run of each says nothing of another, and nothing is decided.")


def _more_runs(row: EquivalenceRow) -> str:
    """How many more would decide; none where it is decided."""
    more = row.more_runs
    if more is None:
        return "0" if row.finding != "not decided" else "–"
    return "–" if more.more is None else str(more.more)


def _win_rates(results: PeopleResults) -> None:
    st.subheader("Win rates", anchor=False)
    if not results.comparisons:
        st.info("Nobody has judged anything.")
        return
    pairs = {f"{key_name(row.contrast.arm, with_seed=True)} vs {key_name(row.contrast.opponent, with_seed=True)}": row
             for row in results.comparisons}
    if results.win_rates:
        rows = {opponents(row): row for row in results.win_rates}
        st.altair_chart(intervals({name: row.rate for name, row in rows.items()}),
                        alt="Win rates by label budget and baseline, with intervals")
        _rate_table(rows)
        with st.expander("Every pair of runs apart"):
            _rate_table(pairs)
            _fragility(pairs)
    else:
        st.altair_chart(intervals({name: row.rate for name, row in pairs.items()}), alt="Win rates with intervals")
        _rate_table(pairs)
        _fragility(pairs)
    for note in dict.fromkeys(note for row in results.win_rates or results.comparisons for note in row.rate.notes):
        st.caption(sentence(note))


def _rate_table(rows: Mapping[str, WinRateRow] | Mapping[str, PeopleComparison]) -> None:
    table = pd.DataFrame([{
        "Comparison": name, "Win rate": row.rate.win_rate, "Low": row.rate.ci_low, "High": row.rate.ci_high,
        **({"About": said_about(row.scope), "Runs": row.n_runs} if isinstance(row, WinRateRow) else {}),
        "Without ties": row.rate.win_rate_without_ties, "Majority vote": row.rate.win_rate_majority,
        "Wins": row.rate.wins, "Ties": row.rate.ties, "Losses": row.rate.losses, "Items": row.rate.n_items,
        "Judgments": row.rate.n_judgments, "Raters": row.rate.n_raters, "p (Holm)": p_value(row.p_value_holm)}
        for name, row in rows.items()])
    shares = ["Win rate", "Low", "High", "Without ties", "Majority vote"]
    st.dataframe(in_percent(table, shares), hide_index=True,
                 column_config={**dict.fromkeys(shares, st.column_config.NumberColumn(format=PERCENT)),
                                "p (Holm)": st.column_config.TextColumn(alignment="right")})


def _fragility(pairs: Mapping[str, PeopleComparison]) -> None:
    fragile = [f"{name}: {row.fragility.votes}" for name, row in pairs.items() if row.fragility.votes is not None]
    if fragile:
        st.caption("The fewest votes that, dropped, would turn the verdict: " + "; ".join(fragile) + ".")


def _dose_response(results: PeopleResults) -> None:
    # An arm that needed no labels has no place on the curve.
    rows = [row for row in results.win_rates if row.contrast.arm.label_budget]
    if not rows:
        return
    st.subheader("Win rate against labels", anchor=False)
    st.altair_chart(curve(rows), alt="Win rate against label budget")
    st.caption("Filled: all runs together with their interval. Hollow: each run.")
    for fit in results.dose_response:
        slope = fit.slope
        said = slope.why_undefined or (f"{signed(slope.estimate)} on the logit scale for twice the labels "
                                       f"({signed(slope.ci_low)} to {signed(slope.ci_high)})")
        st.caption(f"{key_name(fit.contrast.arm)} vs {key_name(fit.contrast.opponent)}: {said}.")


def _arms(results: PeopleResults) -> None:
    st.subheader("The texts in figures", anchor=False)
    rows = [{"arm": key_name(row.arm, with_seed=True), "n_texts": row.n_texts, "mean_words": row.mean_words,
             **(row.rouge or {}), **(row.copying or {})} for row in results.arms]
    there = {key: name for key, name in TEXT_FIGURES.items() if any(key in row for row in rows)}
    st.dataframe(pd.DataFrame(rows)[list(there)].rename(columns=there), hide_index=True, placeholder="–",
                 column_config={**{name: st.column_config.NumberColumn(format="%.3f") for key, name in there.items()
                                   if key not in ("arm", "n_texts")},
                                "Words": st.column_config.NumberColumn(format="%.1f")})
    if not any(row.copying for row in results.arms):
        st.caption("Copying is measured against a source, and these items have none.")
    if results.answers:
        st.markdown("**What raters said of each text**, apart from which is better:")
        st.dataframe(pd.DataFrame([{
            "Arm": key_name(row.arm, with_seed=True), "Called accurate": f"{row.accurate} of {row.n_accurate}",
            "Called mostly copied": f"{row.copied} of {row.n_copied}"} for row in results.answers]), hide_index=True)
    if results.copying_by_preference:
        st.markdown("**Copying × accuracy × preference**, as the raters said:")
        words = {True: "yes", False: "no", None: "not said"}
        table = pd.DataFrame([{
            "Arm": key_name(row.arm, with_seed=True), "Copied": words[row.copied], "Accurate": words[row.accurate],
            "Texts": row.n, "Preferred": row.preferred} for row in results.copying_by_preference])
        st.dataframe(in_percent(table, ["Preferred"]), hide_index=True,
                     column_config={"Preferred": st.column_config.NumberColumn(format=PERCENT)})


def _raters(results: PeopleResults) -> None:
    st.subheader("Raters", anchor=False)
    found, position, repeats = results.agreement, results.position, results.repeats
    alike = f"{repeats.consistent} / {repeats.n_pairs}" if repeats.n_pairs else "–"
    figures(("Raw agreement", _percent(found.raw)), ("Krippendorff's α", _number(found.krippendorff_alpha)),
            ("Left side chosen", _percent(position.left_rate)), ("Repeats alike", alike))
    for why in (found.why_undefined, position.why_undefined):
        if why:
            st.caption(sentence(why))
    with st.expander("Every rater"):
        quality_table([to_json(each) for each in results.quality])


def _examples(study: StudyInfo) -> None:
    st.subheader("Examples", anchor=False)
    texts = store().study_texts(study.id)
    items = list(dict.fromkeys(each.item_id for each in texts))
    number = st.number_input("Example", 1, len(items), 1, key="example", width=160)
    chosen = items[int(number) - 1]
    both = [each for each in texts if each.item_id == chosen]
    votes = [each.side for each in store().finals(study.id) if each.item_id == chosen and each.side != Choice.SKIP]
    copied = [copied_spans(each.text, each.source) if each.source else None for each in both]
    inert(both[0].source or both[0].query_text, label="Query", head="Source" if both[0].source else "The text so far",
          spans=[span for found in copied if found for span in found.source])
    for column, side, each, found in zip(st.columns(2, gap="medium"), (Choice.LEFT, Choice.RIGHT), both, copied,
                                         strict=True):
        head = f"{named_arm(each.arm)} · preferred by {votes.count(side)} of {len(votes)}"
        with column, st.container(border=True, key=f"card_{side.value}_{each.item_id}"):
            inert(each.text, label=head, head=head, spans=found.response if found else ())
    if votes.count(Choice.TIE):
        st.caption(f"Ties: {votes.count(Choice.TIE)}.")
    if any(copied):
        st.caption(f"Marked: runs of {LEAST_WORDS} words or more that stand in the source.")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
