"""The command `harness export-labels`: writes a study's labels as a file that other programs read.

The format is that of the label files released with the paper: one JSON list of `query`, `sample0` ... and `best`, in
token ids of the study's base model. `labels.source: imported` with `format: token_ids` reads it again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.cli.arguments import CommandParser, count, positive_count
from harness.cli.command import run_command
from harness.errors import InputError
from harness.folders import ROOT, check_root


def main(argv: Sequence[str] | None = None) -> int:
    """Find, join, write. Exit codes: 0 done, 2 an argument is wrong or there are no labels, 4 the store refuses."""
    return run_command(_parser(), argv, run=run, show=_show)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the labels that the arm's (last) reward model is trained on. Raises InputError."""
    from harness.engine.tracking_uri import check_reachable, default_uri, store_exists

    check_root()
    uri = arguments.tracking_uri or default_uri(ROOT)
    if store_exists(uri):
        check_reachable(uri)

    from harness.artifacts.files import model_path
    from harness.artifacts.label_files import write_token_ids
    from harness.artifacts.label_table import LabelFiles
    from harness.engine.tracking import Tracking, refusals
    from harness.labels.draws import budget_numbers
    from harness.models.loading import load_tokenizer
    from harness.shipped import study_file
    from harness.study.externals import external_digests
    from harness.study.loading import load_study
    from harness.study.plan import make_plan
    from harness.study.slices import RewardModelSlice

    if arguments.out.is_dir():
        raise InputError("is a folder", file=str(arguments.out), key="--out", cure="Give the path of a .json file.")
    arguments.study = study_file(arguments.study)
    study = load_study(arguments.study, arguments.overrides)
    plan = make_plan(study, external_digests(study))
    budget = arguments.budget or max(study.labels.budgets)
    models = [(stage.arm, stage) for stage in plan.stages if stage.kind == "reward_model" and stage.arm is not None]
    trained = [stage for arm, stage in models if arm.label_budget == budget and arguments.arm in (None, arm.arm)
               and arguments.seed in (None, arm.seed)]
    if not trained:
        of_arm = f" of the arm {arguments.arm}" if arguments.arm else ""
        of_arm += f" with seed {arguments.seed}" if arguments.seed is not None else ""
        budgets = ", ".join(map(str, study.labels.budgets))
        arms = ", ".join(dict.fromkeys(arm.arm for arm, _ in models)) or "none"
        raise InputError(f"the study has no reward model of {budget} labels{of_arm}", file=arguments.study,
                         cure=f"Its budgets are {budgets}; its arms with a reward model: {arms}.")
    base = next(stage for stage in plan.stages if stage.kind in ("base_model", "pretrain"))
    last = [stage for stage in trained if stage.arm == trained[0].arm][-1]
    wanted = last.inputs.in_order("labels")
    folders = []
    with refusals(uri):
        store = Tracking(uri, root=ROOT, writes=False) if store_exists(uri) else None
        for fingerprint in (base.fingerprint, *wanted):
            found = store.finished(fingerprint) if store is not None else None
            if store is None or found is None:
                raise InputError("its labels are not there yet", file=arguments.study,
                                 cure="Run the study first, with the same --set and --tracking-uri.")
            folders.append(store.fetch(found))
    labels = LabelFiles(folders[1:])
    assert isinstance(last.settings, RewardModelSlice)
    own = budget_numbers(budget, last.settings.draw, there=len(labels))
    tokenizer = load_tokenizer(model_path(folders[0]))
    try:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        write_token_ids(arguments.out, labels.batches(own), study.task, tokenizer)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=str(arguments.out), key="--out",
                         cure="Give the path of a file that can be written.") from None
    return {"file": str(arguments.out), "labels": len(own), "source": study.labels.source}


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="harness export-labels",
        description="Write a finished study's labels in the format of the label files released with the paper.")
    parser.add_argument("study", metavar="STUDY.yaml", help="the study that was run: its file, or a shipped one's name")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the .json file to write")
    parser.add_argument("--budget", type=positive_count, metavar="N", help="which label budget (default: the largest)")
    parser.add_argument("--arm", metavar="ARM", help="whose labels, where arms have different ones (collected online)")
    parser.add_argument("--seed", type=count, metavar="N",
                        help="whose labels, where each seed has some of its own (default: the first)")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="as the study was run")
    parser.add_argument("--tracking-uri", default=None, metavar="URI", help="as the study was run")
    parser.add_argument("--json", action="store_true", help="print the result for machines")
    return parser


def _show(result: dict[str, Any]) -> None:
    print(f"{result['labels']:,} {result['source']} labels: {result['file']}")


if __name__ == "__main__":
    sys.exit(main())
