"""The page Evaluate: two responses side by side, the vote, and what is shown and asked after it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboards.identity import store
from dashboards.rater import rating_flow as flow
from dashboards.theme import begin_screen
from dashboards.widgets import inert
from harness.ratings.judging import Answers, Details, Shown
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import REASON_TAGS, StudyKind, Which
from harness.records import Choice
from harness.text.copied_spans import CopiedSpans, copied_spans

SIDES = ("Left", "Right")
VOTES = (("Left", "1", Choice.LEFT), ("Tie", "2", Choice.TIE), ("Right", "3", Choice.RIGHT))
QUESTIONS = {
    "copied": ("Which text is mostly copied from the source?", "Copied passages are marked. This is apart from which "
               "text is better."),
    "accurate": ("Which text is accurate?", "It says nothing that the source does not say, and gets nothing wrong."),
}
WHICH = (("Left", Which.LEFT), ("Both", Which.BOTH), ("Right", Which.RIGHT), ("Neither", Which.NEITHER))
STRENGTHS = {1: "slightly better", 2: "clearly better", 3: "much better"}
CONFIDENCES = {1: "a guess", 2: "fairly sure", 3: "certain"}


def page(rater_id: str) -> None:
    """One item: the vote; then, for items with a source, the questions; for practice items, the answer."""
    flow.item_page(StudyKind.EVALUATION, rater_id, partial(_item, rater_id))


def _item(rater_id: str, study: StudyInfo, shown: Shown) -> None:
    _texts(shown)
    begin_screen(f"{shown.id}.{shown.stage}.{len(shown.open)}")
    if shown.stage == "ask" and shown.is_practice:
        _feedback(rater_id, shown)
    elif shown.stage == "ask":
        _question(rater_id, shown)
    else:
        _vote_buttons(rater_id, shown)
        flow.small_buttons(study, rater_id, shown, skip=None if shown.is_practice else _vote)
        _details(shown)


def _texts(shown: Shown) -> None:
    voted = shown.stage != "vote"
    copied = [copied_spans(text, shown.source) if voted and shown.source else CopiedSpans()
              for text in shown.texts]
    if shown.stage == "judged":
        st.caption("You judged this one before. Choose again to change it; the history is kept.")
    elif shown.is_practice:
        st.caption("A practice item.")
    if shown.source is None:
        with st.container(key=f"query_{shown.id}"):
            inert(shown.query_text, label="The text so far", head="The text so far")
        left, right = st.columns(2, gap="medium")
    else:
        source, left, right = st.columns([1.15, 1, 1], gap="medium")
        with source, st.container(key=f"query_{shown.id}"):
            inert(shown.source, label="Source", head="Source", scrolls=True,
                  spans=[*copied[0].source, *copied[1].source])
    for column, side, text, spans in zip((left, right), SIDES, shown.texts, copied, strict=True):
        chosen = "chosen_" if shown.choice == side.lower() else ""
        with column, st.container(border=True, key=f"card_{chosen}{side.lower()}_{shown.id}"):
            inert(text, label=f"{side} text", head=side + (" · your choice" if chosen else ""), spans=spans.response)


def _vote_buttons(rater_id: str, shown: Shown) -> None:
    """Keys and arguments carry assignment and revision, so that a stale second click cannot vote on the next item."""
    with st.bottom, st.container(horizontal=True, key=f"votes_{shown.id}", gap="small"):
        for label, key, choice in VOTES:
            st.button(label, key=f"vote_{choice.value}_{shown.id}_{shown.revision}", shortcut=flow.key(key),
                      width="stretch", type="primary" if choice is not Choice.TIE else "secondary", on_click=_vote,
                      args=(rater_id, shown, choice.value))
        st.button("Both bad", key=f"vote_bad_{shown.id}_{shown.revision}", shortcut=flow.key("4"), width="stretch",
                  on_click=_vote, args=(rater_id, shown, Choice.TIE.value, True))


def _vote(rater_id: str, shown: Shown, choice: str, both_bad: bool = False) -> None:
    if not flow.signed_in(rater_id):
        return
    state = st.session_state
    details = Details(strength=state.get(f"strength_{shown.id}"), confidence=state.get(f"confidence_{shown.id}"),
                      tags=tuple(state.get(f"tags_{shown.id}") or ()), comment=state.get(f"comment_{shown.id}") or "",
                      both_bad=both_bad)
    flow.leave_item(flow.act(store().vote, rater_id, shown.id, revision=shown.revision, choice=choice,
                             details=details))


def _details(shown: Shown) -> None:
    if shown.is_practice:
        return
    with st.expander("Add details (optional; they are sent with your choice)", key=f"details_{shown.id}"):
        before = shown.details
        left, right = st.columns(2)
        with left:
            st.segmented_control("How much better?", list(STRENGTHS), default=before.strength,
                                 format_func=STRENGTHS.__getitem__, key=f"strength_{shown.id}")
        with right:
            st.segmented_control("How sure are you?", list(CONFIDENCES), default=before.confidence,
                                 format_func=CONFIDENCES.__getitem__, key=f"confidence_{shown.id}")
        st.pills("Why?", REASON_TAGS, selection_mode="multi", default=list(before.tags), key=f"tags_{shown.id}")
        st.text_area("Comment", value=before.comment, max_chars=2_000, key=f"comment_{shown.id}",
                     placeholder="Anything the study's owner should know about these texts")


def _question(rater_id: str, shown: Shown) -> None:
    """The first question that is still open. Each answer is recorded at once: a reload asks none again."""
    name = shown.open[0]
    question, note = QUESTIONS[name]
    with st.bottom:
        st.markdown(f"**{question}** {note}")
    with st.bottom, st.container(horizontal=True, key=f"votes_{name}_{shown.id}", gap="small"):
        for place, (label, which) in enumerate(WHICH, start=1):
            st.button(label, key=f"{name}_{which.value}_{shown.id}_{shown.revision}", shortcut=flow.key(str(place)),
                      width="stretch", on_click=_answer, args=(rater_id, shown, name, which))
        st.button("Can't say", key=f"{name}_none_{shown.id}_{shown.revision}", shortcut=flow.key("5"), width="stretch",
                  on_click=_answer, args=(rater_id, shown, name, None))


def _answer(rater_id: str, shown: Shown, name: str, which: Which | None) -> None:
    if not flow.signed_in(rater_id):
        return
    recorded = flow.act(store().answer, rater_id, shown.id, revision=shown.revision,
                        answers=replace(shown.answers, **{name: which}), still_open=shown.open[1:])
    if len(shown.open) == 1:
        flow.leave_item(recorded)


def _feedback(rater_id: str, shown: Shown) -> None:
    with st.bottom, st.container(key=f"votes_on_{shown.id}"):
        if shown.choice == shown.expected:
            st.success("That is what most people see, too.", icon=":material/check:")
        else:
            st.info(f"Most people choose the {shown.expected} text here.", icon=":material/lightbulb:")
        if shown.explanation:
            st.text(shown.explanation)
        st.button("Go on", key=f"go_on_{shown.id}_{shown.revision}", shortcut=flow.key("Enter"), type="primary",
                  width="stretch", on_click=_go_on, args=(rater_id, shown))


def _go_on(rater_id: str, shown: Shown) -> None:
    if flow.signed_in(rater_id):
        flow.act(store().answer, rater_id, shown.id, revision=shown.revision, answers=Answers())
