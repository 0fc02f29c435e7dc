"""What the terminal shows says the same as the report."""

from rich.console import Console

from harness.engine.summary import _win_rate_table


def _row(baseline, *, gatekept, explored):
    return {"arm": "rl", "label_budget": 250, "baseline": baseline, "judge": "simulated", "win_rate": 0.7,
            "ci_low": 0.6, "ci_high": 0.8, "by_seed": [{"seed": 1, "win_rate": 0.7}], "p_value_holm": 0.001,
            "confirmatory": explored is None, "p_value_gatekept": gatekept, "p_value_explored": explored}


def test_the_p_values_on_the_terminal_are_those_of_the_report():
    rows = [_row("zero_shot", gatekept=0.126, explored=None), _row("reference", gatekept=None, explored=0.034)]
    console = Console(width=100)
    with console.capture() as shown:
        console.print(_win_rate_table({"people": [], "simulated_labels": True, "win_rates": rows}))
    lines = {line.split()[2]: line.split()[-1] for line in shown.get().splitlines() if " rl " in line}
    assert lines == {"zero-shot": ".126", "reference": ".034"}
