"""The command `harness run`: loads a study file, plans its stages, runs those that are missing, and writes the report.

Exit codes: 0 done, 1 a stage failed, 2 the study file or an argument is wrong, 3 waiting for people, 4 the tracking
server, its artifact store or the disk refuses, 5 the tracking server cannot be reached. After Ctrl-C: 130, after
SIGTERM: 143.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.arguments import CommandParser, jobs
from harness.engine.interrupts import STOPS
from harness.errors import InputError, MissingInput, readable_inputs
from harness.folders import ROOT, check_folder, check_root
from harness.imports import without_collector
from harness.passwords import without_password

if TYPE_CHECKING:
    from harness.engine.execution import Execution
    from harness.engine.local import Executor
    from harness.engine.resources import Resources
    from harness.engine.screen import LineScreen, LiveScreen
    from harness.study.plan import Plan
    from harness.study.spec import StudySpec


def main(argv: Sequence[str] | None = None) -> int:
    """Run a study; returns the exit code."""
    with STOPS.taken():
        try:
            arguments = _parser().parse_args(argv)
            with ExitStack() as starting:
                starting.enter_context(without_collector())
                return _run(arguments, starting)
        except (Exception, KeyboardInterrupt) as error:
            return _ended_by(error)


def _ended_by(error: BaseException) -> int:
    """Say in one line what ended the command, unless it is a fault of the harness; the exit code."""
    if STOPS.struck or isinstance(error, KeyboardInterrupt):  # struck in the middle of an import, it has other names
        print("\nstopped; the same command goes on from here", file=sys.stderr, flush=True)
        return STOPS.exit_code
    if isinstance(error, InputError):
        print(f"error: {error}", file=sys.stderr, flush=True)
        return error.exit_code
    traceback.print_exception(error)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="harness run",
        description="Run a study: train every arm, sample, judge, and write report.html and results.json.",
        epilog="Exit codes: 0 done, 1 a stage failed, 2 the study file or an argument is wrong, 3 waiting for people, "
               "4 the tracking server, its artifact store or the disk refuses, 5 the tracking server cannot be "
               "reached (after 15 minutes, or the seconds in HARNESS_SERVER_PATIENCE), 130 stopped by Ctrl-C.")
    parser.add_argument("study", metavar="STUDY.yaml",
                        help="the study file, or the name of one that comes with the harness, as `quick`")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="override one key, dotted: --set ppo.episodes=4096 (may be repeated)")
    parser.add_argument("--jobs", type=jobs, default=None, metavar="N",
                        help="how many stages at once; `auto`, the default, looks at the cores and the model's size")
    parser.add_argument("--cluster", default=None, metavar="ADDRESS",
                        help="run the stages on a Ray cluster: `auto`, `HOST:PORT`, or `local` to start Ray "
                             "here; mlruns/ must lie where every machine sees it")
    parser.add_argument("--dry-run", action="store_true",
                        help="print the stages, which are cached, and what the rest would cost; train nothing")
    parser.add_argument("--tracking-uri", default=None, metavar="URI",
                        help="an MLflow server or database (default: mlruns/mlflow.db)")
    parser.add_argument("--output", type=Path, default=None, metavar="DIR",
                        help="where report.html and results.json are copied (default: mlruns/reports/STUDY/)")
    return parser


def _run(arguments: argparse.Namespace, starting: ExitStack) -> int:
    from harness.shipped import study_file
    from harness.study.loading import load_study, placed

    # Threads that spin while they wait make a stage several times slower on a machine that others use too; it is read
    # when torch is loaded, here or in a worker.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    arguments.study = study_file(arguments.study)
    study = load_study(arguments.study, arguments.overrides)
    try:
        return _plan(study, arguments, starting)
    except InputError as error:
        raise placed(error, arguments.study, arguments.overrides) from None


def _plan(study: StudySpec, arguments: argparse.Namespace, starting: ExitStack) -> int:
    from harness.engine.tracking_uri import check_reachable, default_uri

    check_root()
    uri = arguments.tracking_uri or default_uri(ROOT)
    check_reachable(uri)

    from harness.engine.exported_runs import check_output, judged_elsewhere
    from harness.study.externals import external_digests
    from harness.study.plan import make_plan

    check_output(_output(study, arguments), key="--output" if arguments.output else None)
    absent: list[MissingInput] = []
    with readable_inputs():
        externals = external_digests(study, absent=absent if arguments.dry_run else None)
    plan = make_plan(study, externals)
    people = judged_elsewhere(plan)
    if people:
        plan = make_plan(study, externals, people)
    if not (arguments.dry_run or os.path.exists(_output(study, arguments))):  # a study without a report must run
        _load_ahead(study, arguments)

    from harness.engine.tracking import refusals

    with refusals(uri):
        return _look(plan, uri, arguments, starting, absent)


def _look(plan: Plan, uri: str, arguments: argparse.Namespace, starting: ExitStack, absent: list[MissingInput]) -> int:
    """What of the plan is there decides what is read and done. absent: files that are not there yet."""
    from harness.engine.tracking import Tracking
    from harness.engine.tracking_uri import store_exists

    if arguments.dry_run:
        from harness.engine.dry_run import print_plan

        store = Tracking(uri, root=ROOT, writes=False) if store_exists(uri) else None
        print_plan(plan, store, absent=absent)
        return 0
    from harness.engine.preflight import check_inputs

    check_folder(ROOT)
    if arguments.output is not None:
        check_folder(arguments.output, key="--output")
    store = Tracking(uri, root=ROOT) if store_exists(uri) else None
    if store is None or store.finished(plan.report.fingerprint) is None:  # else nothing is read any more
        queries = next(stage for stage in plan.stages if stage.kind == "queries")
        known = store is not None and store.finished(queries.fingerprint) is not None
        with readable_inputs():
            check_inputs(plan.study, queries_are_known=known, on_cluster=arguments.cluster is not None)
        _load_ahead(plan.study, arguments)
    return _execute(plan, uri, arguments, starting)


def _output(study: StudySpec, arguments: argparse.Namespace) -> Path:
    return arguments.output or ROOT / "reports" / study.study


def _load_ahead(study: StudySpec, arguments: argparse.Namespace) -> None:
    """What workers import loads beside what this process still has to import itself. A second call does nothing."""
    from harness.engine.resources import choose_resources

    if arguments.cluster is None and choose_resources(study, arguments.jobs).jobs > 1:
        from harness.engine.local import load_ahead

        load_ahead()


def _execute(plan: Plan, uri: str, arguments: argparse.Namespace, starting: ExitStack) -> int:
    """starting: what ends when the stages begin."""
    from harness.engine.execution import Runner
    from harness.engine.patience import Patience
    from harness.engine.resources import choose_resources
    from harness.engine.screen import LineScreen, LiveScreen, console_for
    from harness.engine.store_errors import refusal
    from harness.engine.summary import publish_results, say_what_happened
    from harness.engine.tracking import Tracking

    console = console_for(sys.stdout)
    screen = LiveScreen(console) if console.is_terminal else LineScreen(sys.stdout)
    resources = choose_resources(plan.study, arguments.jobs)
    executor = _executor(arguments, resources, screen)
    try:
        tracking = Tracking(uri, root=ROOT, patience=Patience(without_password(uri), say=screen.note))
        starting.close()
        execution = Runner(plan, tracking=tracking, executor=executor, screen=screen, cores=resources.cores,
                           narrow_threads=resources.narrow_threads).run()
    except (Exception, KeyboardInterrupt) as error:
        STOPS.ignore()
        screen.close()
        code = _ended_by(refusal(error, uri) or error)
        executor.abandon(code)
        return code
    screen.close()
    executor.close()
    output = _output(plan.study, arguments)
    if execution.plan.report.fingerprint in execution.refs:
        publish_results(execution.plan, execution, tracking, output, jobs=resources.jobs)
    say_what_happened(execution.plan, execution, console, output)
    return exit_code(execution)


def _executor(arguments: argparse.Namespace, resources: Resources, screen: LineScreen | LiveScreen) -> Executor:
    """This process for one job, else processes; a Ray cluster where the user names one."""
    if arguments.cluster is not None:
        from harness.engine.ray_cluster import RayCluster

        return RayCluster(arguments.cluster, arguments.jobs, resources.narrow_threads, screen.progress)
    from harness.engine.local import InThisProcess, ProcessPool

    return InThisProcess(screen.progress) if resources.jobs == 1 else ProcessPool(resources.jobs, screen.progress)


def exit_code(execution: Execution) -> int:
    """2 when a stage found its input wrong, 1 when one failed otherwise, 3 when people are awaited, else 0."""
    return 2 if execution.wrong_input else 1 if execution.failures else 3 if execution.pending else 0


if __name__ == "__main__":
    sys.exit(main())
