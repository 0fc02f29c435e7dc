"""One self-contained HTML page: no network, no script; prints well, reads well on a phone and in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from harness.reporting.canvas import Plot
from harness.reporting.figure_files import NamedPlot
from harness.results.rate_records import SeedRates
from harness.statistics.win_rate import WinRate

Cell = str | tuple[str, str]
"""What stands in a table's cell; a second text stands smaller below the first."""

_STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


class Page:
    """A page that grows from top to bottom. Every text is escaped; only `figure` and `html` take markup."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts = [f"<h1>{escape(title)}</h1>"]
        self._headings: list[tuple[str, str]] = []
        self.figures: dict[str, NamedPlot] = {}

    def heading(self, text: str) -> None:
        """A section's heading, which the list of contents names."""
        anchor = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        self._headings.append((anchor, text))
        self._parts.append(f'<h2 id="{anchor}">{escape(text)}</h2>')

    def contents(self) -> None:
        """Links to all headings, here."""
        self._parts.append(_CONTENTS)

    def paragraph(self, text: str, *, kind: str = "") -> None:
        """A paragraph. kind: 'answer' for what the page is about, 'quiet' for what explains."""
        attribute = f' class="{escape(kind)}"' if kind else ""
        self._parts.append(f"<p{attribute}>{escape(text)}</p>")

    def answer(self, first: str, others: Iterable[str] = ()) -> None:
        """What the page is about: one sentence, and what must be read with it."""
        rest = "".join(f"<p>{escape(text)}</p>" for text in others)
        self._parts.append(f'<div class="answer"><p><b>{escape(first)}</b></p>{rest}</div>')

    def badges(self, texts: Iterable[str]) -> None:
        """Short warnings that stand out, such as 'simulated judge'."""
        marks = " ".join(f'<span class="badge">{escape(text)}</span>' for text in texts)
        if marks:
            self._parts.append(f"<p>{marks}</p>")

    def items(self, texts: Iterable[str]) -> None:
        """A list; nothing where there are no texts."""
        rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
        if rows:
            self._parts.append(f"<ul>{rows}</ul>")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, words: int = 1,
              caption: str = "") -> None:
        """A table of formatted cells below its caption. words: how many columns, from the left, hold words."""
        head = "".join(_cell("th", column, index >= words) for index, column in enumerate(columns))
        lines = ("".join(_cell("td", cell, index >= words) for index, cell in enumerate(row))
                 for row in rows)
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        # A <caption> would be no wider than its table.
        if caption:
            self.paragraph(caption, kind="quiet above")
        self._parts.append(f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
                           f"<tbody>{body}</tbody></table></div>")

    def settings(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names and values, in as many columns as fit."""
        rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
        self._parts.append(f'<dl class="settings">{rows}</dl>')

    def figure(self, plots: Mapping[str, Plot], caption: str, *, large: bool = False) -> None:
        """Plots side by side, where there is room, with a caption that also describes them to the blind.

        plots: by the names of their files (`figure_files.py`), lower-case words joined by `-`. Raises ValueError for a
        name that the page has already.
        """
        for name, plot in plots.items():
            if name in self.figures:
                raise ValueError(f"two figures are named {name}")
            self.figures[name] = NamedPlot(plot, caption)
        kind = f"{' large' if large else ''}{' alone' if len(plots) == 1 else ''}"
        body = "".join(f'<div class="panel">{plot.svg}</div>' for plot in plots.values())
        self._parts.append(f'<figure><div class="panels{kind}" role="img" aria-label="{escape(caption)}">{body}</div>'
                           f"<figcaption>{escape(caption)}</figcaption></figure>")

    def html(self, markup: str) -> None:
        """Markup whose texts are escaped already."""
        self._parts.append(markup)

    def render(self) -> str:
        """The whole document."""
        head = (f'<meta charset="utf-8"><title>{escape(self._title)}</title>'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f"<style>{_STYLE}</style>")
        links = "".join(f'<a href="#{anchor}">{escape(text)}</a> ' for anchor, text in self._headings)
        body = "\n".join(part if part is not _CONTENTS else f"<nav>{links}</nav>" for part in self._parts)
        return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'


_CONTENTS = "<!-- contents -->"


def _cell(tag: str, cell: Cell, number: bool) -> str:
    text, below = (cell, "") if isinstance(cell, str) else cell
    small = f"<small>{escape(below)}</small>" if below else ""
    kind = ' class="number"' if number else ""
    return f"<{tag}{kind}>{escape(text)}{small}</{tag}>"


UNDEFINED = "undefined"


def percent(value: float | None, digits: int = 1) -> str:
    """0.553 as '55.3%'."""
    return UNDEFINED if value is None else f"{100 * value:.{digits}f}%"


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """(0.501, 0.604) as '50.1 to 60.4%'."""
    return UNDEFINED if low is None or high is None else f"{100 * low:.{digits}f} to {100 * high:.{digits}f}%"


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many decimals: '0.12', '−0.12', and '0.00' where it rounds to nothing."""
    if value is None:
        return UNDEFINED
    text = f"{value:.{digits}f}"
    return text.replace("-", "−" if text.strip("-0.") else "")


def signed(value: float | None, digits: int = 2) -> str:
    """A difference with its sign: '+0.21', '−0.07'."""
    if value is None:
        return UNDEFINED
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if text.strip("+-0.") else text[1:]


def thousands(value: float) -> str:
    """60000 as '60,000'."""
    return f"{round(value):,}"


def p_value(value: float | None) -> str:
    """A p value as journals print it: '.012', '< .001', '> .999'."""
    if value is None:
        return UNDEFINED
    if value < 0.001:
        return "< .001"
    return "> .999" if value > 0.999 else f"{value:.3f}".removeprefix("0")


def p_equals(value: float | None) -> str:
    """The same within a sentence: 'p = .012', 'p < .001'."""
    text = p_value(value)
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def rate_cell(rate: WinRate) -> tuple[str, str]:
    """A win rate with its interval below."""
    return percent(rate.win_rate), interval(rate.ci_low, rate.ci_high)


def seeds_cell(seeds: SeedRates, sd: float | None) -> tuple[str, str]:
    """Each run's own win rate, in percent, and below them their standard deviation beyond what sampling gives."""
    rates = " ".join(f"{100 * point.win_rate:.0f}" for point in seeds.by_seed)
    return rates, "" if sd is None else f"SD {100 * sd:.1f}"


def count_of(rate: WinRate) -> str:
    """Wins, ties and losses as '12 / 3 / 5'."""
    return f"{rate.wins} / {rate.ties} / {rate.losses}"


def why(reasons: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """Of (what, why it is undefined): one line a reason, with the first three that it holds for."""
    held: dict[str, list[str]] = {}
    for name, reason in reasons:
        if reason:
            held.setdefault(reason, []).append(name)
    return tuple(f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}: {reason}"
                 for reason, names in held.items())
