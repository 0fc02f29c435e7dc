"""What the terminal shows says the same as the report."""

from rich.console import Console

from harness.reporting.terminal import win_rate_table
from tests.result_records import rate, results_of, win_rate_row


def _shown(results) -> list[list[str]]:
    console = Console(width=100)
    with console.capture() as shown:
        console.print(win_rate_table(results))
    return [line.split() for line in shown.get().splitlines()]


def test_the_p_values_on_the_terminal_are_those_of_the_report():
    rows = [win_rate_row(p_value_gatekept=0.126),
            win_rate_row(baseline="reference", confirmatory=False, p_value_gatekept=None, p_value_explored=0.034)]
    lines = {line[2]: line[-1] for line in _shown(results_of(win_rates=rows)) if line[:1] == ["rl"]}
    assert lines == {"zero-shot": ".126", "reference": ".034"}


def test_a_rate_that_cannot_be_had_is_undefined():
    row = win_rate_row(found=rate(None, ci_low=None, ci_high=None), p_value_gatekept=None)
    (line,) = [line for line in _shown(results_of(win_rates=[row])) if line[:1] == ["rl"]]
    assert line[3:5] == ["undefined", "undefined"]
