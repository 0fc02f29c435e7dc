"""The page for a browser that nobody has signed in with."""

from __future__ import annotations

import streamlit as st

from dashboards.identity import is_known_elsewhere, offers_identity_provider
from dashboards.widgets import link
from harness.ratings.access import why_owner_is_shut


def page() -> None:
    """No open registration: a link, a return code, or the owner's identity provider."""
    with st.container(key="panel_welcome", width=620):
        st.title("Welcome")
        st.write("You compare texts here, or choose the best of several. To begin, open the personal link you were "
                 "sent. If you have been here before, your return code brings you back to where you stopped.")
        with st.container(horizontal=True):
            link("Sign in with a return code", "/enter", main=True)
            if offers_identity_provider():
                if is_known_elsewhere():
                    st.warning("Nobody has invited this account. Please ask for an invitation.")
                    st.button("Sign out", on_click=st.logout)
                else:
                    st.button("Sign in with your organisation", on_click=st.login)
            link("I run a study", "/owner-sign-in")


def owner_page() -> None:
    """The owner's pages, shut."""
    with st.container(key="panel_shut", width=620):
        st.title("The owner's pages are shut")
        shut = why_owner_is_shut()
        if shut is not None:
            st.write(shut)
        else:
            st.write("They open with the owner's secret.")
            link("Sign in as owner", "/owner-sign-in", main=True)
