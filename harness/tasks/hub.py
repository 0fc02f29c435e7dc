"""A text source that is a data set of the Hugging Face hub, or of a folder in its form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from harness.errors import InputError
from harness.hub import is_address
from harness.tasks.cleaning import Cleaning
from harness.tasks.file_reading import string_value, text_chunks
from harness.tasks.sources import (
    SPLITS,
    STRICT,
    Document,
    Split,
    cleaned,
    require,
    require_names,
    share,
    who_shares,
)


@dataclass(frozen=True, kw_only=True)
class HubDataset:
    """A data set through `datasets.load_dataset`: a name of the hub, or a folder of parquet or JSON files.

    valid_split, test_split: None when the data set has no such split; it is then cut off another. A part of a split
    is written `train[:95%]`. clean: the paper's cleaning of that source. passages: rows are whole books; each is cut
    into passages of whole paragraphs, about 2,000 characters long.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = STRICT
    kind: Literal["hub"] = "hub"
    name: str
    config: str | None = None
    source_column: str = "text"
    reference_column: str | None = None
    id_column: str | None = None
    train_split: str = "train"
    valid_split: str | None = "validation"
    test_split: str | None = "test"
    clean: Cleaning | None = None
    passages: bool = False

    def __post_init__(self) -> None:
        require(bool(self.name.strip()), "name is empty")
        require(not is_address(self.name), "name is an address: the hub's names are as owner/name")
        require_names("column", self.source_column, self.reference_column, self.id_column)
        splits = [name for name in (self.train_split, self.valid_split, self.test_split) if name is not None]
        require(all(splits), "the name of a split is empty")
        require(len(set(splits)) == len(splits), f"two splits have the same name: {', '.join(splits)}")

    def check(self) -> None:
        """Loads the data set, from the hub if need be, and looks for text in every split."""
        for split in SPLITS:
            if not any(document.text.strip() for document in self.documents(split)):
                raise InputError(f"there is no text in its {split} split", file=self.name, key="name",
                                 cure="Name other splits or another data set.")

    def length(self, split: Split) -> int | None:
        """How many documents, counted by reading them."""
        return sum(1 for _ in self.documents(split))

    def documents(self, split: Split) -> Iterator[Document]:
        """The rows of the data set's own split, or a share of another's."""
        names = {"train": self.train_split, "valid": self.valid_split, "test": self.test_split}
        sharing, home = who_shares(split, valid=bool(self.valid_split), test=bool(self.test_split))
        rows = self._load(str(names[home]))
        documents = share(lambda: self._read(rows, str(names[home])), split, sharing)
        return _passages(documents) if self.passages else documents

    def _load(self, split: str) -> Any:
        import datasets  # slow to import, and only this source needs it

        try:
            rows = datasets.load_dataset(self.name, self.config, split=split)
        except Exception as error:  # whatever hub, network or file reader raise
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise InputError(f"the data set's split '{split}' cannot be loaded ({lines[0][:200]})", file=self.name,
                             key="name", cure=self._cure()) from error
        for column in filter(None, (self.source_column, self.reference_column, self.id_column)):
            if column not in rows.column_names:
                raise InputError("the data set has no such column", file=self.name, key=column,
                                 cure=f"Its columns are: {', '.join(rows.column_names)}.")
        return rows

    def _cure(self) -> str:
        if self.passages:
            instead = "make folders of .txt files, a book each, and name them in a source of kind text"
        else:
            keys = " and ".join(filter(None, (self.source_column, self.reference_column)))
            instead = (f"put train.jsonl, valid.jsonl and test.jsonl with {keys} as keys into a folder and give their "
                       "paths to a source of kind jsonl")
        return f"Check name, config and splits. Without a network, {instead} (path, valid_path, test_path)."

    def _read(self, rows: Any, split: str) -> Iterator[Document]:
        place = Path(f"{self.name}:{split}")
        for number, row in enumerate(rows, start=1):
            reference = self.reference_column and string_value(row, self.reference_column, file=place, line=number)
            yield cleaned(Document(id=str(row[self.id_column]) if self.id_column else f"{split}:{number}",
                                   text=string_value(row, self.source_column, file=place, line=number),
                                   reference=reference or None), self.clean)


def _passages(books: Iterator[Document]) -> Iterator[Document]:
    for book in books:
        for number, (_, text) in enumerate(text_chunks(book.text)):
            yield replace(book, id=f"{book.id}#{number}", text=text)
