"""The paper's own figures beside the study's, and whose labels and judgments each rests on."""

from __future__ import annotations

from harness.reporting.page import Page, thousands
from harness.reporting.report_data import ReportData, arm_name
from harness.results.published import beside_the_paper

_NOTHING = "–"


def the_paper(page: Page, data: ReportData) -> None:
    """One line for each figure that the paper published and the study measured."""
    rows = beside_the_paper(data.study, data.results)
    if not rows:
        return
    page.heading("The paper beside ours")
    page.table(("measure", "arm", "labels", "paper", "ours", "ours, by majority", "our judge"),
               [(row.measure, arm_name(row.arm), _NOTHING if row.labels is None else thousands(row.labels),
                 f"{row.paper:.1f}", f"{row.ours:.1f}",
                 _NOTHING if row.majority is None or row.judge == "simulated" else f"{row.majority:.1f}",
                 row.judge or _NOTHING) for row in rows],
               caption=f"Ziegler et al. 2019: GPT-2 774M, labels and judgments by people, 1,024 items a pair, three "
                       f"labelers an item and their majority. {_ours(data)} All in percent, ROUGE and copying with "
                       f"the seeds averaged. A majority of three inflates a win rate: 88 of 100 majorities are about "
                       f"78 of 100 votes. The paper's ROUGE figures were not checked against its PDF.")


def _ours(data: ReportData) -> str:
    base, source, labels = data.study.base_model, data.study.task.source, data.study.labels
    model = base if isinstance(base, str) else f"a GPT-2 of {base.layers} layers and width {base.width}"
    texts = (source.name if source.kind == "hub" else f"generated {source.genre}" if source.kind == "storyworld"
             else source.path)
    labeler = f" ({labels.labeler.scorer})" if labels.source == "simulated" else ""
    return f"Ours: {model}, {labels.source} labels{labeler}, texts {texts}."
