"""What fuzzing has come to so far, target by target: counts, and the inputs on which a reader failed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

_SHOWN = 4000


@dataclass
class Counts:
    """Inputs that were tried: so many were read, so many refused as they should be, and so many failed."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0


class Tally:
    """One target's folder below `root`: counts.json, the corpus, and failures with their tracebacks."""

    def __init__(self, root: Path, target: str) -> None:
        self.folder = root / re.sub(r"[^a-z0-9]+", "-", target.lower()).strip("-")
        self.corpus, self.failures = self.folder / "corpus", self.folder / "failures"
        for folder in (self.corpus, self.failures):
            folder.mkdir(parents=True, exist_ok=True)
        self._file = self.folder / "counts.json"
        self.counts = Counts(**json.loads(self._file.read_text())) if self._file.exists() else Counts()

    def save(self) -> None:
        """Whole or not at all: a kill loses only what was counted since."""
        temporary = self._file.with_suffix(".part")
        temporary.write_text(json.dumps(asdict(self.counts)))
        os.replace(temporary, self._file)

    def failure(self, content: bytes, error: BaseException | str) -> None:
        """Keep an input. Those that fail in the same way at the same line of the harness are kept once, the shortest.
        """
        self.counts.failed += 1
        name = _name(error)
        kept = self.failures / name
        if kept.exists() and len(kept.read_bytes()) <= len(content):
            return
        kept.write_bytes(content)
        said = error if isinstance(error, str) else "".join(traceback.format_exception(error))
        kept.with_suffix(".txt").write_text(said[-_SHOWN:], errors="backslashreplace")

    def failing(self) -> list[Path]:
        """The inputs that are kept."""
        return sorted(path for path in self.failures.iterdir() if path.suffix != ".txt")

    def forget(self, path: Path) -> None:
        """This input fails no more."""
        path.unlink()
        path.with_suffix(".txt").unlink(missing_ok=True)


def _name(error: BaseException | str) -> str:
    if isinstance(error, str):
        return re.sub(r"\W+", "-", error)[:40]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/harness/" in frame.filename]
    place = f"{Path(frames[-1].filename).stem}-{frames[-1].lineno}" if frames else "check"
    # Two messages that differ in a number or a name are one fault.
    words = re.sub(r"'.*|\".*|/\S+|\d+", "", str(error))[:60] if not frames else ""
    return f"{type(error).__name__}-{place}-{hashlib.sha256(words.encode()).hexdigest()[:6]}"
