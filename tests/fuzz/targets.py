"""What reads files from outside: studies, labels, ratings, texts, backups, records, responses."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from harness import analyze, raters, run, textstats
from harness.artifacts.label_files import imported_table
from harness.artifacts.outcome import check_files, read_outcome
from harness.engine.exported_runs import finished_studies, load_samples
from harness.errors import InputError, readable_inputs
from harness.labels.imported import LabelFormat, read_labels
from harness.ratings.drafting import Sizes, draft_study
from harness.ratings.leaks import scan
from harness.records import Contrast
from harness.results import file as results
from harness.statistics.ratings_file import read_ratings
from harness.study.externals import external_digests
from harness.study.loading import load_study, placed
from harness.study.plan import make_plan
from harness.tasks.sources import SPLITS, JsonlPairs, TextFiles
from harness.tasks.tokenizer import train_tokenizer
from harness.text.texts_file import read_texts
from harness.text.tokenization import load_tokenizer
from tests.fuzz import seeds
from tests.fuzz.checking import Target
from tests.fuzz.commands import at_home_in, run_command
from tests.fuzz.databases import mutate_database
from tests.fuzz.models import MODEL_TARGETS
from tests.fuzz.mutations import mutate_csv, mutate_json, mutate_jsonl, mutate_text, mutate_yaml

_STUDY = "study.yaml"
_SIZES = Sizes(items=4, overlap=1, gold=1, repeats=1, training=0, qualification=0)


def _inputs_of_studies(folder: Path) -> None:
    """What the sound studies name."""
    (folder / "texts.txt").write_bytes(seeds.PLAIN_TEXT)
    (folder / "pairs.jsonl").write_bytes(seeds.PAIRS_JSONL)
    (folder / "labels.jsonl").write_bytes(seeds.TEXT_LABELS)


def _read_study(path: Path, overrides: tuple[str, ...] = ()) -> None:
    with at_home_in(path.parent):
        study = load_study(path, overrides)
        if _reaches_out(study.document()):
            return
        try:
            with readable_inputs():
                externals = external_digests(study)
            make_plan(study, externals)
        except InputError as error:
            raise placed(error, path, overrides) from None


def _dry_run(path: Path) -> None:
    with at_home_in(path.parent):
        if not _reaches_out(load_study(path).document()):
            run_command(run.main, [str(path), "--dry-run"])


def _reaches_out(value: Any) -> bool:
    """Whether a study names a real place: it may, and reading all of a machine takes long."""
    if isinstance(value, dict):
        return any(map(_reaches_out, value.values()))
    if isinstance(value, list):
        return any(map(_reaches_out, value))
    return isinstance(value, str) and "/" in value and (".." in value or value.startswith(("/", "classifier:/")))


def _read_overrides(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "surrogateescape").replace("\0", "")  # no argument can hold a null
    study = path.parent / _STUDY
    _read_study(study, tuple(text.split("\n")[:20]))


def _study_beside(folder: Path) -> None:
    _inputs_of_studies(folder)
    (folder / _STUDY).write_bytes(seeds.CONTINUATION)


@cache
def _tokenizer() -> Any:
    return train_tokenizer(iter([seeds.PLAIN_TEXT.decode()] * 3), 400)


@cache
def _task() -> Any:
    return seeds.study(seeds.CONTINUATION).task


def _read_labels(form: LabelFormat, path: Path) -> None:
    labels = read_labels(path, form, _tokenizer(), candidates=2, budget=2, longest=24)
    for bare in (True, False):
        imported_table(labels, _task(), _tokenizer(), queries_are_bare=bare)


def _variant(path: Path, options: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """One of the options, chosen by the content: the same file is read in the same way again."""
    return options[zlib.crc32(path.read_bytes()) % len(options)]


def _analyze(path: Path) -> None:
    option = _variant(path, (("--json",), ("--skip-bad",), ("--majority", "--json"), ("--sensitivity",),
                             ("--looking-early",), ("--min-gold", "0.5", "--min-seconds", "1"),
                             ("--skip-bad", "--json")))
    run_command(analyze.main, [str(path), "--resamples", "20", *option])


def _textstats(path: Path) -> None:
    option = _variant(path, (("--json",), ("--skip-bad",), ("--stemmer", "--split-sentences"), ("--no-controls",),
                             ("--fragments", "exact", "--json"), ("--preamble", "tldr"), ("--case", "--skip-bad")))
    run_command(textstats.main, [str(path), "--resamples", "10", *option])


def _read_ratings(path: Path) -> None:
    """Without bad rows, where some remain, and with them."""
    with suppress(InputError):
        read_ratings(path, skip_bad=True)
    read_ratings(path)


def _read_texts(path: Path) -> None:
    tokenizer = load_tokenizer("regex", lowercase=True)
    with suppress(InputError):
        read_texts(path, tokenizer=tokenizer, skip_bad=True)
    read_texts(path, tokenizer=tokenizer)


def _read_source(source: TextFiles | JsonlPairs) -> None:
    source.check()
    for split in SPLITS:
        for document in source.documents(split):
            document.text.encode()
            (document.reference or "").encode()


def _restore(path: Path) -> None:
    url = ["--url", f"sqlite:///{path.with_name('ratings.db')}"]
    run_command(raters.main, [*url, "restore", str(path)])
    for command in ("list", "verify"):
        run_command(raters.main, [*url, command], done=(0, 1, 2))


def _store_beside(folder: Path) -> None:
    for left in folder.glob("ratings.db*"):
        left.unlink()
    (folder / "ratings.db").write_bytes(seeds.empty_store())


def _responses_beside(folder: Path) -> None:
    for name, content in (("samples.jsonl", seeds.SAMPLES), ("results.json", seeds.RESULTS)):
        (folder / "tiny" / name).write_bytes(content)


def _new_study(path: Path) -> None:
    """What the app's page for new studies reads."""
    found, unreadable = finished_studies(path.parents[1])
    for error in unreadable:
        raise error
    samples = load_samples(found[0])
    one, *others = sorted({each.arm for each in samples}, key=str)
    if others:
        with suppress(InputError):  # what cannot be compared is said of the arms that somebody chose
            scan(draft_study(samples, [Contrast(one, others[0])], _SIZES, seed=1).pairs)


