"""Where the texts come from: the protocol `TextSource`, and the sources that a study file can name.

One of them, a data set of the hub, is in `hub.py`.

Constructing a source reads nothing; `check()` reads what can be read without a network and raises InputError;
`documents(split)` yields the texts of a split, always in the same order. No text is in two splits: where a
split has no files of its own it is cut off another by the rank of each text's digest, so that equal texts
stay together.
"""

from __future__ import annotations

import hashlib
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from harness.errors import InputError
from harness.hub import is_address
from harness.seeds import derive_seed
from harness.tasks.cleaning import Cleaning, clean_reference, clean_source
from harness.tasks.file_reading import chunks, files_below, json_rows, string_value
from harness.tasks.storyworld import reports, stories
from harness.text.copying import has_preamble

Split = Literal["train", "valid", "test"]
SPLITS: tuple[Split, ...] = ("train", "valid", "test")
HELD_OUT_SHARE = 0.05
"""The share of the training texts that becomes validation and that becomes test, when neither has its own."""


@dataclass(frozen=True)
class Document:
    """One text. reference, facts and has_preamble as in `records.Query`."""

    id: str
    text: str
    reference: str | None = None
    facts: tuple[tuple[str, ...], ...] = ()
    has_preamble: bool | None = None


class TextSource(Protocol):
    """What a task reads its texts from."""

    def check(self) -> None:
        """Raises InputError for texts that are missing, empty or malformed. Changes nothing."""

    def documents(self, split: Split) -> Iterator[Document]:
        """The split's texts, in the same order at every call."""

    def length(self, split: Split) -> int | None:
        """How many documents the split has, None when endless."""


# Read by pydantic when a source is part of a study: unknown keys are refused, as everywhere in a study file.
STRICT = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class StoryworldSource:
    """The embedded English. Endless; every split has a stream of its own."""

    __pydantic_config__: ClassVar[dict[str, str]] = STRICT
    kind: Literal["storyworld"] = "storyworld"
    genre: Literal["stories", "reports"] = "stories"
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.genre in ("stories", "reports"), f"genre is stories or reports, not {self.genre!r}")

    def check(self) -> None:
        """Nothing can be missing."""

    def length(self, split: Split) -> int | None:
        """None: endless."""
        return None

    def documents(self, split: Split) -> Iterator[Document]:
        """Passages or reports, numbered from 0."""
        seed = derive_seed(self.seed, "storyworld", split)
        if self.genre == "stories":
            for number, text in enumerate(stories(seed=seed)):
                yield Document(id=f"stories/{split}/{number}", text=text)
        else:
            for number, made in enumerate(reports(seed=seed)):
                yield Document(id=f"reports/{split}/{number}", text=made.text, reference=made.summary,
                               facts=made.facts, has_preamble=made.has_preamble)


_PATHS = ("path", "valid_path", "test_path")


class _FileSource(ABC):
    """What the sources of local files share: which files serve a split, and what share of their texts."""

    path: str
    valid_path: str | None
    test_path: str | None

    def __post_init__(self) -> None:
        """`~` is the home folder, before anything reads a path or makes a fingerprint of what it names."""
        for key in _PATHS:
            path = getattr(self, key)
            if path is not None:
                require(bool(path.strip()), f"{key} is empty")
                require(not is_address(path), f"{key} is an address, and no path")
                object.__setattr__(self, key, os.path.expanduser(path))

    @abstractmethod
    def _read(self, path: str, key: str) -> Iterator[Document]:
        """The documents of one of the paths. key: the study's key that names it, for errors."""

    def check(self) -> None:
        """Reads all files. InputError for a missing, empty or malformed one and for paths that overlap."""
        given = [(key, path) for key in _PATHS if (path := getattr(self, key))]
        places = [(key, path, Path(os.path.realpath(path))) for key, path in given]
        for position, (key, path, place) in enumerate(places):
            for other_key, _, other in places[:position]:
                if place == other or place in other.parents or other in place.parents:
                    raise InputError(f"it overlaps with {other_key}", file=path, key=key,
                                     cure="Give every split files of its own, or leave the key out.")
        for key, path in given:
            if sum(bool(document.text.strip()) for document in self._read(path, key)) == 0:
                raise InputError("there is no text in it", file=path, key=key, cure="Give files with text.")
        for split in SPLITS:
            if self.length(split) == 0:
                raise InputError(f"too little text for a {split} split of its own", file=self.path,
                                 key="path", cure="Give more text, or a file or folder for each split.")

    def length(self, split: Split) -> int | None:
        """How many documents, counted by reading them."""
        return sum(1 for _ in self.documents(split))

    def documents(self, split: Split) -> Iterator[Document]:
        """The split's own files, or its share of the files that it has to share."""
        own = {"train": self.path, "valid": self.valid_path, "test": self.test_path}
        key = {"train": "path", "valid": "valid_path", "test": "test_path"}
        sharing, home = who_shares(split, valid=bool(self.valid_path), test=bool(self.test_path))
        path = own[home]
        assert path is not None
        return share(lambda: self._read(path, key[home]), split, sharing)


