"""The results of `arms.measure_arms` for people: tables, and a page with the copied spans marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from harness.reporting.marking import marked_pair
from harness.reporting.page import Cell, Page, number, why
from harness.reporting.plots import histogram
from harness.text.copied_spans import LEAST_WORDS
from harness.text.copying import COPYING_KEYS
from harness.text.rouge import ROUGE_KEYS
from harness.text.texts_file import TextRow
from harness.text.tokenization import Tokenizer

Json = dict[str, Any]
Table = tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]
"""A title, the columns' names, formatted rows; a cell's second text is its interval."""

_MOST_PAIRS = 6


def tables(result: Json) -> list[Table]:
    """ROUGE, copying, paired differences and the first three words; what nobody has is left out."""
    found: list[Table] = []
    for title, key, keys in (("ROUGE (F-measures)", "rouge", ROUGE_KEYS),
                             ("Copying", "copying", COPYING_KEYS)):
        # Measures go down and arms across: eleven measures do not fit beside one another.
        arms = [row for row in result["arms"] if row[key] is not None]
        rows: list[tuple[Cell, ...]] = [("n", *(str(row["n"]) for row in arms))]
        rows += [(measure.replace("_", " "), *(_cell(row[key], measure) for row in arms)) for measure in keys]
        if arms:
            found.append((title, ("", *map(_name, arms)), rows))
    pairs = [row for row in result["differences"] if row["n"]][:_MOST_PAIRS]
    if pairs:
        columns = ("", *(f"{row['arm_a']} − {row['arm_b']}" for row in pairs))
        rows = [("articles", *(str(row["n"]) for row in pairs))]
        rows += [(measure.replace("_", " "), *(_cell(row[key], measure) if row[key] else "–" for row in pairs))
                 for key, keys in (("rouge", ROUGE_KEYS), ("copying", COPYING_KEYS))
                 if any(row[key] for row in pairs) for measure in keys]
        found.append(("Paired differences on the same articles", columns, rows))
    starts: list[tuple[Cell, ...]] = [
        (_name(row), *(number(row["first_three_words"][key]) for key in ("all", "with_preamble", "without_preamble")))
        for row in result["arms"] if "first_three_words" in row]
    if starts:
        found.append(("Opens with the source's first three words",
                      ("", "all", "source has a preamble", "source has none"), starts))
    return found


def reasons(result: Json) -> list[str]:
    """Why figures and intervals in the tables are undefined, and what else a reader must know."""
    named = [(row, f"{_name(row)}: ") for row in result["arms"]]
    named += [(row, f"{row['arm_a']} − {row['arm_b']}: ") for row in result["differences"] if row["n"]]
    found = [(label + measure.replace("_", " "), reason) for row, label in named for part in ("rouge", "copying")
             if row[part] for measure, reason in row[part]["why_undefined"].items()]
    starts = {row["first_three_words"]["why_undefined"] for row in result["arms"] if "first_three_words" in row}
    found += [("opens with the first three words", reason) for reason in starts]
    found += [(f"{row['arm_a']} − {row['arm_b']}", row["why_undefined"]) for row in result["differences"]]
    return [*why(found), *result["warnings"]]


def html(result: Json, rows: Sequence[TextRow], *, source: str, tokenizer: Tokenizer,
         examples: int = 5) -> str:
    """The page: tables, where the copied sentences stand, and so many examples of each arm."""
    page = Page(f"ROUGE and copying in {source}")
    for title, columns, lines in tables(result):
        page.heading(title)
        page.table(columns, lines)
    page.items(reasons(result))
    for row in result["arms"]:
        if row.get("copied_positions") and not row["control"]:
            axis = "place in the source: 0 its first sentence, 1 its last"
            page.figure(histogram(row["copied_positions"], x_axis=axis),
                        f"{row['arm']}: where its copied sentences stand in the source")
    for arm in dict.fromkeys(row.arm for row in rows):
        shown = [row for row in rows if row.arm == arm and row.source is not None][:examples]
        if shown:
            page.heading(f"{arm}: copied spans of {LEAST_WORDS} words or more (source, response)")
        for row in shown:
            page.html(f"<h3>{escape(row.id)}</h3>" if row.id else "")
            page.html(marked_pair(row.response, row.source or "", tokenizer=tokenizer))
    page.heading("Methods")
    settings = result["settings"]
    page.items([f"ROUGE: {_listed(settings['rouge'])}",
                *([f"Copying: {_listed(settings['copying'])}"] if settings["copying"] else []),
                f"Intervals: {settings['intervals']}"])
    return page.render()


def _name(row: Json) -> str:
    return f"{row['arm']} (control)" if row["control"] else str(row["arm"])


def _cell(values: Json, key: str) -> tuple[str, str]:
    low, high = values[f"{key}_ci_low"], values[f"{key}_ci_high"]
    if values[key] is None:
        return "undefined", ""
    return number(values[key]), "no interval" if low is None else f"{number(low)} to {number(high)}"


def _listed(settings: Json) -> str:
    return "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in settings.items())
