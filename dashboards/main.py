"""Runs for every page: finds out who is looking, and shows the pages that are open to them."""

from functools import partial

import streamlit as st

from dashboards import results, welcome
from dashboards.errors import guarded
from dashboards.identity import current_rater, is_owner
from dashboards.owner import sections
from dashboards.rater import evaluate, label
from dashboards.theme import ICON, apply_style


def main() -> None:
    """Page set-up, identity, navigation. A rater's browser is never told that owner's pages exist."""
    st.set_page_config(page_title="Ratings", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
    apply_style()
    rater_id, owner = current_rater(), is_owner()
    pages = []
    if rater_id is not None:
        pages += [st.Page(guarded(evaluate.page, rater_id), title="Evaluate", url_path="evaluate",
                          icon=":material/balance:"),
                  st.Page(guarded(label.page, rater_id), title="Label", url_path="label",
                          icon=":material/format_list_numbered:")]
    if owner:
        pages += [st.Page(guarded(sections.page), title="Own", url_path="own", icon=":material/key:"),
                  st.Page(guarded(results.page), title="Results", url_path="results", icon=":material/bar_chart:")]
    home = partial(st.switch_page, pages[0]) if pages else guarded(welcome.page)
    if not pages:
        pages = [st.Page(guarded(welcome.page), title=name, url_path=name) for name in ("evaluate", "label")]
        pages += [st.Page(guarded(welcome.owner_page), title=name, url_path=name) for name in ("own", "results")]
    # The default page has no address of its own, and every page here needs one: links to it are passed around.
    front = st.Page(home, title="Ratings", default=True, visibility="hidden")
    st.navigation([front, *pages], position="top" if rater_id is not None or owner else "hidden").run()


guarded(main)()
