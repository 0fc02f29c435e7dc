"""A small template grammar for English: rules, slots, verb forms, articles and numbers.

A rule is a key with alternatives; an alternative is text with marks:

    {key}        an alternative of the rule `key`, or the state's value of that name
    {key:ing}    the same, its verbs in that form (`past`, `ing`, `base`); `{key:same}` hands the form down
    {name=key}   as {key}, and the state remembers the words as `name`
    {key?}       with the sentence's vividness as probability: the words and a space
    {?key}       the same, with the space in front
    <verb>       a verb, in the form asked for (past unless told)
    {a}          'a' or 'an', as the sound of the next word wants
"""

import random
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

FORMS = ("past", "ing", "base")
_ARTICLE = "\x00"
_MARK = re.compile(r"\{([^{}]+)\}|<([a-z]+)>")


def words(text: str) -> tuple[str, ...]:
    """The words of a text that has nothing but white space between them."""
    return tuple(text.split())


_IRREGULAR_PAST = dict(pair.split("/") for pair in words("""
    beat/beat become/became begin/began bend/bent bite/bit bleed/bled blow/blew break/broke bring/brought
    build/built burst/burst buy/bought catch/caught choose/chose cling/clung come/came creep/crept
    cut/cut dig/dug do/did draw/drew drink/drank drive/drove eat/ate fall/fell feed/fed feel/felt
    fight/fought find/found fling/flung fly/flew forget/forgot forgive/forgave freeze/froze get/got
    give/gave go/went grow/grew hang/hung have/had hear/heard hide/hid hit/hit hold/held hurt/hurt
    keep/kept kneel/knelt know/knew lay/laid lead/led lean/leaned leave/left let/let lie/lay light/lit
    lose/lost make/made meet/met mistake/mistook pay/paid put/put read/read ride/rode ring/rang
    rise/rose run/ran say/said see/saw seek/sought sell/sold send/sent set/set shake/shook shine/shone
    shrink/shrank shut/shut sing/sang sink/sank sit/sat sleep/slept slide/slid speak/spoke spend/spent
    spill/spilled spin/spun spit/spat spread/spread spring/sprang stand/stood steal/stole stick/stuck
    strike/struck sweep/swept swim/swam swing/swung take/took teach/taught tear/tore tell/told
    think/thought throw/threw understand/understood wake/woke wear/wore weave/wove weep/wept win/won
    wind/wound withdraw/withdrew write/wrote
    """))
_DOUBLING = frozenset(words("""
    admit beg begin chat clap cut dig drag drop flip get grab grin hit hop hug hum let mop nod pat pin
    plan plot put regret rub run scrub set shrug shut sip sit skip slip snap sob spin spit spot stir stop
    swap swim tap trim trip tug whip win wrap zip
    """))
_SILENT_H = ("hour", "honest", "honor", "heir")
_CONSONANT_SOUND = ("one", "once", "uni", "use", "usual", "eu", "ukulele", "utensil")

Slot = tuple[str, str, str]
"""The rule's key with its form, the name in the state, and how to fill it: '', bind, before or after."""


class Template(NamedTuple):
    """An alternative, compiled. shape: what a reader would notice again, its longest run of fixed words."""

    shape: str
    parts: tuple[str | Slot, ...]


Templates = Mapping[str, tuple[Template, ...]]


def past_tense(verb: str) -> str:
    """The simple past of a verb in its base form."""
    if verb in _IRREGULAR_PAST:
        return _IRREGULAR_PAST[verb]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + (verb[-1] if verb in _DOUBLING else "") + "ed"


