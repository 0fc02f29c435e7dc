"""Shows one sentence where a page or a click fails, and writes the error to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboards.identity import is_owner
from harness.disk_full import full_disk
from harness.errors import InputError
from harness.ratings.database import StoreUnavailable, database_url

log = logging.getLogger(__name__)

ERROR = "error"

UNAVAILABLE = ("The ratings can't be saved or read right now. Everything you sent before is kept. "
               "Please wait a minute and try again.")


def log_unavailable(error: StoreUnavailable) -> None:
    """For the owner, who reads what a rater need not know: of a full disk, which one, and what to do."""
    log.error("the rating store is unavailable: %s", full_disk(error, database_url(None).database or ".") or error)


def guarded(page: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    """The page as a function without arguments that shows an error as one sentence."""

    def run() -> None:
        try:
            page(*arguments)
        except StoreUnavailable as error:
            log_unavailable(error)
            st.warning(UNAVAILABLE, icon=":material/cloud_off:")
            st.button("Try again", key="try_again")
        except InputError as error:
            st.error("The app is not set up right; its owner can see why in the server's log.")
            log.error("%s", error)

    run.__name__ = getattr(page, "__name__", "page") + "_" + page.__module__.rpartition(".")[2]
    return run


def owner_act(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """What an owner's click does, authorised anew: its page may be older than a sign-out in another tab."""
    if not is_owner():
        st.session_state[ERROR] = "You were signed out, and nothing was done. Please sign in again."
        return
    try:
        function(*arguments, **keywords)
    except InputError as error:
        st.session_state[ERROR] = str(error)
    except StoreUnavailable as error:
        log_unavailable(error)
        st.session_state[ERROR] = UNAVAILABLE


def show_error() -> None:
    """Show what went wrong in the last click, once."""
    error = st.session_state.pop(ERROR, None)
    if error:
        st.error(error)
