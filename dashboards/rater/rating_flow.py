"""What the pages Evaluate and Label share: the next item, keys, progress, skip and flag.

Which study, which item, what to say where there is none.

The item in hand always comes from the store, never from the session: a reload, another browser or a restarted
server shows the same one. Going back to an earlier item is in the address (`?back=ID`), checked like any other id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboards.errors import UNAVAILABLE, log_unavailable
from dashboards.identity import current_rater, store
from dashboards.theme import focus, leave_field
from dashboards.widgets import as_plain, link
from harness.ratings.assignment import NoAssignment
from harness.ratings.database import StoreUnavailable
from harness.ratings.judging import NotYours, Refused, Shown
from harness.ratings.progress import RaterProgress, StudyInfo
from harness.ratings.protocol import StudyKind

NOTICE = "notice"
PICKED = "picked"
BACK = "back"
STUDY = "study"
BREAK_EVERY = 50
DIALOG = "dialog"
PAGES = {StudyKind.EVALUATION: "Evaluate", StudyKind.LABELS: "Label"}
INSTRUCTIONS = "instructions"

SKIPPED = {StudyKind.EVALUATION: "It goes to somebody else.", StudyKind.LABELS: "It comes back at the end."}
MESSAGES = {
    NoAssignment.NOT_QUALIFIED: (
        "Thank you for your time", "This study needs raters whose practice answers match the key more often. There is "
        "nothing more for you to do here."),
    NoAssignment.QUOTA: (
        "You have done your share", "You judged as many items as this study asks of one person. Thank you very much."),
    NoAssignment.FINISHED: ("All done", "There is nothing left to judge. Thank you very much."),
    NoAssignment.CLOSED: (
        "This study is closed", "No more judgments are taken. Everything you sent is kept. Thank you."),
}


def open_study(kind: StudyKind) -> StudyInfo | None:
    """The study the rater works on: the only open one, or the one picked. None (and a message) without any."""
    offered = _offered(kind)
    if not offered:
        _nothing_here(kind)
        link("Sign out", "/sign-out")  # elsewhere the header has it
        return None
    wanted = st.query_params.get(STUDY)
    return next((study for study in offered if study.id == wanted), offered[0])


def _nothing_here(kind: StudyKind) -> None:
    """No study of this kind is open: there may be one of the other kind, or there was one of this."""
    elsewhere = next(each for each in StudyKind if each is not kind)
    if _offered(elsewhere):
        _message("Nothing to do here", f"There is work for you under {PAGES[elsewhere]}.")
    elif store().studies(kind):
        _message("Nothing to do at the moment", "No study is open now. Everything you sent is kept. Thank you.")
    else:
        _message("Nothing to do yet", "There is no open study here at the moment. Come back when you are told so; "
                 "your place is kept.")


def _offered(kind: StudyKind) -> list[StudyInfo]:
    return [study for study in store().studies(kind) if study.state == "open" and not study.simulated]


def item_page(kind: StudyKind, rater_id: str, draw: Callable[[StudyInfo, Shown], None]) -> None:
    """One item with the header above it. draw: shows the item and its buttons, where there is one to show."""
    study = open_study(kind)
    if study is None:
        return
    with st.container(key="page"):
        head = st.container()
        shown = item_in_hand(study, rater_id)
        with head:
            header(study, rater_id, store().rater_progress(study, rater_id), shown)
        if shown is not None:
            draw(study, shown)


def item_in_hand(study: StudyInfo, rater_id: str) -> Shown | None:
    """The assignment to show now, None where a message stands in its place."""
    back = st.query_params.get(BACK)
    if back:
        try:
            return store().show(rater_id, back)
        except NotYours:
            st.query_params.pop(BACK)
    held = store().next_assignment(study.id, rater_id)
    if not isinstance(held, NoAssignment):
        return store().show(rater_id, held)
    if held is NoAssignment.CONSENT:
        _consent(study, rater_id)
    elif held is NoAssignment.PAUSED:
        _paused(study, rater_id)
    elif held is NoAssignment.WAITING:
        _waiting(study)
    else:
        _message(*MESSAGES[held])
        _back_button(study, rater_id, None)
    return None


def header(study: StudyInfo, rater_id: str, progress: RaterProgress, shown: Shown | None) -> None:
    """Title, progress, instructions and pause: one line, always there."""
    with st.container(horizontal=True, vertical_alignment="center", key="page_header"):
        _title(study)
        st.button("Instructions", key="instructions", shortcut=key("I"), type="tertiary", icon=":material/menu_book:",
                  on_click=_open_dialog, args=(INSTRUCTIONS,))
        if shown is not None:
            st.button("Pause", key="pause", shortcut=key("P"), type="tertiary", icon=":material/pause:",
                      on_click=act, args=(store().pause, study.id, rater_id))
        link("Sign out", "/sign-out")
    if progress.consented and progress.qualified is not False:
        _progress(progress)
    if st.session_state.get(DIALOG) == INSTRUCTIONS:
        _instructions(study)
    notice = st.session_state.pop(NOTICE, None)
    if notice:
        st.warning(notice, icon=":material/info:")
    if st.session_state.pop(PICKED, False):
        leave_field()


def _title(study: StudyInfo) -> None:
    """The study's title; where several are open, the choice among them."""
    offered = _offered(study.kind)
    if len(offered) < 2:
        st.markdown(f"#### {as_plain(study.title)}", width="stretch")
        return
    titles = {each.id: each.title for each in offered}
    # Two studies may bear one title: then a number tells them apart, never the owner's name for them.
    same = Counter(titles.values())
    named = {name: title if same[title] == 1 else f"{title} ({number})"
             for number, (name, title) in enumerate(titles.items(), start=1)}
    picker = f"study_{study.kind.value}"
    st.selectbox("Study", list(titles), index=list(titles).index(study.id), format_func=named.__getitem__, key=picker,
                 label_visibility="collapsed", width="stretch", on_change=_pick, args=(picker,))


