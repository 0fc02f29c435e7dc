"""What texts are like: tables for the terminal, and a page to keep with the copied spans marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from harness.reporting.marking import marked_pair
from harness.reporting.page import Cell, Page, number, why
from harness.reporting.plots import histogram
from harness.reporting.tables import Table
from harness.statistics.resampling import MeanInterval
from harness.text.arm_records import ArmTexts, Measures, TextMeasures
from harness.text.copied_spans import LEAST_WORDS
from harness.text.copying import COPYING_KEYS
from harness.text.rouge import ROUGE_KEYS
from harness.text.texts_file import TextRow
from harness.text.tokenization import Tokenizer

_MOST_PAIRS = 6


def tables(result: TextMeasures) -> list[Table]:
    """ROUGE, copying, paired differences and the first three words; what nobody has is left out."""
    rouge = [(_name(row), row.n, row.rouge) for row in result.arms if row.rouge is not None]
    copying = [(_name(row), row.n, row.copying) for row in result.arms if row.copying is not None]
    found = [_by_arm(title, arms, keys) for title, arms, keys in (
        ("ROUGE (F-measures)", rouge, ROUGE_KEYS), ("Copying", copying, COPYING_KEYS)) if arms]
    pairs = [row for row in result.differences if row.n][:_MOST_PAIRS]
    if pairs:
        rows: list[tuple[Cell, ...]] = [("articles", *(str(row.n) for row in pairs))]
        for keys, parts in ((ROUGE_KEYS, [row.rouge for row in pairs]), (COPYING_KEYS, [row.copying for row in pairs])):
            if any(parts):
                rows += [(_words(measure), *("–" if values is None else _cell(values[measure]) for values in parts))
                         for measure in keys]
        found.append(Table("Paired differences on the same articles", ("", *map(str, pairs)), rows))
    starts: list[tuple[Cell, ...]] = [
        (_name(row), number(opening.all), number(opening.with_preamble), number(opening.without_preamble))
        for row in result.arms if (opening := row.first_three_words) is not None]
    if starts:
        found.append(Table("Opens with the source's first three words",
                           ("", "all", "source has a preamble", "source has none"), starts))
    return found


def _by_arm(title: str, arms: Sequence[tuple[str, int, Measures]], keys: Sequence[str]) -> Table:
    """Measures go down and arms across: eleven measures do not fit beside one another."""
    rows: list[tuple[Cell, ...]] = [("n", *(str(n) for _, n, _ in arms))]
    rows += [(_words(measure), *(_cell(values[measure]) for _, _, values in arms)) for measure in keys]
    return Table(title, ("", *(name for name, _, _ in arms)), rows)


def reasons(result: TextMeasures) -> list[str]:
    """Why figures and intervals in the tables are undefined, and what else a reader must know."""
    named = [(_name(row), part) for row in result.arms for part in (row.rouge, row.copying)]
    named += [(str(row), part) for row in result.differences if row.n for part in (row.rouge, row.copying)]
    found = [(f"{name}: {_words(measure)}", interval.why_undefined) for name, part in named if part
             for measure, interval in part.items()]
    starts = dict.fromkeys(row.first_three_words.why_undefined for row in result.arms if row.first_three_words)
    found += [("opens with the first three words", reason) for reason in starts]
    found += [(str(row), row.why_undefined) for row in result.differences]
    return [*why(found), *result.warnings]


def html(result: TextMeasures, rows: Sequence[TextRow], *, source: str, tokenizer: Tokenizer,
         examples: int = 5) -> str:
    """The page: tables, where the copied sentences stand, and so many examples of each arm."""
    page = Page(f"ROUGE and copying in {source}")
    for table in tables(result):
        page.heading(table.title)
        page.table(table.columns, table.rows)
    page.items(reasons(result))
    for place, each in enumerate(result.arms, 1):
        if each.copied_positions and not each.control:
            axis = "place in the source: 0 its first sentence, 1 its last"
            page.figure({f"copied-sentences-{place}": histogram(each.copied_positions, x_axis=axis)},
                        f"{each.arm}: where its copied sentences stand in the source")
    for arm in dict.fromkeys(row.arm for row in rows):
        shown = [row for row in rows if row.arm == arm and row.source is not None][:examples]
        if shown:
            page.heading(f"{arm}: copied spans of {LEAST_WORDS} words or more (source, response)")
        for row in shown:
            page.html(f"<h3>{escape(row.id)}</h3>" if row.id else "")
            page.html(marked_pair(row.response, row.source or "", tokenizer=tokenizer))
    page.heading("Methods")
    settings = result.settings
    page.items([f"ROUGE: {_listed(settings.rouge)}",
                *([f"Copying: {_listed(settings.copying)}"] if settings.copying else []),
                f"Intervals: {settings.intervals}"])
    return page.render()


def _name(row: ArmTexts) -> str:
    return f"{row.arm} (control)" if row.control else row.arm


def _words(measure: str) -> str:
    return measure.replace("_", " ")


def _cell(found: MeanInterval) -> tuple[str, str]:
    if found.mean is None:
        return "undefined", ""
    return number(found.mean), "no interval" if found.low is None else f"{number(found.low)} to {number(found.high)}"


def _listed(settings: Mapping[str, Any]) -> str:
    return "; ".join(f"{_words(key)}: {value}" for key, value in settings.items())
