"""The report as one HTML file: the answer first, then the evidence, then how it was made."""

from __future__ import annotations

from collections.abc import Callable

from harness.pages.page import Page
from harness.stages.reporting import beside, collection, judged, making, people, sensitivity, texts, training
from harness.stages.reporting.material import ReportMaterial

Section = Callable[[Page, ReportMaterial], None]
"""Writes one part of the page; writes nothing, not even its heading, where the study has nothing to say there."""

SECTIONS: tuple[Section, ...] = (
    judged.answer, judged.dose_response, judged.win_rates, collection.upper_bounds, judged.more_labels,
    people.judgments, sensitivity.sensitivity, texts.rouge, texts.copying, texts.copying_and_preference,
    training.policies, training.reward_models, collection.online, beside.the_paper, texts.examples, making.methods,
    making.provenance,
)


def render(material: ReportMaterial) -> str:
    """The page, section by section."""
    page = Page(material.study["title"] or material.study["study"])
    for write in SECTIONS:
        write(page, material)
    return page.render()
