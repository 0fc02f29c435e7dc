"""Texts, figures, links and tables on the app's pages. What models and people wrote is shown as it is, never run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd
import streamlit as st

from harness.records import ArmKey
from harness.reporting.marking import marked
from harness.reporting.report_data import key_name
from harness.statistics.runs import Scope


def link(label: str, path: str, *, main: bool = False) -> None:
    """A link to a page beside Streamlit's own, in the same tab: `st.link_button` would leave this one behind, stale."""
    st.html(f'<a class="link{" main" if main else ""}" href="{path}">{escape(label)}</a>', width="content")


def inert(text: str, *, label: str, head: str | None = None, spans: Iterable[tuple[int, int]] = (),
          scrolls: bool = False) -> None:
    """Show a text as itself: no Markdown, no HTML, no direction that reaches beyond it.

    label: for screen readers. head: a small heading of our own. spans: (start, end) of characters to highlight.
    """
    body = marked(text, spans) if text.strip() else "<i>(This text is empty.)</i>"
    heading = f'<p class="inert-head">{escape(head)}</p>' if head else ""
    # Only what scrolls can be reached with Tab: the arrow keys scroll what has the cursor.
    kind, order = ("inert scrolls", 0) if scrolls else ("inert", -1)
    st.html(f'<section aria-label="{escape(label, quote=True)}">{heading}'
            f'<p class="{kind}" dir="auto" tabindex="{order}">{body}</p></section>')


def figures(*named: tuple[str, str]) -> None:
    """A row of figures with their names, which wraps on a phone."""
    with st.container(horizontal=True, gap="small"):
        for name, value in named:
            st.metric(name, value, border=True, width=168)


def owner_header(title: str) -> None:
    """The first line of an owner's page, with the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="page_owner"):
        st.markdown(f"#### {title}", width="stretch")
        link("Sign out", "/sign-out")


PERCENT = "%.1f%%"
"""How a column of `in_percent` is shown."""


def in_percent(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The table with these shares in percent. Streamlit's own format leaves out a decimal that is 0."""
    return table.assign(**{name: 100 * table[name].astype(float) for name in columns})


def named_arm(arm: ArmKey) -> str:
    """`rl/500/1` as people read it: `rl 500, seed 1`."""
    return key_name(arm, with_seed=True)


def said_about(scope: Scope) -> str:
    """What an interval speaks of."""
    return "another run" if scope == "procedure" else "these policies only"


def sentence(text: str) -> str:
    """A note as a sentence."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def as_plain(text: str) -> str:
    """A name for a place that reads Markdown, which takes none of its characters for its own."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>$:~&" else letter for letter in text)