@dataclass(frozen=True, kw_only=True)
class TextFiles(_FileSource):
    """Plain text: a `.txt` file or a folder of them, read recursively in the order of their names.

    Lines broken by hand are joined to paragraphs; a document is a chunk of whole paragraphs, about 2,000
    characters long.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = STRICT
    kind: Literal["text"] = "text"
    path: str
    valid_path: str | None = None
    test_path: str | None = None

    def _read(self, path: str, key: str) -> Iterator[Document]:
        for name, file in files_below(path, ".txt", key=key):
            for chunk in chunks(file):
                yield Document(id=f"{name}:{chunk.line}", text=chunk.text)


@dataclass(frozen=True, kw_only=True)
class JsonlPairs(_FileSource):
    """JSON Lines, a document a line: text at `source_key`, its human summary at `reference_key`, if any.

    A line may be a JSON string: a text without more, as in the passages of books released with the paper.
    clean: the paper's cleaning of that source.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = STRICT
    kind: Literal["jsonl"] = "jsonl"
    path: str
    valid_path: str | None = None
    test_path: str | None = None
    source_key: str = "text"
    reference_key: str | None = None
    id_key: str | None = None
    clean: Cleaning | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names("key", self.source_key, self.reference_key, self.id_key)

    def _read(self, path: str, key: str) -> Iterator[Document]:
        for name, file in files_below(path, ".jsonl", key=key):
            for line, row in json_rows(file, text_key=self.source_key):
                text = string_value(row, self.source_key, file=file, line=line)
                reference = self.reference_key and string_value(row, self.reference_key, file=file, line=line)
                if self.id_key and self.id_key not in row:
                    string_value(row, self.id_key, file=file, line=line)
                yield cleaned(Document(id=str(row[self.id_key]) if self.id_key else f"{name}:{line}", text=text,
                                       reference=reference or None), self.clean)


def cleaned(document: Document, kind: Cleaning | None) -> Document:
    """The document as the paper cleans its source, with the paper's rule for what is a preamble."""
    if kind is None:
        return document
    text = clean_source(document.text, kind)
    return replace(document, text=text, has_preamble=has_preamble(text, kind),
                   reference=document.reference and clean_reference(document.reference, kind))


def who_shares(split: Split, *, valid: bool, test: bool) -> tuple[tuple[Split, ...], Split]:
    """Which splits share their texts with this one, and whose texts these are.

    A split of its own shares with nobody. Without them, valid and test come out of train; when only one of
    them is given, the other takes half of it, so that the training texts stay whole.
    """
    if valid and test:
        return (split,), split
    if not valid and not test:
        return SPLITS, "train"
    if split == "train":
        return (split,), split
    return ("valid", "test"), "valid" if valid else "test"


def share(read: Callable[[], Iterable[Document]], split: Split,
           sharing: tuple[Split, ...]) -> Iterator[Document]:
    if len(sharing) == 1:
        yield from read()
        return
    ranked = sorted({_digest(document.text) for document in read()})
    if len(sharing) == 3:
        held = math.ceil(HELD_OUT_SHARE * len(ranked)) if len(ranked) >= 3 else 0
        bounds = {"test": (0, held), "valid": (held, 2 * held), "train": (2 * held, len(ranked))}
    else:
        bounds = {"test": (0, len(ranked) // 2), "valid": (len(ranked) // 2, len(ranked))}
    chosen = set(islice(ranked, *bounds[split]))
    yield from (document for document in read() if _digest(document.text) in chosen)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def require_names(what: str, source: str, reference: str | None, identity: str | None) -> None:
    require(bool(source), f"source_{what} is empty")
    require(reference != source, f"source_{what} and reference_{what} are both {source!r}")
    for name, value in (("reference", reference), ("id", identity)):
        require(value is None or bool(value), f"{name}_{what} is empty")
