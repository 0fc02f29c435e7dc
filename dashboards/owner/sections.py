"""The owner's pages in one: studies, a new study, raters. Never a result by arm before a study is closed."""

from __future__ import annotations

import streamlit as st

from dashboards.identity import is_owner, store
from dashboards.owner import new_study, raters, studies
from dashboards.widgets import as_plain, owner_header

SECTIONS = {"Studies": studies.section, "New study": new_study.section, "Raters": raters.section}


def page() -> None:
    """One section at a time; which one is in the address, so that a reload stays there."""
    owner_header("Studies and raters")
    name = st.segmented_control("Section", list(SECTIONS), default="Studies", required=True, key="section",
                                label_visibility="collapsed", bind="query-params")
    open_flags_banner()
    SECTIONS[name or "Studies"]()


@st.fragment(run_every=10)
def open_flags_banner() -> None:
    """The studies in which a rater says that a task is broken, whichever study or section is looked at."""
    if not is_owner():
        st.rerun()
    raised = [(study.name, len(store().open_flags(study.id))) for study in store().studies()]
    told = ", ".join(f"{as_plain(name)} ({count})" for name, count in raised if count)
    if told:
        st.error(f"Raters say that tasks are broken in: {told}. See Studies.", icon=":material/flag:")