def _pick(picker: str) -> None:
    st.query_params.clear()
    st.query_params[STUDY] = st.session_state[picker]
    st.session_state[PICKED] = True


def _progress(progress: RaterProgress) -> None:
    goal = max(progress.goal, 1)
    left = progress.goal - progress.judged
    said = f"{progress.judged} judged · {left} to go" if left > 0 else f"{progress.judged} judged"
    if progress.practice_left:
        items = "item" if progress.practice_left == 1 else "items"
        said = f"{progress.practice_left} practice {items} first, then {progress.goal}"
    elif progress.judged and progress.judged % BREAK_EVERY == 0:
        said += " · a good moment for a short break"
    st.progress(min(progress.judged / goal, 1.0), text=said)


def key(shortcut: str) -> str | None:
    """The shortcut, unless a dialog lies over the page: then keys must not reach what is under it."""
    return None if st.session_state.get(DIALOG) else shortcut


def _open_dialog(name: str) -> None:
    st.session_state[DIALOG] = name


def _close_dialog() -> None:
    st.session_state.pop(DIALOG, None)


def act(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> bool:
    """Call the store from a button; a refusal becomes a notice on the page. Returns whether it was recorded."""
    try:
        function(*arguments, **keywords)
        return True
    except Refused as refusal:
        st.session_state[NOTICE] = str(refusal)
    except StoreUnavailable as error:
        log_unavailable(error)
        st.session_state[NOTICE] = UNAVAILABLE
    return False


def leave_item(recorded: bool) -> None:
    """After a revision was recorded: return to the item in hand."""
    if recorded:
        st.query_params.pop(BACK, None)


def small_buttons(study: StudyInfo, rater_id: str, shown: Shown, *, skip: Callable[..., None] | None) -> None:
    """Back, skip and report a problem."""
    with st.container(horizontal=True, key=f"aside_{shown.id}"):
        _back_button(study, rater_id, shown)
        if skip is not None:
            st.button("Skip", key=f"skip_{shown.id}_{shown.revision}", shortcut=key("S"), type="tertiary",
                      icon=":material/skip_next:", on_click=skip, args=(rater_id, shown, "skip"),
                      help="You cannot judge this one. " + SKIPPED[study.kind])
        if shown.stage == "vote":
            st.button("Report a problem", key=f"flag_{shown.id}", shortcut=key("F"), type="tertiary",
                      icon=":material/flag:", on_click=_open_dialog, args=(shown.id,))
    if st.session_state.get(DIALOG) == shown.id:
        _flag_dialog(rater_id, shown.id)


def signed_in(rater_id: str) -> bool:
    """Whether the click still comes from the rater whose page it was on (the session may have ended)."""
    if current_rater() == rater_id:
        return True
    st.session_state[NOTICE] = "You were signed out. Please sign in again; your place is kept."
    return False


def _back_button(study: StudyInfo, rater_id: str, shown: Shown | None) -> None:
    past = store().history(study.id, rater_id)
    here = past.index(shown.id) if shown is not None and shown.id in past else -1
    if here + 1 < len(past):
        st.button("Back", key=f"back_{past[here + 1]}", shortcut=key("Backspace"), type="tertiary",
                  icon=":material/undo:", on_click=_go_back, args=(past[here + 1],),
                  help="See your last judgment, and change it if you like.")
    if here >= 0:
        st.button("Return to where I was", key="forward", shortcut=key("Esc"), type="tertiary", icon=":material/redo:",
                  on_click=leave_item, args=(True,))


def _go_back(assignment_id: str) -> None:
    st.query_params[BACK] = assignment_id


@st.dialog("Instructions", width="medium", on_dismiss=_close_dialog)
def _instructions(study: StudyInfo) -> None:
    st.text(study.protocol.instructions)
    st.divider()
    st.text(study.protocol.consent)
    with st.container(key="by_keyboard"):
        st.caption("Esc closes this.")


@st.dialog("Report a problem", on_dismiss=_close_dialog)
def _flag_dialog(rater_id: str, assignment_id: str) -> None:
    st.write("Something is wrong with the task itself: an empty or unreadable text, a question that makes no sense. "
             "The study's owner sees your report at once, and you get another item.")
    with st.form(key=f"flag_form_{assignment_id}", border=False):
        note = st.text_area("What is wrong?", max_chars=500, key=f"flag_note_{assignment_id}")
        focus("[role=dialog] textarea")
        if st.form_submit_button("Report and go on", type="primary"):
            act(store().flag, rater_id, assignment_id, note=note)
            _close_dialog()
            st.rerun()


def _consent(study: StudyInfo, rater_id: str) -> None:
    with st.container(key="panel_consent", width=720):
        st.subheader("Before you begin", anchor=False)
        st.text(study.protocol.instructions)
        st.subheader("Your consent", anchor=False)
        st.text(study.protocol.consent)
        st.button("I agree: begin", key="consent", type="primary", shortcut=key("Enter"),
                  on_click=act, args=(store().consent, study.id, rater_id))


def _paused(study: StudyInfo, rater_id: str) -> None:
    with st.container(key="panel_pause", width=720):
        st.subheader("Paused", anchor=False)
        st.write("Take your time. Your place is kept.")
        st.button("Go on", key="resume", type="primary", shortcut=key("Enter"), on_click=act,
                  args=(store().resume, study.id, rater_id))


@st.fragment(run_every=15)
def _waiting(study: StudyInfo) -> None:
    """Others hold the last items; look again now and then, because a lease may run out."""
    _message("Almost done", "The last items are with other raters. This page looks again by itself.")
    if st.session_state.get("waited"):
        st.session_state["waited"] = False
        st.rerun()
    st.session_state["waited"] = True


def _message(title: str, text: str) -> None:
    with st.container(key="panel_message", width=720):
        st.subheader(title, anchor=False)
        st.write(text)
