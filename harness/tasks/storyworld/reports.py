"""News reports with their facts and an abstractive summary: the embedded summarization task.

A report is an optional preamble, a lead that tells some of the facts, sentences with the others, and filler;
the reference summary says most of the facts in other words, with its numbers rounded or spelled out.

Each kind of news is a block in one of the `news_` modules. Besides the rules of `grammar.py` it has

    #name: low high [step]   a number, drawn for the report: {name} is how the text prints it, {name_about}
                             how the summary says it
    ~name:                   a pair of wordings, drawn for the report, a line each: {name} in the text,
                             {name2} in the summary; the same when there is only one
    lead, must1.., more, quote, summary    rules: a `must` sentence always appears, in order, `more` may
    facts:                   a line lists the wordings of one fact; `#name unit, unit` is the number in words
                             and digits, exact and rounded, with each unit

and may use {name} {last} (the person in the news), {official} (another), {town} and {day}.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from harness.seeds import derive_seed
from harness.tasks.storyworld.grammar import (
    Templates,
    Writer,
    capitalized,
    compile_rules,
    number_words,
    rules_from,
)
from harness.tasks.storyworld.news_crime import CRIME
from harness.tasks.storyworld.news_emergencies import EMERGENCIES
from harness.tasks.storyworld.news_life import TOWN_LIFE
from harness.tasks.storyworld.news_public import PUBLIC_AFFAIRS
from harness.tasks.storyworld.people import MEN, SURNAMES, TOWNS, WOMEN

PREAMBLE_SHARE = 0.4
_MONTHS = ("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
           "NOVEMBER", "DECEMBER")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Report:
    """A news report with its reference summary.

    facts: a group of alternative wordings for each fact, in lower case. The text contains one of each; a
    summary that does mentions the fact. has_preamble: whether the text opens with something other than its
    news: a dateline, a by-line or a notice.
    """

    text: str
    summary: str
    facts: tuple[tuple[str, ...], ...]
    has_preamble: bool


@dataclass(frozen=True)
class _Kind:
    """One kind of news, read from its block: numbers are (name, low, high, step)."""

    name: str
    templates: Templates
    numbers: tuple[tuple[str, int, int, int], ...]
    pairs: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    facts: tuple[str, ...]


def _kind(block: str) -> _Kind:
    name, _, body = block.partition("\n")
    lines = body.split("\n")
    numbers = []
    for line in (line for line in lines if line.startswith("#")):
        key, _, figures = line[1:].partition(":")
        low, high, *step = (int(figure) for figure in figures.split())
        numbers.append((key, low, high, step[0] if step else 1))
    rules = rules_from("\n".join(line for line in lines if not line.startswith("#")))
    pairs = []
    for key in [key for key in rules if key.startswith("~")]:
        wordings = [wording.partition(" = ") for wording in rules.pop(key)]
        pairs.append((key[1:], tuple((text, summary or text) for text, _, summary in wordings)))
    facts = tuple(rules.pop("facts"))
    return _Kind(name.strip(), {**_SHARED, **compile_rules(rules)}, tuple(numbers), tuple(pairs), facts)


_SHARED = compile_rules(rules_from("""
said:
  "{quote}," said {witness}, {role}
  "{quote}," {witness} told reporters
  {witness}, {role}, said, "{quote}."
role:
  who was there from the beginning
  a spokesperson for the town
  a resident of the old quarter
  who has lived in {town} for years
  who works across the street
filler:
  the town council will discuss the matter next week
  {town} has about {population} inhabitants
  a second statement is expected tomorrow
  local radio reported on the events all day
  it was the main topic in every cafe and shop
  the regional newspaper plans a special page
  similar news had come from {other_town} only a month ago
preamble:
  {TOWN}, {MONTH} {date} -
  {TOWN} -
  By {reporter}, staff reporter.
  By {reporter} and {reporter2}.
  Update: this report corrects an earlier version.
  Update: a photograph was added to this report.
  Note to readers: names in this report were checked twice.
  From our correspondent in {town}:
  {TOWN}, {MONTH} {date} - By {reporter}.
  Local news, page {page}.
  This story was first published on {other_day} evening.
