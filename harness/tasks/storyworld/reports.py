"""News reports with their facts and an abstractive summary: the embedded summarization task.

A report is an optional preamble, a lead that tells some of the facts, sentences with the others, and filler; the
reference summary says most of the facts in other words, with its numbers rounded or spelled out.
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
from harness.tasks.storyworld.people import MEN, PRONOUNS, SURNAMES, TOWNS, WOMEN
from harness.tasks.storyworld.report_kinds import KINDS, SHARED

PREAMBLE_SHARE = 0.4
_MONTHS = ("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
           "NOVEMBER", "DECEMBER")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Report:
    """A news report. facts: a group of alternative wordings for each fact, in lower case: a summary that contains
    one of them (compared in lower case) mentions the fact, and so does the text. has_preamble: whether the text
    opens with a dateline, a by-line or a notice, not with its news."""

    text: str
    summary: str
    facts: tuple[tuple[str, ...], ...]
    has_preamble: bool


@dataclass(frozen=True)
class _Kind:
    """One kind of news: its rules, its numbers (name, low, high, step), its pairs and the wordings of its facts."""

    name: str
    templates: Templates
    numbers: tuple[tuple[str, int, int, int], ...]
    pairs: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    facts: tuple[tuple[str, ...], ...]


def _kind(block: str) -> _Kind:
    name, _, body = block.partition("\n")
    numbers, rules = [], {}
    pairs = []
    numbers_text = [line for line in body.splitlines() if line.startswith("#")]
    for line in numbers_text:
        key, _, figures = line[1:].partition(":")
        low, high, *step = (int(figure) for figure in figures.split())
        numbers.append((key, low, high, step[0] if step else 1))
    for key, lines in rules_from("\n".join(body.splitlines()[len(numbers_text):])).items():
        if key.startswith("~"):
            wordings = tuple((text, summary) for text, _, summary in (line.partition(" = ") for line in lines))
            pairs.append((key[1:], wordings))
        else:
            rules[key] = lines
    facts = tuple(tuple(line.split(" | ")) for line in rules.pop("facts"))
    return _Kind(name.strip(), {**_SHARED, **compile_rules(rules)}, tuple(numbers), tuple(pairs), facts)


_SHARED = compile_rules(rules_from(SHARED))
_KINDS = tuple(_kind(block) for block in KINDS.split("\n= ")[1:])
KIND_NAMES = tuple(kind.name for kind in _KINDS)


def _rounded(number: int) -> int:
    if number <= 20:
        return number
    size = 10 if number < 100 else 100 if number < 2000 else 1000
    return max(size, round(number / size) * size)


def _number_wordings(name: str, number: int, chance: random.Random) -> dict[str, str]:
    """{name} as the text prints it, {name_about} as the summary says it, {name_all} all wordings of the fact."""
    printed = f"{number:,}" if number > 9 else number_words(number)
    rounded = _rounded(number)
    words = number_words(rounded)
    if rounded == number:
        about = words
    else:
        about = f"{chance.choice(('almost', 'nearly') if rounded > number else ('about', 'more than'))} {words}"
    return {name: printed, f"{name}_about": about,
            f"{name}_all": " | ".join(dict.fromkeys((printed, number_words(number), words)))}


def _person(chance: random.Random) -> tuple[str, str, str]:
    gender = chance.choice(("woman", "man"))
    last = chance.choice(SURNAMES)
    return gender, f"{chance.choice(WOMEN if gender == 'woman' else MEN)} {last}", last


def _state(kind: _Kind, chance: random.Random) -> dict[str, str]:
    """What is drawn once for a report: people, place, day, numbers, and the pairs of wordings."""
    gender, name, last = _person(chance)
    town, other_town = chance.sample(TOWNS, 2)
    others = [f"{chance.choice(WOMEN + MEN)} {surname}"
              for surname in chance.sample([surname for surname in SURNAMES if surname != last], 4)]
    day = chance.choice(_DAYS)
    state = {"name": name, "last": last, **PRONOUNS[gender], "official": others[0], "witness": others[1],
             "reporter": others[2], "reporter2": others[3], "town": town, "TOWN": town.upper(), "other_town": other_town,
             "day": day, "Day": chance.choice(_DAYS), "MONTH": chance.choice(_MONTHS),
             "date": str(chance.randint(1, 28)), "page": str(chance.randint(2, 24)),
             "population": f"{chance.randint(3, 90)},000"}
    for key, low, high, step in kind.numbers:
        state |= _number_wordings(key, chance.randrange(low, high + 1, step), chance)
    for key, wordings in kind.pairs:
        state[key], state[f"{key}2"] = chance.choice(wordings)
    return state


def _sentence(text: str) -> str:
    text = capitalized(text)
    return text if text.endswith('."') else text + "."


def report(seed: int, index: int) -> Report:
    """The report number `index` of the seed. Depends on nothing else."""
    chance = random.Random(derive_seed(seed, "report", index))
    kind = chance.choice(_KINDS)
    state = _state(kind, chance)
    writer = Writer(kind.templates, state, chance)
    sentences = [writer.write(key) for key in ("lead", "must1", "must2", "must3")]
    extras = ["more"] * chance.choice((1, 1, 2)) + ["said"] * (chance.random() < 0.7)
    extras += ["filler"] * (chance.random() < 0.4 or len(extras) < 2)
    chance.shuffle(extras)
    for key in extras:
        sentences.insert(chance.randint(2, len(sentences)), writer.write(key))
    body = " ".join(_sentence(sentence) for sentence in sentences)
    has_preamble = chance.random() < PREAMBLE_SHARE
    return Report(
        text=f"{writer.write('preamble')} {body}" if has_preamble else body,
        summary=_sentence(writer.write("summary")),
        facts=tuple(_wordings(group, state) for group in kind.facts),
        has_preamble=has_preamble,
    )


def _wordings(group: tuple[str, ...], state: dict[str, str]) -> tuple[str, ...]:
    wordings = " | ".join(wording.format_map(state) for wording in group).lower()
    return tuple(dict.fromkeys(wordings.split(" | ")))


def reports(*, seed: int, start: int = 0) -> Iterator[Report]:
    """The reports of the seed from number `start` on, without end."""
    return (report(seed, index) for index in count(start))
