"""The command `harness raters`: what a study's owner does with raters, judgments and backups.

Exit codes: 0 done, 1 something does not verify, 2 wrong use, 4 the disk is full.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from harness.cli.arguments import CommandParser, link_days
from harness.cli.command import reader_has_enough
from harness.disk_full import full_disk
from harness.durable import replaced
from harness.errors import InputError
from harness.passwords import without_password
from harness.ratings import custody
from harness.ratings.access import check_rater
from harness.ratings.database import Database, StoreUnavailable, database_url
from harness.ratings.export import export_rows, to_csv, to_jsonl, to_parquet
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import StudyKind
from harness.ratings.store import RatingStore, open_store


def main(argv: Sequence[str] | None = None) -> int:
    """Read the arguments, do it, say it in a line or two."""
    options = _parser().parse_args(argv)
    act: Callable[[argparse.Namespace], int] = options.act
    try:
        done = act(options)
        sys.stdout.flush()
        return done
    except BrokenPipeError:
        reader_has_enough()
        return 0
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except StoreUnavailable as error:
        full = full_disk(error, database_url(options.url).database or ".")
        print(f"error: {full} Nothing was changed." if full else
              f"error: the rating store cannot be used: {error}. Nothing was changed", file=sys.stderr)
        return full.exit_code if full else 2


def _invite(options: argparse.Namespace) -> int:
    base = _base_url(options.base_url)
    check_rater(options.handle, options.email)
    store = open_store(options.url)
    known = {rater.handle: rater.id for rater in store.raters()}
    if options.handle in known and options.email is not None:
        raise InputError(f"{options.handle} is known already, and keeps the address given then, if any", key="--email",
                         cure="Leave it out, or invite under another pseudonym")
    rater_id = known.get(options.handle) or store.add_rater(options.handle, email=options.email)
    print(f"{base}/join/{store.invite(rater_id, days=options.days)}")
    print(f"The link works once, within {options.days:g} days, and is shown only now.", file=sys.stderr)
    return 0


def _base_url(text: str) -> str:
    """The address before `/join/...`, checked before anybody is added: whoever gets the link can only follow it."""
    wrong = InputError(f"{text!r} is no address that a browser can open", key="--base-url",
                       cure="Write where the app runs, as in https://rate.example.org")
    try:
        parts = urlsplit(text)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong from None
    plain = text.isprintable() and not any(letter in " ?#@\\\"'<>" for letter in text)
    if not (sound and plain and parts.scheme in ("http", "https")):
        raise wrong
    return text.rstrip("/")


def _store(options: argparse.Namespace) -> RatingStore:
    """The store that is there. Raises InputError where there is none: a mistyped address must not make another."""
    database = Database(database_url(options.url))
    if not database.is_made():
        empty = database.path is not None and database.path.exists()
        raise InputError("the file is empty, no rating store" if empty else "there is no rating store",
                         file=without_password(database.url.database or ""),
                         key=None if options.url is None else "--url",
                         cure="Write where it is with --url or in HARNESS_RATINGS_URL. The app, a study with human "
                              "labels and `harness raters invite` make a new one")
    return open_store(options.url)


def _list(options: argparse.Namespace) -> int:
    store = _store(options)
    if not store.raters() and not store.studies():
        print(f"There are no raters and no studies yet in {store.database.address}.")
    for rater in store.raters():
        state = ("erased" if rater.erased_at else "shut out" if rater.revoked_at
                 else "signed in" if rater.has_signed_in else "invited")
        print(f"{rater.handle:<24} {state:<10} since {_day(rater.created_at)}"
              f"{'  simulated' if rater.simulated else ''}")
    for study in store.studies():
        found = store.coverage(study.id)
        print(f"study {study.name}: {study.kind}, {study.state}, {found.judged} of {found.wanted} judgments"
              f"{', simulated' if study.simulated else ''}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    store = _store(options)
    store.revoke(store.rater_id(options.handle))
    print(f"{options.handle} is shut out; the judgments stay.")
    return 0


def _erase(options: argparse.Namespace) -> int:
    store = _store(options)
    rater_id = store.rater_id(options.handle)
    if not options.yes:
        raise InputError(f"this erases {options.handle} for good", key="--yes", cure="Repeat it with --yes")
    print(f"{options.handle} is erased, with {store.erase_rater(rater_id)} judgments.")
    return 0


def _export(options: argparse.Namespace) -> int:
    store = _store(options)
    if options.rater and (options.study or options.format in ("csv", "parquet")):
        raise InputError("a rater's data is one JSON file, of every study", key="--rater",
                         cure="Leave out the study and --format")
    if options.rater:
        content: str | bytes = json.dumps(store.export_rater(store.rater_id(options.rater)), indent=1,
                                          ensure_ascii=False) + "\n"
    else:
        content = _study_export(store, options)
    if options.output is None:
        sys.stdout.write(content if isinstance(content, str) else "")
    else:
        try:
            with replaced(Path(options.output)) as temporary:
                temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise full_disk(error, options.output) or InputError(
                f"it cannot be written: {error.strerror}", file=options.output) from None
        print(f"written: {options.output}")
    return 0


def _study_export(store: RatingStore, options: argparse.Namespace) -> str | bytes:
    if options.study is None:
        raise InputError("what to export is not said", cure="Name a study, or a rater with --rater")
    rows = export_rows(store, _named(store, options.study).id)
    kind = options.format or (Path(options.output).suffix.lstrip(".") if options.output else "csv")
    if kind not in ("csv", "jsonl", "parquet"):
        raise InputError("its ending gives no format", file=options.output,
                         cure="Let it end with .csv, .jsonl or .parquet, or add --format")
    if kind == "parquet":
        if options.output is None:
            raise InputError("parquet is not for a terminal", key="--output", cure="Name a file with --output")
        return to_parquet(rows)
    return to_csv(rows) if kind == "csv" else to_jsonl(rows)


def _named(store: RatingStore, name: str) -> StudyInfo:
    """The study of that name, of either kind. Raises InputError that lists the names there are."""
    studies = store.studies()
    found = next((study for study in studies if study.name == name), None)
    if found is None:
        names = ", ".join(repr(study.name) for study in studies) or "none"
        raise InputError(f"there is no study named {name!r} in the rating store", cure=f"It has: {names}")
    return found


def _evaluation(store: RatingStore, name: str) -> StudyInfo:
    """The evaluation of that name. Raises InputError for one that collects labels: it has no end but its labels."""
    named = {study.kind for study in store.studies() if study.name == name}
    if named == {StudyKind.LABELS}:
        raise InputError(f"{name!r} collects labels: it is not closed, and has no report",
                         cure="Its study's command goes on by itself when all labels are there")
    return store.study(store.study_id(name))


def _backup(options: argparse.Namespace) -> int:
    _store(options).backup(Path(options.file))
    print(f"written: {options.file}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    database = Database(database_url(options.url))
    kept = custody.restore(database, Path(options.file))
    database.migrate()
    print(f"restored from {options.file}" + (f"; what was there is kept as {kept}" if kept else ""))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from harness.results.file import reproduces
    from harness.results.people import study_document

    store = _store(options)
    if store.database.path is not None and (problem := custody.integrity(store.database.path)):
        print(f"the database file is damaged: {problem}")
        return 1
    studies = store.studies() if options.study is None else [_named(store, options.study)]
    if not studies:
        print(f"There are no studies yet in {store.database.address}.")
    sound = True
    for study in studies:
        found = store.verify(study.id)
        problems = list(found.problems)
        filed = store.report(study.id)
        document = study_document(store, study.id) if filed is not None and not problems else None
        if filed is not None and document is not None and not reproduces(filed, document):
            problems.append(f"the report cannot be reproduced ({found.erased} judgments were erased)" if found.erased
                            else "the report cannot be reproduced")
        how = "byte for byte" if filed == document else "number for number, in the keys of a former version"
        whole = "whole" if filed is None else f"whole, and its report is reproduced {how}"
        said = "; ".join(problems) or whole
        print(f"{study.name}: {found.judgments} judgments, {found.erased} erased, head {found.head[:16]}: {said}")
        sound &= not problems
    return 0 if sound else 1


def _close(options: argparse.Namespace) -> int:
    store = _store(options)
    study = _evaluation(store, options.study)
    store.close(study.id)
    print(f"{study.name} is {study.state if study.state == 'unblinded' else 'closed'}: no more judgments are taken.")
    return 0


def _report(options: argparse.Namespace) -> int:
    from harness.results.people import study_report

    store = _store(options)
    text = study_report(store, _evaluation(store, options.study).id)
    print(json.dumps(json.loads(text), indent=1, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="harness raters", description="The owner's side of the rating app.")
    parser.add_argument("--url", help="the rating store (default: HARNESS_RATINGS_URL, else mlruns/ratings.db)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(act=act)
        return made

    invite = command("invite", _invite, "a one-time link for a rater, new or known")
    invite.add_argument("handle", help="the rater's pseudonym")
    invite.add_argument("--email", help="for sign-in through an identity provider; stored hashed")
    invite.add_argument("--days", type=link_days, default=14, help="how long the link works (default: 14)")
    invite.add_argument("--base-url", default="http://localhost:8501", help="where the app runs")
    command("list", _list, "raters and studies")
    command("revoke", _revoke, "shut a rater out; the judgments stay").add_argument("handle")
    erase = command("erase", _erase, "take a rater out with all judgments")
    erase.add_argument("handle")
    erase.add_argument("--yes", action="store_true", help="yes, for good")
    export = command("export", _export, "a study's judgments, or everything of one rater")
    export.add_argument("study", nargs="?")
    export.add_argument("--rater", help="everything that is stored of this rater, as JSON")
    export.add_argument("--format", choices=["csv", "jsonl", "parquet"])
    export.add_argument("--output", "-o", help="a file; its ending gives the format")
    command("backup", _backup, "a consistent copy while the app runs").add_argument("file")
    command("restore", _restore, "put a backup in the store's place (stop the app first)").add_argument("file")
    command("verify", _verify, "replay the chains and reproduce the reports").add_argument("study", nargs="?")
    command("close", _close, "take no more judgments").add_argument("study", help="the study's name")
    command("report", _report, "unblind a closed study and print its report").add_argument("study")
    return parser


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d")


if __name__ == "__main__":
    sys.exit(main())
