"""Results of unblinded studies: win rates with intervals, the curve over label budgets, and the texts themselves."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.identity import store
from dashboards.owner.studies import quality_table
from dashboards.rater.copied import copied_spans
from dashboards.results_charts import curve, intervals, opponents
from dashboards.theme import PERCENT, as_plain, figures, in_percent, inert, named_arm, owner_head, sentence
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import StudyKind
from harness.records import Choice
from harness.reporting.page import p_value
from harness.reporting.win_rates import sentence as enough_or_not

TEXT_FIGURES = {
    "arm": "Arm", "n_texts": "Texts", "mean_words": "Words", "rouge1": "ROUGE-1", "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum", "novel_unigrams": "New words", "novel_bigrams": "New pairs",
    "novel_trigrams": "New triples", "novel_4grams": "New fours", "novel_sentences": "New sentences",
    "copied_sentences": "Copied sentences", "lead_copied": "Is the lead", "coverage": "Coverage",
    "density": "Density", "longest_copied_span": "Longest copied span", "compression": "Compression"}


def page() -> None:
    """The report that was filed at unblinding, as tables and plots."""
    owner_head("Results")
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
    report = json.loads(filed)
    _banner(report)
    _win_rates(report)
    _dose_response(report)
    _arms(report)
    _raters(report)
    _examples(study)
    st.download_button("results.json", filed, f"{study.name}.results.json", "application/json", on_click="ignore")


def _banner(report: dict[str, Any]) -> None:
    if report["simulated_judge"]:
        st.warning("Simulated: no person judged anything here.", icon=":material/smart_toy:")
    st.caption(f"{report['n_judgments']} judgments by {report['n_raters']} raters, judge: {report['judge']}. Sealed "
               f"{report['seal'][:16]}…, chain head {report['chain_head'][:16]}…")
    for row in report["excluded"]:
        st.caption(f"Left out by the frozen rules: {row['rater']} ({row['why']}).")


def _win_rates(report: dict[str, Any]) -> None:
    st.subheader("Win rates", anchor=False)
    if not report["comparisons"]:
        st.info("Nobody has judged anything.")
        return
    pairs = [{**row, "name": f"{named_arm(row['arm_a'])} vs {named_arm(row['arm_b'])}"}
             for row in report["comparisons"]]
    if report["win_rates"]:
        rows = [{**row, "name": opponents(row)} for row in report["win_rates"]]
        st.altair_chart(intervals(rows), alt="Win rates by label budget and baseline, with intervals")
        _rate_table(rows)
        with st.expander("Every pair of arms, each training seed apart"):
            _rate_table(pairs)
            _fragility(pairs)
    else:
        st.altair_chart(intervals(pairs), alt="Win rates with intervals")
        _rate_table(pairs)
        _fragility(pairs)
    for note in dict.fromkeys(note for row in report["comparisons"] for note in row["notes"]):
        st.caption(sentence(note))


def _rate_table(rows: list[dict[str, Any]]) -> None:
    columns = {"name": "Comparison", "win_rate": "Win rate", "ci_low": "Low", "ci_high": "High",
               "win_rate_without_ties": "Without ties", "win_rate_majority": "Majority vote", "wins": "Wins",
               "ties": "Ties", "losses": "Losses", "n_items": "Items", "n_judgments": "Judgments",
               "n_raters": "Raters", "p_value_holm": "p (Holm)"}
    shares = [name for key, name in columns.items() if key.startswith(("win_rate", "ci_"))]
    table = pd.DataFrame([{**row, "p_value_holm": p_value(row["p_value_holm"])} for row in rows])
    shown = in_percent(table[list(columns)].rename(columns=columns), shares)
    st.dataframe(shown, hide_index=True,
                 column_config={**dict.fromkeys(shares, st.column_config.NumberColumn(format=PERCENT)),
                                "p (Holm)": st.column_config.TextColumn(alignment="right")})


def _fragility(pairs: list[dict[str, Any]]) -> None:
    fragile = [f"{row['name']}: {row['fragility']['votes']}" for row in pairs if row["fragility"]["votes"] is not None]
    if fragile:
        st.caption("The fewest votes that, dropped, would turn the verdict: " + "; ".join(fragile) + ".")


def _dose_response(report: dict[str, Any]) -> None:
    # An arm that needed no labels has no place on the curve.
    rows = [row for row in report["win_rates"] if row["label_budget"]]
    if not rows:
        return
    st.subheader("How many labels were enough", anchor=False)
    st.altair_chart(curve(rows), alt="Win rate against label budget")
    st.caption("Filled: all seeds together with their interval. Hollow: each training seed.")
    for row in report["equivalence"]:
        st.write(enough_or_not(row))
    for name, fit in report["dose_response"].items():
        slope = fit["slope"]
        said = slope["why_undefined"] or (f"{slope['estimate']:+.2f} on the logit scale for twice the labels "
                                          f"({slope['ci_low']:+.2f} to {slope['ci_high']:+.2f})")
        st.caption(f"{name.replace('_', '-')}: {said}.")


def _arms(report: dict[str, Any]) -> None:
    st.subheader("The texts in figures", anchor=False)
    rows = [{**row, "arm": named_arm(row["arm"]), **row.get("rouge", {}), **row.get("copying", {})}
            for row in report["arms"]]
    there = {key: name for key, name in TEXT_FIGURES.items() if any(key in row for row in rows)}
    st.dataframe(pd.DataFrame(rows)[list(there)].rename(columns=there), hide_index=True, placeholder="–",
                 column_config={**{name: st.column_config.NumberColumn(format="%.3f") for key, name in there.items()
                                   if key not in ("arm", "n_texts")},
                                "Words": st.column_config.NumberColumn(format="%.1f")})
    if not any("copying" in row for row in report["arms"]):
        st.caption("Copying is measured against a source, and these items have none.")
    if report["answers"]:
        st.markdown("**What raters said of each text**, apart from which is better:")
        st.dataframe(pd.DataFrame([{
            "Arm": named_arm(row["arm"]), **{name: f"{row[key]} of {row[f'n_{key}']}" for key, name in (
                ("accurate", "Called accurate"), ("copied", "Called mostly copied"))}}
            for row in report["answers"]]), hide_index=True)
    if report["copying_by_preference"]:
        st.markdown("**Copying × accuracy × preference**, as the raters said:")
        words = {True: "yes", False: "no", None: "not said"}
        rows = [{"Arm": named_arm(row["arm"]), "Copied": words[row["copied"]], "Accurate": words[row["accurate"]],
                 "Texts": row["n"], "Preferred": row["preferred"]} for row in report["copying_by_preference"]]
        st.dataframe(in_percent(pd.DataFrame(rows), ["Preferred"]), hide_index=True,
                     column_config={"Preferred": st.column_config.NumberColumn(format=PERCENT)})


def _raters(report: dict[str, Any]) -> None:
    st.subheader("Raters", anchor=False)
    found, position, repeats = report["agreement"], report["position"], report["repeats"]
    alike = f"{repeats['consistent']} / {repeats['n_pairs']}" if repeats["n_pairs"] else "–"
    figures(("Raw agreement", _percent(found.get("raw"))),
            ("Krippendorff's α", _number(found.get("krippendorff_alpha"))),
            ("Left side chosen", _percent(position.get("left_rate"))), ("Repeats alike", alike))
    for why in (found.get("why_undefined"), position.get("why_undefined")):
        if why:
            st.caption(sentence(why))
    with st.expander("Every rater"):
        quality_table(report["quality"])


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
        st.caption("Marked: runs of four or more words that stand in the source.")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
