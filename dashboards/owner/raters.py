"""The page Raters: pseudonyms, one-time links, revoking, erasing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from dashboards.errors import owner_act, show_error
from dashboards.identity import store

LINK = "new_link"
HANDLE, EMAIL = "invited_handle", "invited_email"


def section() -> None:
    """Invite somebody; see who is there; take somebody out."""
    with st.form("invite", border=True):
        left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
        left.text_input("Pseudonym", max_chars=64, key=HANDLE,
                        help="What you know the rater by. No real name is needed.")
        middle.text_input("Address (only for sign-in through your organisation; stored hashed)", key=EMAIL)
        right.form_submit_button("Invite", type="primary", width="stretch", on_click=owner_act, args=(_invite_new,))
    link = st.session_state.pop(LINK, None)
    if link:
        st.success("The link works once and is shown only now. Send it to the rater.", icon=":material/link:")
        st.code(link, language=None)
    show_error()
    raters = [each for each in store().raters() if each.erased_at is None]
    if not raters:
        st.info("Nobody is invited yet.")
        return
    st.dataframe(pd.DataFrame([{
        "Rater": each.handle, "Invited": pd.Timestamp(each.created_at, unit="ms"), "Has signed in": each.has_signed_in,
        "Shut out": each.revoked_at is not None, "Simulated": each.simulated} for each in raters]), hide_index=True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Rater", raters, format_func=lambda each: each.handle, key="rater", width=260)
        st.button("New link", on_click=owner_act, args=(_new_link, chosen.id), disabled=chosen.revoked_at is not None)
        st.button("Shut out", on_click=owner_act, args=(store().revoke, chosen.id),
                  help="Links and sessions end now; the judgments stay.")
        st.button("Erase", on_click=_ask_erase, args=(chosen.id,),
                  help="Takes out the pseudonym, the judgments and the notes.")
    if st.session_state.pop("ask_erase", None) == chosen.id:
        _confirm_erase(chosen.id, chosen.handle)


def _invite_new() -> None:
    state = st.session_state
    _new_link(store().add_rater(state[HANDLE].strip(), email=state[EMAIL].strip() or None))
    state[HANDLE] = state[EMAIL] = ""  # only now: what was refused stays there to be mended


def _new_link(rater_id: str) -> None:
    here = urlsplit(st.context.url or "http://localhost:8501")
    st.session_state[LINK] = f"{here.scheme}://{here.netloc}/join/{store().invite(rater_id)}"


def _ask_erase(rater_id: str) -> None:
    st.session_state["ask_erase"] = rater_id


@st.dialog("Erase a rater?")
def _confirm_erase(rater_id: str, handle: str) -> None:
    st.text(f"{handle}: pseudonym, sign-in, judgments and notes go for good. The chain of hashes keeps holding.")
    if st.button("Erase for good", type="primary", key="erase_for_good"):
        owner_act(store().erase_rater, rater_id)
        st.rerun()
