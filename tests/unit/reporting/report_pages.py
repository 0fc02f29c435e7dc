"""A small study's data for sections of the report, and what a section writes."""

from typing import Any

from harness.reporting.page import Page
from harness.reporting.report_data import ReportData
from harness.shipped import STUDIES
from harness.study.loading import load_study
from tests.result_records import results_of


def data_of(*, study: str = "quick", overrides: tuple[str, ...] = (), results: Any = None, **more: Any) -> ReportData:
    """Data with nothing in it but what is given."""
    settings = load_study(STUDIES / f"{study}.yaml", list(overrides))
    return ReportData(**{
        "study": settings, "results": results or results_of(), "details": {},
        "examples": (), "versions": {}, "environments": {}, **more})


def written(section: Any, data: ReportData) -> str:
    """The page with one section."""
    page = Page("A test")
    section(page, data)
    return page.render()
