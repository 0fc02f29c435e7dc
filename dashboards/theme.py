"""How the app looks, and what its pages do to the browser: styles, the tab's icon, where the cursor is."""

from __future__ import annotations

import json

import streamlit as st

STYLE = """<style>
[data-testid="stMainBlockContainer"] { max-width: 78rem; padding-top: 4.25rem; padding-bottom: 2rem; }
[data-testid="stBottomBlockContainer"] { max-width: 78rem; padding-top: .75rem; padding-bottom: .9rem; }
.inert { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; font-size: 1.09rem; line-height: 1.62;
  margin: 0; max-width: 72ch; }
.inert.scrolls { max-height: 55vh; overflow-y: auto; padding: 0 .5rem 1.8rem 0;
  mask-image: linear-gradient(#000 calc(100% - 1.8rem), transparent); }
.inert.scrolls:focus-visible { outline: 2px solid var(--st-primary-color, #2b5f75); outline-offset: 4px;
  border-radius: .2rem; }
[data-testid="stMain"]:focus-visible { outline: none; }
.inert mark { background: rgba(222, 168, 50, .34); color: inherit; border-radius: .2rem; padding: 0 .08em; }
.inert-head { font-size: .86rem; font-weight: 600; letter-spacing: .02em; opacity: .72; margin: 0 0 .35rem; }
[class*="st-key-card"] { background: light-dark(#ffffff, #1b2026); border-radius: .8rem; height: 100%; }
[class*="st-key-card_chosen"] { border: 2px solid var(--st-primary-color, #2b5f75) !important; }
[class*="st-key-query"] .inert { opacity: .92; }
.link { display: inline-block; padding: .45rem 0; font-size: .875rem; color: inherit; text-decoration: none; }
.link:hover, .link:focus-visible { text-decoration: underline; }
.link.main { padding: .45rem .75rem; border-radius: .5rem; background: light-dark(#2b5f75, #35748e); color: #fff; }
button kbd { border: 1px solid currentColor; border-radius: .35rem; padding: 0 .42em; font-size: .8em;
  opacity: .78 !important; line-height: 1.5; }
[class*="st-key-votes"] button { min-height: 2.9rem; font-weight: 600; }
[class*="st-key-page"] { gap: .9rem; }
[class*="st-key-page"] [data-testid="stHorizontalBlock"] { row-gap: .9rem; }
[data-testid="stColumn"]:has([class*="st-key-card"]) > div,
[data-testid="stColumn"] [data-testid="stLayoutWrapper"]:has(> [class*="st-key-card"]) { height: 100%; }
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-panel"]) { margin: 4vh auto 0; }
[class*="st-key-panel"] { gap: .9rem; padding: 1.6rem 2rem 2rem; background: light-dark(#ffffff, #1b2026);
  border: 1px solid light-dark(#d9d5cc, #3a4149); border-radius: .8rem; }
[class*="st-key-panel"] h1 { font-size: 1.75rem; line-height: 1.25; padding: 0 0 .75rem; }
button:is([data-variant="segmented_control"], [data-variant="pills"])[data-selected="true"] {
  color: light-dark(#2b5f75, #a9d3e6) !important; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 3.75rem 1rem 1rem; }
  [class*="st-key-votes"] button { min-height: 2.6rem; padding: .2rem .6rem; }
  button kbd, [class*="st-key-by_keyboard"] { display: none !important; }
  [class*="st-key-page_header"] [data-testid="stElementContainer"]:has([data-testid="stSelectbox"]) {
    flex-basis: 100%; }
}
</style>"""


ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#35748e" stroke-width="2"
 stroke-linecap="round" stroke-linejoin="round"><path d="M12 3v17M7 20h10M4 7l8-2 8 2M1.5 14 4.5 7l3 7a3 3 0 0 1-6 0z
M16.5 14l3-7 3 7a3 3 0 0 1-6 0z"/></svg>"""
"""A pair of scales for the browser's tab. Streamlit's own icons would be fetched there from a server elsewhere, which
would learn of every rater's visit."""

_ONE_PRESS = """
if (!window.onePressOneVote) {
  window.onePressOneVote = true;
  const last = {};
  const isSecond = (event, what) => {
    const soon = event.timeStamp - (last[what] ?? -Infinity) < 500;
    last[what] = event.timeStamp;
    return soon || event.repeat;
  };
  const swallow = event => { event.preventDefault(); event.stopImmediatePropagation(); };
  const votes = '[class*="st-key-votes"]';
  addEventListener('keydown', event => {
    const types = event.target.closest?.('input, textarea, [contenteditable]');
    if (/^[0-9]$/.test(event.key) && !types && document.querySelector(votes) && isSecond(event, event.key))
      swallow(event);
  }, true);
  addEventListener('click', event => {
    if (event.isTrusted && event.target.closest?.(votes) && isSecond(event, 'click')) swallow(event);
  }, true);
}"""
"""A double press's second half and a held key end in the browser, by the times of the events themselves: a browser
that is busy delivers them late, and the server would take the second for a vote on the next item."""


def apply_style() -> None:
    """The app's own style; nothing of anybody's text is in it."""
    st.html(STYLE)


def begin_screen(screen: str) -> None:
    """Begin a new screen at its top, once: on a phone the last one ended far down. screen: an opaque id.

    From then on one press is one vote, as `_ONE_PRESS` says.
    """
    to_top = "document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);"
    st.html(f"<script>/* {screen} */ {to_top}{_ONE_PRESS}</script>", unsafe_allow_javascript=True)


def focus(selector: str) -> None:
    """Put the cursor where the next key belongs: who rates by keyboard alone should not have to look for it."""
    st.html(f"<script>document.querySelector({json.dumps(selector)})?.focus()</script>", unsafe_allow_javascript=True)


def leave_field() -> None:
    """Take the cursor out of the field that has just done its work: while it is there, the field gets every key."""
    st.html("<script>document.activeElement?.blur()</script>", unsafe_allow_javascript=True)
