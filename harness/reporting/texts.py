"""The sections on the texts: ROUGE, copying and where it comes from, what copying earns, texts to read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from harness.reporting.figure_files import figure_name
from harness.reporting.marking import marked
from harness.reporting.page import Page, interval, number, percent, signed
from harness.reporting.plots import curves
from harness.reporting.report_data import ReportData, arm_name, key_name
from harness.results.text_records import CopyingGrowth, TextRow
from harness.statistics.resampling import MeanInterval
from harness.text.copied_spans import copied_spans
from harness.text.copying import COPYING_KEYS, SHARES
from harness.text.rouge import ROUGE_KEYS

_NAMES = {"novel_unigrams": "novel 1-grams", "novel_bigrams": "novel 2-grams", "novel_trigrams": "novel 3-grams",
          "novel_4grams": "novel 4-grams", "longest_copied_span": "longest span", "lead_copied": "is the lead"}
_COPIED = ("coverage", "density", "longest_copied_span", "copied_sentences", "lead_copied",
           "compression")
_REPEATED = _COPIED[:4]
_NOVEL = tuple(key for key in COPYING_KEYS if key.startswith("novel"))


def rouge(page: Page, data: ReportData) -> None:
    """ROUGE against the human text, arms compared by paired differences."""
    rows = [row for row in data.results.texts if "rouge1" in row.measures and row.arm.arm != "reference"]
    if not rows:
        return
    page.heading("ROUGE")
    page.table(("arm", *(key.replace("rouge", "ROUGE-") for key in ROUGE_KEYS), "ROUGE-L over zero-shot"),
               [(key_name(row.arm),
                 *(_cell(row.measures[key], key) for key in ROUGE_KEYS), _difference(row, "rougeL"))
                for row in rows],
               caption=f"F-measures with Porter stems against the human text, seeds together. {_intervals(data)} The "
                       f"last column is the mean paired difference on the same queries.")


def copying(page: Page, data: ReportData) -> None:
    """How much of each arm's texts is copied, from where, and beside which controls."""
    rows = data.results.texts
    if not rows:
        return
    source = "source" if data.study.is_summarization else "query"
    page.heading(f"Copying from the {source}")
    if data.study.is_summarization:
        for row in data.results.copying_growth:
            page.paragraph(growth_sentence(row, rows))
    copied = _COPIED if data.study.is_summarization else _REPEATED
    for keys, caption in ((copied, "What is copied."),
                          (_NOVEL, f"What the {source} does not have, n-grams counted by token.")):
        first = keys[0]
        page.table(("arm", *map(_name, keys), f"{_name(first)} over zero-shot"),
                   [(key_name(row.arm),
                     *(_cell(row.measures[key], key) for key in keys), _difference(row, first))
                    for row in rows], caption=f"{caption} The last column: mean paired difference, in points.")
    if data.study.is_summarization:
        page.table(("opens with the source's first three words", "all", "source has a preamble", "it has none"),
                   [(key_name(row.arm), percent(row.first_three_words.all),
                     percent(row.first_three_words.with_preamble),
                     percent(row.first_three_words.without_preamble)) for row in rows])
        _where(page, data)
    settings = next(iter(data.details.values())).copying_settings
    controls = ("Reference, lead and random sentences (about as long as the responses) are controls. "
                if data.study.is_summarization else "")
    page.paragraph(f"{controls}{_intervals(data)} "
                   + "; ".join(f"{name.replace('_', ' ')}: {rule}" for name, rule in settings.items()
                               if name != "novel_ngrams") + ".",
                   kind="quiet")


def growth_sentence(row: CopyingGrowth, rows: Sequence[TextRow]) -> str:
    """What more labels did to copying, in words: a change is one whose interval leaves out zero."""
    said = []
    for key, measure in row.measures.items():
        mean, low, high = measure.difference.mean, measure.difference.low, measure.difference.high
        if mean is None or low is None or high is None:  # no text differs, or there is only one
            verdict, change = "no change" if measure.smallest == measure.largest else "no interval", ""
        else:
            verdict = "less copying" if low > 0 else "more copying" if high < 0 else "no change that can be told"
            change = (f" ({signed(100 * mean, 1)} points, {signed(100 * low, 1)} to {signed(100 * high, 1)}"
                      f"{_these_runs(measure.difference)})")
        others = ", ".join(f"{arm_name(other.arm.arm)} {percent(other.measures[key].mean)}" for other in rows
                           if other.arm.arm in ("zero_shot", "supervised", "reference", "lead"))
        said.append(f"{_name(key)} went from {percent(measure.smallest)} to {percent(measure.largest)}{change}: "
                    f"{verdict}" + (f" (beside it {others})" if others else ""))
    return f"{arm_name(row.arm)}, from {row.smallest:,} to {row.largest:,} labels: " + "; ".join(said) + "."


