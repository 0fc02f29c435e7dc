"""The page Label: pick the best of several responses, for the reward model."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards.identity import store
from dashboards.rater import rating_flow as flow
from dashboards.theme import begin_screen
from dashboards.widgets import inert
from harness.ratings.judging import Shown
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import StudyKind


def page(rater_id: str) -> None:
    """One task: the query, the candidates in this labeler's own order, keys 1 to k."""
    flow.item_page(StudyKind.LABELS, rater_id, partial(_task, rater_id))


def _task(rater_id: str, study: StudyInfo, shown: Shown) -> None:
    _texts(shown)
    begin_screen(f"{shown.id}.{shown.stage}")
    with st.bottom, st.container(horizontal=True, key=f"votes_{shown.id}", gap="small"):
        for place in range(len(shown.texts)):
            st.button(f"Text {place + 1}", key=f"vote_{place}_{shown.id}_{shown.revision}", type="primary",
                      shortcut=flow.key(str(place + 1)) if place < 9 else None, width="stretch", on_click=_choose,
                      args=(rater_id, shown, str(place)))
    flow.small_buttons(study, rater_id, shown, skip=_choose)


def _texts(shown: Shown) -> None:
    if shown.stage == "judged":
        st.caption("You chose here before. Choose again to change it; the history is kept.")
    with st.container(key=f"query_{shown.id}"):
        inert(shown.query_text if shown.source is None else shown.source, label="The query",
              head="The text so far" if shown.source is None else "Source", scrolls=shown.source is not None)
    for first in range(0, len(shown.texts), 2):
        for column, place in zip(st.columns(2, gap="medium"), range(first, min(first + 2, len(shown.texts))),
                                 strict=False):
            chosen = "chosen_" if shown.choice == str(place) else ""
            with column, st.container(border=True, key=f"card_{chosen}{place}_{shown.id}"):
                # A continuation begins with the space after the query's last word.
                inert(shown.texts[place].strip(), label=f"Text {place + 1}",
                      head=f"Text {place + 1}" + (" · your choice" if chosen else ""))


def _choose(rater_id: str, shown: Shown, choice: str) -> None:
    if flow.signed_in(rater_id):
        flow.leave_item(flow.act(store().vote, rater_id, shown.id, revision=shown.revision, choice=choice))