"""))
_KINDS = tuple(_kind(block) for blocks in (EMERGENCIES, CRIME, PUBLIC_AFFAIRS, TOWN_LIFE)
               for block in blocks.split("\n= ")[1:])
KIND_NAMES = tuple(kind.name for kind in _KINDS)


def _rounded(number: int) -> int:
    if number <= 20:
        return number
    size = 5 if number < 100 else 100 if number < 2000 else 1000
    return max(size, round(number / size) * size)


def _number_wordings(name: str, number: int, chance: random.Random) -> dict[str, str]:
    """{name} as the text prints it, {name_about} as the summary says it."""
    rounded = _rounded(number)
    words = number_words(rounded)
    if rounded != number:
        hedge = chance.choice(("almost", "nearly") if rounded > number else ("about", "more than"))
        words = f"{hedge} {words}"
    return {name: f"{number:,}" if number > 9 else number_words(number), f"{name}_about": words}


def _fact(line: str, numbers: dict[str, int], state: dict[str, str]) -> tuple[str, ...]:
    """The wordings of one fact; of a number: digits or words, exact or rounded, each with each unit."""
    if not line.startswith("#"):
        return tuple(dict.fromkeys(line.format_map(state).lower().split(" | ")))
    name, _, units = line[1:].partition(" ")
    figures = dict.fromkeys(wording for number in (numbers[name], _rounded(numbers[name]))
                            for wording in (f"{number:,}", str(number), number_words(number)))
    return tuple(f"{figure} {unit}" for figure in figures for unit in units.format_map(state).split(", "))


def _state(kind: _Kind, numbers: dict[str, int], chance: random.Random) -> dict[str, str]:
    """What is drawn once for a report: people, place, day, the wordings of the numbers, and the pairs."""
    surnames = chance.sample(SURNAMES, 5)
    name, official, witness, reporter, reporter2 = (
        f"{chance.choice(WOMEN + MEN)} {surname}" for surname in surnames)
    town, other_town = chance.sample(TOWNS, 2)
    day, other_day = chance.sample(_DAYS, 2)
    state = {"name": name, "last": surnames[0], "official": official, "witness": witness,
             "reporter": reporter, "reporter2": reporter2, "town": town, "TOWN": town.upper(),
             "other_town": other_town, "day": day, "other_day": other_day, "MONTH": chance.choice(_MONTHS),
             "date": str(chance.randint(1, 28)), "page": str(chance.randint(2, 24)),
             "population": f"{chance.randint(3, 90)},000"}
    for key, number in numbers.items():
        state |= _number_wordings(key, number, chance)
    for key, wordings in kind.pairs:
        state[key], state[f"{key}2"] = chance.choice(wordings)
    return state


def _sentences(text: str) -> str:
    """The text with capitals where its sentences begin and a full stop at the end."""
    text = ". ".join(capitalized(sentence) for sentence in text.split(". "))
    return text if text.endswith('."') else text + "."


def report(seed: int, index: int) -> Report:
    """The report number `index` of the seed. Depends on nothing else."""
    chance = random.Random(derive_seed(seed, "report", index))
    kind = chance.choice(_KINDS)
    numbers = {key: chance.randrange(low, high + 1, step) for key, low, high, step in kind.numbers}
    state = _state(kind, numbers, chance)
    writer = Writer(kind.templates, state, chance)
    sentences = [writer.write(key) for key in ("lead", "must1", "must2", "must3")]
    extras = ["more"] * chance.choice((2, 2, 3)) + ["said"] * (chance.random() < 0.8)
    extras += ["filler"] * (chance.random() < 0.5)
    chance.shuffle(extras)
    for key in extras:
        # Behind the first fact, which may introduce the person whom the second speaks of.
        sentences.insert(chance.choice((2, *range(3, len(sentences) + 1))), writer.write(key))
    body = " ".join(_sentences(sentence) for sentence in sentences)
    has_preamble = chance.random() < PREAMBLE_SHARE
    return Report(
        text=f"{writer.write('preamble')} {body}" if has_preamble else body,
        summary=_sentences(writer.write("summary")),
        facts=tuple(_fact(line, numbers, state) for line in kind.facts),
        has_preamble=has_preamble,
    )


def reports(*, seed: int, start: int = 0) -> Iterator[Report]:
    """The reports of the seed from number `start` on, without end."""
    return (report(seed, index) for index in count(start))