def _read_outcome(folder: Path) -> None:
    read_outcome(folder)
    check_files(folder)


def _record(read: Callable[[Path], object], file: str, *content: bytes) -> Target:
    return Target(name=file, file=file, seeds=lambda: content, mutate=mutate_json, read=lambda path: read(path.parent))


TARGETS: dict[str, Target] = {target.name: target for target in (
    *MODEL_TARGETS,
    Target(name="study", file=_STUDY, mutate=mutate_yaml, prepare=_inputs_of_studies, read=_read_study,
           seeds=lambda: (seeds.CONTINUATION, seeds.SUMMARIZATION, seeds.PRESETS)),
    Target(name="study --dry-run", file=_STUDY, mutate=mutate_yaml, prepare=_inputs_of_studies, read=_dry_run,
           seeds=lambda: (seeds.CONTINUATION, seeds.SUMMARIZATION, seeds.PRESETS)),
    Target(name="study --set", file="overrides.txt", mutate=mutate_text, prepare=_study_beside, read=_read_overrides,
           seeds=lambda: seeds.OVERRIDES, names=("--set", _STUDY)),
    Target(name="labels, texts", file="labels.jsonl", mutate=mutate_jsonl, read=partial(_read_labels, "texts"),
           seeds=lambda: (seeds.TEXT_LABELS, seeds.TEXT_LABELS_BARE)),
    Target(name="labels, token ids", file="labels.json", mutate=mutate_json, read=partial(_read_labels, "token_ids"),
           seeds=lambda: (seeds.ID_LABELS,)),
    Target(name="ratings, CSV", file="ratings.csv", mutate=mutate_csv, read=_read_ratings,
           seeds=lambda: (seeds.RATINGS_CSV, seeds.RATINGS_CSV_FULL)),
    Target(name="ratings, JSONL", file="ratings.jsonl", mutate=mutate_jsonl, read=_read_ratings,
           seeds=lambda: (seeds.RATINGS_JSONL,)),
    Target(name="analyze", file="ratings.csv", mutate=mutate_csv, read=_analyze,
           seeds=lambda: (seeds.RATINGS_CSV, seeds.RATINGS_CSV_FULL)),
    Target(name="analyze, JSONL", file="ratings.jsonl", mutate=mutate_jsonl, read=_analyze,
           seeds=lambda: (seeds.RATINGS_JSONL,)),
    Target(name="texts, JSONL", file="texts.jsonl", mutate=mutate_jsonl, read=_read_texts,
           seeds=lambda: (seeds.TEXTS_JSONL,)),
    Target(name="texts, CSV", file="texts.csv", mutate=mutate_csv, read=_read_texts, seeds=lambda: (seeds.TEXTS_CSV,)),
    Target(name="textstats", file="texts.jsonl", mutate=mutate_jsonl, read=_textstats,
           seeds=lambda: (seeds.TEXTS_JSONL,)),
    Target(name="source, text", file="texts.txt", mutate=mutate_text, seeds=lambda: (seeds.PLAIN_TEXT,),
           read=lambda path: _read_source(TextFiles(path=str(path)))),
    Target(name="source, JSONL", file="pairs.jsonl", mutate=mutate_jsonl, seeds=lambda: (
        seeds.PAIRS_JSONL, seeds.STRINGS_JSONL), read=lambda path: _read_source(
            JsonlPairs(path=str(path), reference_key="summary", id_key="id", clean="tldr")
            if _variant(path, ((), ("all",))) else JsonlPairs(path=str(path)))),
    Target(name="raters restore", file="backup.db", mutate=mutate_database, prepare=_store_beside, read=_restore,
           seeds=lambda: (seeds.judged_study()[0], seeds.empty_store()), writes=True),
    _record(results.read_results, "results.json", seeds.RESULTS),
    Target(name="people.json", file="people.json", mutate=mutate_json, seeds=seeds.reports,
           read=lambda path: results.read_people(path.parent)),
    _record(results.read_measured, "measure.json", seeds.MEASURED),
    _record(results.read_outcomes, "outcomes.json", seeds.OUTCOMES),
    _record(_read_outcome, "outcome.json", *seeds.OUTCOMES_OF_STAGES),
    Target(name="samples.jsonl", file="tiny/samples.jsonl", mutate=mutate_jsonl, read=_new_study,
           seeds=lambda: (seeds.SAMPLES,)),
    Target(name="execution.json", file="tiny/execution.json", mutate=mutate_json, prepare=_responses_beside,
           read=_new_study, seeds=lambda: (seeds.EXECUTION,)),
)}