def _these_runs(found: MeanInterval) -> str:
    """What stands beside an interval over runs: the one about these policies only, in points."""
    these = found.these_runs
    if these is None or these.low is None or these.high is None:
        return "" if found.scope == "procedure" else "; these policies only"
    return f"; these runs {signed(100 * these.low, 1)} to {signed(100 * these.high, 1)}"


def _intervals(data: ReportData) -> str:
    """What the intervals of the tables are about."""
    return (f"{data.confidence} intervals: over training runs and test queries where there are two runs or more, so "
            f"that they hold for another run; else a bootstrap over test queries, about these policies only.")


def _where(page: Page, data: ReportData) -> None:
    """Where in the source the copied sentences stand, one panel a kind of policy and one for the baselines."""
    panels: dict[str, dict[str, list[float]]] = {}
    for key, details in data.details.items():
        counts = details.copied_sentence_positions
        if sum(counts):
            panel = panels.setdefault(key.arm if key.label_budget is not None else "baselines and controls", {})
            name = arm_name(key.arm) if key.label_budget is None else f"{key.label_budget:,} labels"
            panel[name] = [a + b for a, b in zip(panel.get(name, [0.0] * len(counts)), counts, strict=True)]
    if not panels:
        page.paragraph("No arm copied a whole sentence.", kind="quiet")
        return
    places = [5.0 + 10 * place for place in range(10)]
    page.figure({figure_name("copied sentences", title): curves(
                    {name: [(places, [100 * count / sum(counts) for count in counts])]
                     for name, counts in groups.items()}, title=arm_name(title), marker="o",
                    x_axis="place in the source, %", y_axis="copied sentences, %")
                 for title, groups in panels.items()},
                "Where in the source the copied sentences stand: 0 its beginning, 100 its end. Share of each arm's "
                "copied sentences, seeds together.")


def copying_and_preference(page: Page, data: ReportData) -> None:
    """Copying × accuracy × preference, which the paper could only sketch."""
    rows = data.results.copying_by_preference
    if not rows:
        return
    page.heading("What copying earns")
    kinds = {"none": "nothing copied", "some": "some sentences copied", "all": "all sentences copied"}
    page.table(("policy against", "its sentences", "names and numbers", "texts", "win rate"),
               [(f"{key_name(row.contrast.arm)} against {key_name(row.contrast.opponent)}", kinds[row.copied],
                 "all in the source" if row.accurate else "some invented", str(row.n),
                 (percent(row.win_rate), interval(row.ci_low, row.ci_high) if row.ci_low is not None
                  else row.why_undefined or "")) for row in rows], words=3,
               caption="How the simulated judge preferred the policy's text by how much of it is copied and whether it "
                       "is accurate: here, whether every name and number of it stands in the source. All budgets and "
                       "seeds together; texts without a whole sentence are left out.")


def examples(page: Page, data: ReportData) -> None:
    """The first test queries, with what the baselines and each budget's first seed wrote."""
    if not data.examples:
        return
    page.heading("Examples")
    page.paragraph("The first test queries, not chosen; each budget's first seed." + (
        " Marked: runs of three words or more that stand in the source; in the source, what the last policy copied."
        if data.study.is_summarization else ""), kind="quiet")
    for example in data.examples:
        source, responses = example.source, example.responses
        left = escape(example.query.strip())
        if source is not None and responses:
            left = marked(source, copied_spans(responses[-1].text, source).source)
        right = "".join(
            f"<div><h3>{escape(key_name(response.arm))}</h3>"
            f'<div class="text">{_response(response.text, source)}</div></div>' for response in responses)
        page.html(f'<div class="example"><div><h3>{"source" if source is not None else "query"}</h3>'
                  f'<div class="text">{left}</div></div><div class="responses">{right}</div></div>')


def _response(text: str, source: str | None) -> str:
    return escape(text) if source is None else marked(text, copied_spans(text, source).response)


def _name(key: str) -> str:
    return _NAMES.get(key, key.replace("_", " "))


def _cell(found: MeanInterval, key: str, *, difference: bool = False) -> tuple[str, str]:
    """A mean with its interval below: shares in percent, their differences in points."""
    scale, digits = (100, 1) if key in SHARES else (1, 3 if key in ROUGE_KEYS else 2)
    mean, low, high = (None if value is None else scale * value for value in (found.mean, found.low, found.high))
    if mean is None:
        return "undefined", ""
    write = signed if difference else number
    unit = "%" if key in SHARES and not difference else ""
    spread = "no interval" if low is None else f"{write(low, digits)} to {write(high, digits)}"
    return write(mean, digits) + unit, spread


def _difference(row: TextRow, key: str) -> tuple[str, str]:
    return _cell(row.difference[key], key, difference=True) if row.difference else ("–", "")
