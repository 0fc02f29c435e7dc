"""Words and sentences, with their places in the text. Pure; neither torch nor transformers.

Every measure of copying depends on these rules, so a report names them: `Tokenizer.rules`,
`SENTENCE_RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError

Span = tuple[int, int]
"""Where a token or a sentence stands: text[start:end]."""

SENTENCE_RULES = (
    "a sentence ends at . ! ? or … (with closing quotes) before white space, or at a paragraph's end; "
    "titles, initials, dotted acronyms and 'No. 5' do not end one; a last sentence without a closing mark "
    "was cut off and is not counted"
)

_CURLY_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"'})
_WORDS_AND_MARKS = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:'\w+)*|[^\w\s]")
_WHITE_SPACE = re.compile(r"\S+")


@dataclass(frozen=True)
class Tokenizer:
    """How a text becomes tokens. Quotes are straightened first and, with `lowercase`, letters made small.

    find: text -> the spans of its tokens, in order. rules: one line for the methods paragraph. pattern: what alone
    makes a token, where that is all the tokenizer does: words without their places come faster.
    """

    name: str
    find: Callable[[str], list[Span]]
    rules: str
    lowercase: bool = True
    pattern: re.Pattern[str] | None = None

    def normalized(self, text: str) -> str:
        """The text that tokens are cut from: as long as the original, so spans fit both."""
        straight = text.translate(_CURLY_QUOTES)
        return _lower_keeping_length(straight) if self.lowercase else straight

    def spans(self, text: str) -> list[Span]:
        """(start, end) of every token in the original text."""
        return self.find(self.normalized(text))

    def tokens(self, text: str) -> list[str]:
        """The tokens as they are compared."""
        plain = self.normalized(text)
        if self.pattern is not None:
            return self.pattern.findall(plain)
        return [plain[start:end] for start, end in self.find(plain)]


def _lower_keeping_length(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # A few letters (İ) become two when lowered; left as they are, spans still fit the original.
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _pattern_tokenizer(name: str, pattern: re.Pattern[str], rules: str, lowercase: bool) -> Tokenizer:
    def find(text: str) -> list[Span]:
        return [match.span() for match in pattern.finditer(text)]

    return Tokenizer(name, find, rules, lowercase, pattern)


def _case_rule(lowercase: bool) -> str:
    return f"case {'ignored' if lowercase else 'kept'}, curly quotes made straight"


def load_tokenizer(name: str = "regex", *, lowercase: bool = True) -> Tokenizer:
    """The tokenizer of that name.

    `whitespace`: runs of non-space. `regex`: words, numbers and single marks. `spacy`: spaCy's English
    rules, where spaCy is installed. Anything else is a model's own: its folder, or its `tokenizer.json`.
    Raises InputError where it cannot be had.
    """
    case = _case_rule(lowercase)
    if name == "whitespace":
        return _pattern_tokenizer(name, _WHITE_SPACE, f"white-space tokens, {case}", lowercase)
    if name == "regex":
        rules = f"words with inner apostrophes, numbers, single punctuation marks; {case}"
        return _pattern_tokenizer(name, _WORDS_AND_MARKS, rules, lowercase)
    if name == "spacy":
        return Tokenizer(name, _spacy_finder(), f"spaCy's English tokenizer, {case}", lowercase)
    path = Path(name)
    if path.is_dir():
        path = path / "tokenizer.json"
    if not path.is_file():
        raise InputError(f"no tokenizer {name!r}", key="tokenizer",
                         cure="Give whitespace, regex, spacy, or a model's folder with a tokenizer.json")
    rules = f"the model's own tokenizer ({path.parent.name}), {case}"
    return Tokenizer(name, _model_finder(path), rules, lowercase)


def _spacy_finder() -> Callable[[str], list[Span]]:
    try:
        import spacy
    except ImportError:
        raise InputError("spaCy is not installed", key="tokenizer",
                         cure="Install it (pip install spacy) or use --tokenizer regex") from None
    pipeline: Any = spacy.blank("en")

    def find(text: str) -> list[Span]:
        return [(token.idx, token.idx + len(token)) for token in pipeline(text) if not token.is_space]

    return find


def _model_finder(path: Path) -> Callable[[str], list[Span]]:
    from tokenizers import Tokenizer as ModelTokenizer

    try:
        model = ModelTokenizer.from_file(str(path))
    except Exception as error:
        # The Rust library raises bare Exception for every kind of broken file.
        raise InputError(f"not a tokenizer file ({error})", file=str(path), key="tokenizer") from None

    def find(text: str) -> list[Span]:
        offsets: list[Span] = model.encode(text, add_special_tokens=False).offsets
        # A byte-level token carries the space before it; a text's first word has none, and must still match.
        spans = ((end - len(text[start:end].lstrip()), end) for start, end in offsets)
        return [(start, end) for start, end in spans if start < end]

    return find


@dataclass(frozen=True)
class Sentence:
    """One sentence of a text: text[start:end]. complete: whether it was brought to its end."""

    text: str
    start: int
    end: int
    complete: bool


_TITLES = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "gen", "col", "sgt", "capt", "lt", "cmdr", "maj",
    "adm", "rep", "sen", "gov", "pres", "rev", "hon", "messrs", "vs", "mt", "ft", "inc", "ltd", "corp",
    "bros", "dept", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "oct", "nov", "dec", "est",
    "approx", "fig", "e.g", "i.e", "cf",
))
_SENTENCE_END = re.compile(
    r"""(?P<mark>[.!?…]+)(?P<quote>["'”’)\]]*)(?P<apart>[ ]["'”’]{1,2}(?=\s|$))?(?=\s|$)|\s*\n\s*\n\s*"""
)
_LAST_WORD = re.compile(r"\S+$")
_DOTTED = re.compile(r"^(?:[A-Za-z]\.)+[A-Za-z]$")


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order, by the rules in `SENTENCE_RULES`."""
    sentences: list[Sentence] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        paragraph_ends = match["mark"] is None
        if paragraph_ends or _ends_sentence(text, match):
            end = match.start() if paragraph_ends else match.end()
            _add_sentence(sentences, text, start, end, complete=True)
            start = match.end()
    _add_sentence(sentences, text, start, len(text), complete=False)
    return sentences


def _add_sentence(sentences: list[Sentence], text: str, start: int, end: int, *, complete: bool) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(letter.isalnum() for letter in text[start:end]):
        sentences.append(Sentence(text[start:end], start, end, complete))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 40):match.start()]
    rest = text[match.end():match.end() + 3].lstrip()
    following = rest[:1]
    if not before or before[-1].isspace():
        return True  # a mark that stands alone: the text was tokenized before
    if match["mark"] != ".":
        # '"Why?" he said' and 'well... then' go on.
        return not following.islower() or (match["mark"] in {"!", "?"} and not match["quote"])
    if match["quote"]:
        return not following.islower()
    found = _LAST_WORD.search(before)
    word = found[0].lstrip("(['\"“‘") if found else ""
    if word.lower() in {"a.m", "p.m"}:
        return not following.islower()
    if word.lower() == "no":
        return not following.isdigit()
    is_initial = len(word) == 1 and word.isupper() and word != "I"
    return not following or not (word.lower() in _TITLES or is_initial or bool(_DOTTED.match(word)))
