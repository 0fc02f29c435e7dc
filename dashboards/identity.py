"""Who is looking: the rater or the owner behind this browser's cookies, asked of the store on every run."""

from __future__ import annotations

from functools import cache

import streamlit as st

from harness.ratings.store import RatingStore, open_store

RATER_COOKIE = "harness_rater"
OWNER_COOKIE = "harness_owner"


@cache
def store() -> RatingStore:
    """The store of this server. It holds no connection between operations."""
    return open_store()


def cookie(name: str) -> str | None:
    """A cookie of the connection that runs the script; tests put theirs here."""
    value = st.context.cookies.get(name)
    return str(value) if value else None


def current_rater() -> str | None:
    """The rater's id, None where nobody is signed in as one."""
    token = cookie(RATER_COOKIE)
    if token is not None:
        return store().session_rater(token)
    if offers_identity_provider() and st.user.is_logged_in and st.user.get("email_verified", True):
        return store().identity_rater(str(st.user.get("email", "")))
    return None


def is_owner() -> bool:
    """Whether this browser has shown the owner's secret."""
    token = cookie(OWNER_COOKIE)
    return token is not None and store().is_owner(token)


def offers_identity_provider() -> bool:
    """Whether the owner configured OIDC (an `[auth]` section in Streamlit's secrets)."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False
