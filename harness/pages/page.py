"""One self-contained HTML page: no network, no script; prints well, reads well on a phone and in the dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --quiet: #60646c; --line: #d9d9e0; --mark: #fff1b8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #edeef0; --quiet: #b0b4ba; --line: #43484e; --mark: #5c4813; }
  body { background: #111113; } figure svg { background: #fff; border-radius: 4px; }
}
body { color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.answer { border-left: 4px solid; font-size: 1.15rem; padding-left: 1rem; } .quiet { color: var(--quiet); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; }
caption { text-align: left; padding: .4rem 0; }
figure { margin: 1.2rem 0; } figure svg { height: auto; max-width: 100%; }
.pair { display: grid; gap: 1.5rem; grid-template-columns: 1fr 1fr; margin: 1rem 0; }
.pair > div { white-space: pre-wrap; overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } body { margin-top: 1rem; } }
@media print { body { font-size: 10pt; margin: 0; max-width: none; } h2, figure, tr { break-inside: avoid; }
  .wide { overflow: visible; } mark { outline: 1px solid #999; } }
"""


class Page:
    """A page that grows from top to bottom. Every text is escaped; only `figure` and `html` take markup."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts = [f"<h1>{escape(title)}</h1>"]

    def heading(self, text: str) -> None:
        """A section's heading."""
        self._parts.append(f"<h2>{escape(text)}</h2>")

    def paragraph(self, text: str, *, kind: str = "") -> None:
        """A paragraph. kind: 'answer' for what the page is about, 'quiet' for what explains."""
        attribute = f' class="{escape(kind)}"' if kind else ""
        self._parts.append(f"<p{attribute}>{escape(text)}</p>")

    def items(self, texts: Iterable[str]) -> None:
        """A list; nothing where there are no texts."""
        rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
        if rows:
            self._parts.append(f"<ul>{rows}</ul>")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1,
              caption: str = "") -> None:
        """A table of formatted cells. words: so many columns on the left hold words, the others numbers."""
        head = "".join(self._cell("th", column, index >= words) for index, column in enumerate(columns))
        lines = ("".join(self._cell("td", cell, index >= words) for index, cell in enumerate(row))
                 for row in rows)
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        title = f"<caption>{escape(caption)}</caption>" if caption else ""
        self._parts.append(f'<div class="wide"><table>{title}<thead><tr>{head}</tr></thead>'
                           f"<tbody>{body}</tbody></table></div>")

    def figure(self, svg: str, caption: str) -> None:
        """An inline SVG with its caption, which also describes it to who cannot see it."""
        self._parts.append(f'<figure role="img" aria-label="{escape(caption)}">{svg}'
                           f"<figcaption>{escape(caption)}</figcaption></figure>")

    def html(self, markup: str) -> None:
        """Markup whose texts are escaped already."""
        self._parts.append(markup)

    def render(self) -> str:
        """The whole document."""
        head = (f'<meta charset="utf-8"><title>{escape(self._title)}</title>'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f"<style>{_STYLE}</style>")
        body = "\n".join(self._parts)
        return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'

    @staticmethod
    def _cell(tag: str, text: str, number: bool) -> str:
        return f'<{tag} class="number">{escape(text)}</{tag}>' if number else f"<{tag}>{escape(text)}</{tag}>"


UNDEFINED = "undefined"


def percent(value: float | None, digits: int = 1) -> str:
    """0.553 as '55.3%'."""
    return UNDEFINED if value is None else f"{100 * value:.{digits}f}%"


def interval(low: float | None, high: float | None) -> str:
    """(0.501, 0.604) as '50.1 to 60.4%'."""
    return UNDEFINED if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}%"


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many decimals."""
    return UNDEFINED if value is None else f"{value:.{digits}f}"


def p_value(value: float | None) -> str:
    """A p value; below .001 by its order of magnitude."""
    return UNDEFINED if value is None else f"{value:.3f}" if value >= 0.001 else f"{value:.0e}"
