"""The command `harness`: hands its arguments to one of the commands, and imports that one alone."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Sequence

from harness import __version__

COMMANDS = {
    "run": "run a study: train every arm, sample, judge, and write report.html and results.json",
    "analyze": "win rates of a file of ratings, with their intervals",
    "textstats": "ROUGE and copying of a file of texts",
    "power": "how many items and raters a claim needs",
    "raters": "the owner's side of the rating app: invite, export, unblind, back up",
    "classifier": "train a classifier that labels in people's place",
    "export-labels": "a study's labels in the format of the paper's label files",
    "clean": "remove stages, downloads and temporary files that no study needs any more",
    "app": "serve the rating app",
    "mlflow": "serve MLflow's page on the runs of this folder",
}


def main(argv: Sequence[str] | None = None) -> int:
    """The command's exit code; 2 where there is no such command."""
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in ("-h", "--help", "help"):
        print(_help())
    elif name == "--version":
        print(f"harness {__version__}")
    elif name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        cure = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(COMMANDS)}."
        print(f"error: there is no command '{name}'. {cure}", file=sys.stderr)
        return 2
    else:
        return _command(name)(arguments)
    return 0


def _command(name: str) -> Callable[[Sequence[str]], int]:
    match name:
        case "run":
            from harness.run import main
        case "analyze":
            from harness.analyze import main
        case "textstats":
            from harness.textstats import main
        case "power":
            from harness.power import main
        case "raters":
            from harness.raters import main
        case "classifier":
            from harness.classifier import main
        case "export-labels":
            from harness.export_labels import main
        case "clean":
            from harness.clean import main
        case "app":
            from harness.app import main
        case _:
            from harness.mlflow_ui import main
    return main


def _help() -> str:
    lines = [f"  {name:<15}{line}" for name, line in COMMANDS.items()]
    return "\n".join(["usage: harness COMMAND ...", "", "Fine-tuning language models from human preferences.", "",
                      *lines, "", "`harness COMMAND --help` says more. Also: harness --version."])


if __name__ == "__main__":
    sys.exit(main())
