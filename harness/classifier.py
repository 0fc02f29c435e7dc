"""The command `harness classifier`: trains a text classifier that labels in people's place.

A study names it as its scorer, `classifier:OUT`: the paper's mock task (Ziegler 3.1.1).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.cli.arguments import CommandParser, positive
from harness.cli.command import run_command

_SHARE_HELD_OUT = 0.1
_VOCABULARY = 4096


def main(argv: Sequence[str] | None = None) -> int:
    """Read, train, save. Exit codes: 0 done, 2 the file or an argument is wrong."""
    return run_command(_parser(), argv, run=run, show=_show)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Train on nine tenths of the rows and save; the accuracy on the rest, and what it was trained with."""
    from harness.errors import InputError
    from harness.hub import first_contact
    from harness.json_records import write_json
    from harness.models.classifiers import Classifier
    from harness.models.loading import ModelShape, load_tokenizer
    from harness.models.memory import prepare_process
    from harness.seeds import derive_seed, numpy_generator
    from harness.tasks.tokenizer import train_tokenizer
    from harness.training.classifier_fit import classifier_accuracy, fit_classifier
    from harness.training.settings import LanguageModelFitSettings

    rate = arguments.learning_rate or (5e-5 if arguments.base_model else 1e-3)
    try:
        settings = LanguageModelFitSettings(learning_rate=rate, batch_size=32, epochs=arguments.epochs,
                                            weight_decay=0.01)
    except ValueError as error:
        raise InputError(str(error), cure="Change the option.") from None
    texts, labels, classes = _read(arguments.texts)
    order = numpy_generator(arguments.seed, "held out").permutation(len(texts))
    held_out, train = (rows.tolist() for rows in (order[:round(_SHARE_HELD_OUT * len(texts))],
                                                  order[round(_SHARE_HELD_OUT * len(texts)):]))
    if arguments.base_model:
        base: str | ModelShape = arguments.base_model
        with first_contact([arguments.base_model]):
            tokenizer = load_tokenizer(arguments.base_model)
    else:
        tokenizer = train_tokenizer((texts[row] for row in train), _VOCABULARY)
        base = ModelShape(layers=1, width=64, heads=4, context=128, vocab_size=len(tokenizer))
        tokenizer.model_max_length = base.context
    _make_folder(arguments.out)
    prepare_process()
    classifier = Classifier.new(tokenizer, classes, base=base, seed=derive_seed(arguments.seed, "weights"))
    fit_classifier(classifier, texts=[texts[row] for row in train], labels=[labels[row] for row in train],
                   settings=settings, seed=derive_seed(arguments.seed, "order"), on_step=_progress)
    accuracy = classifier_accuracy(classifier, texts=[texts[row] for row in held_out],
                                   labels=[labels[row] for row in held_out])
    classifier.save_pretrained(arguments.out)
    result = {"classes": classes, "positive": classes[classifier.positive], "trained_on": len(train),
              "held_out": len(held_out), "held_out_accuracy": accuracy, "base_model": arguments.base_model,
              "epochs": arguments.epochs, "learning_rate": rate, "seed": arguments.seed,
              "texts": arguments.texts.name, "folder": str(arguments.out)}
    write_json(arguments.out / "trained.json", {**result, "folder": arguments.out.name})
    return result


def _read(path: Path) -> tuple[list[str], list[int], list[str]]:
    """Texts, the class of each, and the classes by name. Raises InputError that names the line."""
    from harness.cli.rows import BadRows, read_rows
    from harness.errors import InputError

    bad = BadRows(str(path), skip=False, can_skip=False)
    rows = []
    for line, row in read_rows(path, bad):
        for key in ("text", "label"):
            if not isinstance(row.get(key), str) or not row[key].strip():
                bad.report(f"a row needs a text under '{key}'", line=line, key=key)
        rows.append((row["text"], row["label"]))
    classes = sorted({label for _, label in rows})
    if len(classes) < 2 or len(rows) < 20:
        raise InputError(f"{len(rows)} rows of {len(classes)} classes are too few", file=str(path),
                         cure="Give 20 rows or more of 2 classes or more.")
    return [text for text, _ in rows], [classes.index(label) for _, label in rows], classes


def _make_folder(out: Path) -> None:
    """Before the minutes of training. Raises InputError."""
    from harness.errors import InputError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder cannot be made ({error.strerror})", file=str(out), key="out",
                         cure="Give a folder that can be written.") from None


def _progress(step: int, total: int, metrics: dict[str, float]) -> None:
    if step == total or step % max(1, total // 10) == 0:
        print(f"step {step} of {total}, loss {metrics['train/loss']:.3f}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="harness classifier", description="Train a text classifier, for a study's simulated labeler.",
        epilog="A study then says `labels: {source: simulated, labeler: {scorer: 'classifier:OUT', noise: 0}}`. The "
               "score is the log odds of the class whose name begins with 'pos', else of the last in the alphabet.")
    parser.add_argument("texts", type=Path, help="a .jsonl or .csv file with the keys text and label")
    parser.add_argument("out", type=Path, help="the folder to write")
    parser.add_argument("--base-model", metavar="NAME", help="a pretrained model to begin from, a folder or a hub name "
                                                             "(default: a GPT-2 of one layer, from scratch)")
    parser.add_argument("--epochs", type=positive, default=2.0, help="over the texts (default 2)")
    parser.add_argument("--learning-rate", type=positive, help="(default 1e-3; with a pretrained model 5e-5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the result for machines")
    return parser


def _show(result: dict[str, Any]) -> None:
    print(f"accuracy {100 * result['held_out_accuracy']:.1f}% on {result['held_out']} held-out texts\n"
          f"scorer: classifier:{result['folder']}")


if __name__ == "__main__":
    sys.exit(main())
