"""Results of unblinded studies: win rates with intervals, the curve over label budgets, and the texts themselves."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.copied import copied_spans
from dashboards.identity import store
from dashboards.look import figures, inert
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import StudyKind


def page() -> None:
    """The report that was filed at unblinding, as tables and plots."""
    st.markdown("#### Results")
    studies = [each for each in store().studies(StudyKind.EVALUATION) if each.state == "unblinded"]
    if not studies:
        st.info("No study is unblinded yet. Results appear here after closing and unblinding: looking earlier would "
                "make the statistics wrong.")
        return
    study = st.selectbox("Study", list(reversed(studies)), format_func=lambda each: each.name, key="results_study")
    filed = store().report(study.id)
    if filed is None:
        st.info("This study is unblinded, but its report is not made yet. Run: python -m harness.raters report")
        return
    report = json.loads(filed)
    _banner(report)
    _win_rates(report)
    _dose_response(report)
    _equivalence(report)
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
    rows = pd.DataFrame(report["comparisons"])
    if rows.empty:
        st.info("Nobody has judged anything.")
        return
    rows["comparison"] = rows["arm_a"] + "  vs  " + rows["arm_b"]
    interval = alt.Chart(rows).encode(y=alt.Y("comparison:N", title=None, axis=alt.Axis(labelLimit=280)))
    scale = alt.Scale(domain=[0, 1])
    chart = (alt.Chart(pd.DataFrame({"x": [0.5]})).mark_rule(strokeDash=[4, 4], color="#8a8f98").encode(x="x:Q")
             + interval.mark_rule(strokeWidth=3, color="#3a7d98").encode(
                 x=alt.X("ci_low:Q", scale=scale, title="Win rate of the first (95% interval)",
                         axis=alt.Axis(format="%")), x2="ci_high:Q")
             + interval.mark_point(filled=True, size=110, color="#3a7d98", opacity=1).encode(
                 x="win_rate:Q", tooltip=["comparison", alt.Tooltip("win_rate", format=".1%"), "n_items",
                                          "n_judgments"]))
    st.altair_chart(chart.properties(height=46 * len(rows) + 50), alt="Win rates with 95% intervals")
    st.dataframe(rows[["arm_a", "arm_b", "win_rate", "ci_low", "ci_high", "win_rate_without_ties", "win_rate_majority",
                       "wins", "ties", "losses", "n_items", "n_judgments", "n_raters", "p_value_holm"]],
                 hide_index=True, column_config={
        "arm_a": "Arm", "arm_b": "Against", "win_rate": st.column_config.NumberColumn("Win rate", format="percent"),
        "ci_low": st.column_config.NumberColumn("Low", format="percent"),
        "ci_high": st.column_config.NumberColumn("High", format="percent"),
        "win_rate_without_ties": st.column_config.NumberColumn("Without ties", format="percent"),
        "win_rate_majority": st.column_config.NumberColumn("Majority vote", format="percent"),
        "wins": "Wins", "ties": "Ties", "losses": "Losses", "n_items": "Items", "n_judgments": "Judgments",
        "n_raters": "Raters", "p_value_holm": st.column_config.NumberColumn("p (Holm)", format="%.4f")})
    for note in dict.fromkeys(note for row in report["comparisons"] for note in row["notes"]):
        st.caption(note)
    fragile = [f"{row['arm_a']} vs {row['arm_b']}: {row['fragility']['votes']}" for row in report["comparisons"]
               if row["fragility"]["votes"] is not None]
    if fragile:
        st.caption("The fewest votes that, dropped, would turn the verdict: " + "; ".join(fragile) + ".")


def _dose_response(report: dict[str, Any]) -> None:
    rows = pd.DataFrame(report["win_rates"])
    if rows.empty:
        return
    st.subheader("How many labels were enough", anchor=False)
    rows["series"] = rows["arm"] + " vs " + rows["baseline"]
    seeds = pd.DataFrame([{"series": f"{row['arm']} vs {row['baseline']}", "label_budget": row["label_budget"], **point}
                          for row in report["win_rates"] for point in row["by_seed"]])
    x = alt.X("label_budget:Q", scale=alt.Scale(type="log", base=2, nice=False, padding=24), title="Label budget",
              axis=alt.Axis(values=sorted(rows["label_budget"].unique().tolist()), format=","))
    y = alt.Y("win_rate:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"), title="Win rate")
    colour = alt.Color("series:N", title=None, legend=alt.Legend(orient="top", labelLimit=300))
    base = alt.Chart(rows).encode(x=x, color=colour)
    chart = (alt.Chart(pd.DataFrame({"y": [0.5]})).mark_rule(strokeDash=[4, 4], color="#8a8f98").encode(y="y:Q")
             + base.mark_line(strokeWidth=2).encode(y=y)
             + base.mark_rule(strokeWidth=2).encode(y="ci_low:Q", y2="ci_high:Q")
             + base.mark_point(filled=True, size=90, opacity=1).encode(y=y)
             + alt.Chart(seeds).mark_point(size=40, opacity=0.7).encode(
                 x=x, y=y, color=colour, tooltip=["seed", "win_rate"]))
    st.altair_chart(chart.properties(height=340), alt="Win rate against label budget")
    st.caption("Filled: all seeds together with the 95% interval. Hollow: each training seed.")
    for name, fit in report["dose_response"].items():
        slope = fit["slope"]
        said = slope["why_undefined"] or (f"{slope['estimate']:+.2f} on the logit scale for twice the labels "
                                          f"({slope['ci_low']:+.2f} to {slope['ci_high']:+.2f})")
        st.caption(f"{name}: {said}.")


def _equivalence(report: dict[str, Any]) -> None:
    for row in report["equivalence"]:
        st.write(row["sentence"])


def _arms(report: dict[str, Any]) -> None:
    st.subheader("The texts in figures", anchor=False)
    rows = [{"arm": row["arm"], "texts": row["n_texts"], "words": row["mean_words"], **row.get("rouge", {}),
             **row.get("copying", {})} for row in report["arms"]]
    st.dataframe(pd.DataFrame(rows).round(3), hide_index=True)
    if not any("copying" in row for row in report["arms"]):
        st.caption("Copying is measured against a source, and these items have none.")
    if report["copying_by_preference"]:
        st.markdown("**Copying × accuracy × preference**, as the raters said:")
        st.dataframe(pd.DataFrame(report["copying_by_preference"]), hide_index=True, column_config={
            "preferred": st.column_config.NumberColumn("Preferred", format="percent")})


def _raters(report: dict[str, Any]) -> None:
    st.subheader("Raters", anchor=False)
    found, position, repeats = report["agreement"], report["position"], report["repeats"]
    figures(("Raw agreement", _percent(found.get("raw"))),
            ("Krippendorff's α", _number(found.get("krippendorff_alpha"))),
            ("Left side chosen", _percent(position.get("left_rate"))),
            ("Repeats alike", f"{repeats['consistent']} / {repeats['n_pairs']}"))
    for why in (found.get("why_undefined"), position.get("why_undefined")):
        if why:
            st.caption(why[0].upper() + why[1:] + ".")
    with st.expander("Every rater"):
        st.dataframe(pd.DataFrame(report["quality"]), hide_index=True)


def _examples(study: StudyInfo) -> None:
    st.subheader("Examples", anchor=False)
    texts = store().study_texts(study.id)
    items = list(dict.fromkeys(each.item_id for each in texts))
    number = st.number_input("Example", 1, len(items), 1, key="example", width=160)
    both = [each for each in texts if each.item_id == items[int(number) - 1]]
    copied = [copied_spans(each.text, each.source) if each.source else None for each in both]
    inert(both[0].source or both[0].query_text, label="Query", head="Source" if both[0].source else "The text so far",
          spans=[span for found in copied if found for span in found.source])
    for column, each, found in zip(st.columns(2, gap="medium"), both, copied, strict=True):
        with column, st.container(border=True, key=f"card_{each.arm}_{each.item_id}"):
            inert(each.text, label=each.arm, head=each.arm, spans=found.response if found else ())


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
