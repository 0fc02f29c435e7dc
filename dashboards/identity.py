"""Finds out from the browser's cookies whether a rater or the owner is looking."""

from __future__ import annotations

import logging
from functools import cache
from importlib.util import find_spec

import streamlit as st

from harness.ratings.store import RatingStore, open_store

log = logging.getLogger(__name__)

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
    if is_known_elsewhere() and st.user.get("email_verified", True):
        return store().identity_rater(str(st.user.get("email", "")))
    return None


def is_owner() -> bool:
    """Whether this browser has shown the owner's secret."""
    token = cookie(OWNER_COOKIE)
    return token is not None and store().is_owner(token)


def is_known_elsewhere() -> bool:
    """Whether the owner's identity provider vouches for this browser."""
    return offers_identity_provider() and bool(st.user.get("is_logged_in", False))


def offers_identity_provider() -> bool:
    """Whether the owner configured OIDC: an `[auth]` section in Streamlit's secrets, and the package for it."""
    try:
        configured = "auth" in st.secrets
    except FileNotFoundError:
        return False
    if configured and find_spec("authlib") is None:
        log.error("sign-in through an identity provider needs Authlib: pip install 'harness[oidc]'")
        return False
    return configured