def present_participle(verb: str) -> str:
    """The -ing form of a verb in its base form."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if verb in _DOUBLING else "") + "ing"


_INFLECT: dict[str, Callable[[str], str]] = {"past": past_tense, "ing": present_participle, "base": str}


def article(word: str) -> str:
    """'a' or 'an' before the word, by its first sound."""
    lower = word.lower()
    if lower.startswith(_SILENT_H):
        return "an"
    return "an" if lower[:1] in "aeiou" and not lower.startswith(_CONSONANT_SOUND) else "a"


_UNITS = words("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
               "fifteen sixteen seventeen eighteen nineteen")
_TENS = words("zero ten twenty thirty forty fifty sixty seventy eighty ninety")


def number_words(number: int) -> str:
    """0 to 999,999 in words: 42 is 'forty-two', 1,200 'twelve hundred', 2,100 'two thousand one hundred'."""
    if 1000 < number < 2000 and number % 100 == 0:
        return f"{number_words(number // 100)} hundred"
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return f"{number_words(number // size)} {name}" + (f" {number_words(rest)}" if rest else "")
    if number < 20:
        return _UNITS[number]
    return _TENS[number // 10] + (f"-{_UNITS[number % 10]}" if number % 10 else "")


def rules_from(text: str) -> dict[str, list[str]]:
    """Rules written as blocks: `key:` and an alternative a line, or `key*:` and words with spaces between.

    An underscore in a word list stands for a space.
    """
    rules: dict[str, list[str]] = {}
    current: list[str] = []
    is_word_list = False
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            continue
        if not line[0].isspace():
            is_word_list = stripped.endswith("*:")
            current = rules.setdefault(stripped.rstrip("*:"), [])
        elif is_word_list:
            current.extend(word.replace("_", " ") for word in stripped.split())
        else:
            current.append(" ".join(stripped.split()))
    return rules


def _compile(text: str, form: str) -> Template:
    parts: list[str | Slot] = []
    fixed = ""
    end = 0
    for mark in _MARK.finditer(text):
        fixed += text[end:mark.start()]
        end = mark.end()
        slot, verb = mark.group(1), mark.group(2)
        if verb:
            fixed += _INFLECT[form](verb)
        elif slot == "a":
            fixed += _ARTICLE
        else:
            if fixed:
                parts.append(fixed)
            fixed = ""
            parts.append(_slot(slot, form))
    if fixed + text[end:]:
        parts.append(fixed + text[end:])
    longest = max((part for part in parts if isinstance(part, str)), key=len, default="")
    return Template(longest if len(longest) > 9 else text, tuple(parts))


def _slot(text: str, form: str) -> Slot:
    optional = "after" if text.endswith("?") else "before" if text.startswith("?") else ""
    name, _, key = text.strip("?").rpartition("=")
    key, _, wanted = key.partition(":")
    wanted = form if wanted == "same" else wanted or "past"
    return f"{key}:{wanted}", name or key, optional or ("bind" if name else "")


def compile_rules(rules: Mapping[str, list[str]]) -> Templates:
    """Rules ready for a Writer: the alternatives of `key` with their verbs in `form` are at "key:form"."""
    return {f"{key}:{form}": tuple(_compile(text, form) for text in alternatives)
            for key, alternatives in rules.items() for form in FORMS}


class Writer:
    """Expands rules for one text. Within it an alternative comes back only when the others are used too.

    vividness: the chance that an optional slot is filled. KeyError for a slot that is neither rule nor state.
    """

    def __init__(self, templates: Templates, state: dict[str, str], chance: random.Random) -> None:
        self.templates, self.state, self.chance = templates, state, chance
        self.vividness = 0.5
        self._used: set[str] = set()

    def write(self, key: str, form: str = "past") -> str:
        """One expansion of the rule, articles resolved."""
        out: list[str] = []
        self._expand(f"{key}:{form}", out)
        text = "".join(out)
        if _ARTICLE not in text:
            return text
        first, *rest = text.split(_ARTICLE)
        return first + "".join(article(piece.lstrip()) + piece for piece in rest)

    def _expand(self, key: str, out: list[str]) -> None:
        for part in self._choose(self.templates[key]).parts:
            if isinstance(part, str):
                out.append(part)
                continue
            key, name, how = part
            if how == "bind":
                bound: list[str] = []
                self._expand(key, bound)
                self.state[name] = "".join(bound)
                out.append(self.state[name])
            elif how:
                if self.chance.random() < self.vividness:
                    if how == "before":
                        out.append(" ")
                    self._expand(key, out)
                    if how == "after":
                        out.append(" ")
            elif key in self.templates:
                self._expand(key, out)
            else:
                out.append(self.state[name])

    def _choose(self, options: tuple[Template, ...]) -> Template:
        template = options[int(self.chance.random() * len(options))]
        if template.shape in self._used:
            fresh = [option for option in options if option.shape not in self._used]
            if fresh:
                template = fresh[int(self.chance.random() * len(fresh))]
        self._used.add(template.shape)
        return template


def capitalized(text: str) -> str:
    """The text with its first letter, also one behind an opening quote, in upper case."""
    for index, letter in enumerate(text[:2]):
        if letter.isalpha():
            return text[:index] + letter.upper() + text[index + 1:]
    return text
