"""The report as one HTML file: the answer first, then the evidence, then how it was made."""

from __future__ import annotations

from collections.abc import Callable

from harness.reporting import (
    collection,
    enough,
    frontier,
    paper_comparison,
    people,
    provenance,
    sensitivity,
    texts,
    training,
    win_rates,
)
from harness.reporting.page import Page
from harness.reporting.report_data import ReportData

Section = Callable[[Page, ReportData], None]
"""Writes one part of the page; writes nothing, not even its heading, where the study has nothing to say there."""


def contents(page: Page, data: ReportData) -> None:
    """Links to the sections, below the first picture."""
    page.contents()


SECTIONS: tuple[Section, ...] = (
    win_rates.answer, enough.budget_figure, win_rates.further_findings, contents,
    win_rates.dose_response, win_rates.win_rates, collection.upper_bounds, enough.more_labels, people.judgments,
    sensitivity.sensitivity, texts.rouge, texts.copying, texts.copying_and_preference, training.policies,
    frontier.convergence, frontier.frontier, frontier.accuracy, training.reward_models, collection.online,
    paper_comparison.the_paper, texts.examples,
    provenance.methods, provenance.provenance,
)


def report(data: ReportData) -> Page:
    """The page, section by section, and its figures."""
    page = Page(data.study.title or data.study.study)
    for write in SECTIONS:
        write(page, data)
    return page
