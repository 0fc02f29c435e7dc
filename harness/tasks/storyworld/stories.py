"""Short story passages: one person, one place, one sky, and a mood that wanders from sentence to sentence.

A passage keeps its state: the person's name and gender, the companion, the place, the weather, the time of
day and an object that may be lost and found. What changes at each sentence is the mood (a walk over five
moods with frequent jumps), what the sentence tells, and how vivid it is, so that any context can go on in any
mood.
"""

import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, count

from harness.seeds import derive_seed
from harness.tasks.storyworld.frames import FRAMES, MOOD_FRAMES
from harness.tasks.storyworld.grammar import Templates, Writer, capitalized, compile_rules
from harness.tasks.storyworld.moods import MOOD_RULES, MOODS
from harness.tasks.storyworld.opening import OPENING_RULES
from harness.tasks.storyworld.people import MEN, PRONOUNS, RELATIONS, WOMEN
from harness.tasks.storyworld.places import PLACES
from harness.tasks.storyworld.scenery import SCENERY, SKIES, WEATHER_OF_SEASON
from harness.tasks.storyworld.talk import TALK

_WHEN = {"morning": ("One morning in {}", "Early one {} morning"),
         "afternoon": ("One {} afternoon", "Late one {} afternoon"),
         "evening": ("One {} evening", "Toward evening, one day in {}"),
         "night": ("One {} night", "Late one {} night")}
_KINDS = (("event", 30), ("how", 24), ("talk", 18), ("crowd", 9), ("thought", 6), ("look", 11), ("mixed", 6),
          ("weather", 3), ("object", 9))
_KIND_NAMES = tuple(kind for kind, _ in _KINDS)
_KIND_WEIGHTS = tuple(accumulate(weight for _, weight in _KINDS))


_COMMON = compile_rules({
    **MOOD_RULES, **TALK, **FRAMES, **SCENERY, **OPENING_RULES, **SKIES,
    **{f"outside.{name}": [f"outside, {sky}" for sky in skies] for name, skies in SKIES.items()}})
_BY_MOOD = [compile_rules(frames) for frames in MOOD_FRAMES.values()]
_BY_PLACE = [compile_rules(place.rules) for place in PLACES]


@cache
def _templates(place: int, weather: str, time: str) -> Templates:
    templates = dict(_COMMON)
    for rules in (*_BY_MOOD, _BY_PLACE[place]):
        for key, alternatives in rules.items():
            templates[key] = templates.get(key, ()) + alternatives
    sky = weather if weather in SKIES else f"{weather}.{time}"
    templates["sky:past"] = templates[f"{sky}:past" if PLACES[place].outdoor else f"outside.{sky}:past"]
    return templates


class _Passage:
    """The state of one passage and its next sentence."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        gender, other = chance.choice(("woman", "man")), chance.choice(("woman", "man"))
        name = chance.choice(WOMEN if gender == "woman" else MEN)
        friend = chance.choice([n for n in (WOMEN if other == "woman" else MEN) if n != name])
        place = chance.randrange(len(PLACES))
        time = chance.choice(PLACES[place].times)
        season = chance.choice(tuple(WEATHER_OF_SEASON))
        weathers = WEATHER_OF_SEASON[season]
        weather = chance.choice([w for w in weathers if w != "heat" or time == "afternoon"])
        state = {"P": name, "Q": friend, "S": name, "season": season, "time": time, **PRONOUNS[gender],
                 "When": chance.choice(_WHEN[time]).format(season), "place": PLACES[place].name,
                 "relation": chance.choice(RELATIONS[other])}
        self.writer = Writer(_templates(place, weather, time), state, chance)
        state["thing_adj"], state["thing"] = self.writer.write("any_thing").split()
        self.friend_here = chance.random() < 0.5
        self.thing = "none"
        self.sky = "outdoor" if PLACES[place].outdoor else "indoor"
        self.mood = chance.randrange(5)
        self.base_vividness = chance.choice((0.05, 0.3, 0.9))
        self.name_next = False
        self.kind = "open"

    def sentence(self, key: str) -> str:
        """One finished sentence of the rule, with the person's name where a pronoun would be unclear."""
        writer, state = self.writer, self.writer.state
        typical = self.chance.random() < 0.6
        writer.vividness = self.base_vividness if typical else self.chance.choice((0.0, 0.5, 1.0))
        by_name = self.name_next or self.chance.random() < 0.2
        state["S"] = state["P"] if by_name else state["he"]
        text = capitalized(writer.write(key))
        # A pronoun behind another person's name or deed would point at the wrong one.
        self.name_next = "who" in state or state["Q"] in text
        state.pop("who", None)
        return text if text.endswith('."') else text + "."

    def opening(self) -> list[str]:
        """One or two sentences: who, where, when, and maybe with what."""
        self.writer.state["S"] = self.writer.state["P"]
        sentences = [self.sentence("open_friend" if self.friend_here else "open")]
        if self.chance.random() < 0.4:
            sentences.append(self.sentence("open_object"))
            self.thing = "held"
        return sentences

    def next_sentence(self) -> str:
        """A sentence of a freshly drawn mood and kind."""
        chance = self.chance
        step, before = chance.random(), self.mood
        if step < 0.3:
            self.mood = chance.randrange(5)
        elif step < 0.65:
            self.mood = min(4, max(0, self.mood + chance.choice((-1, 1))))
        previous, mood = self.kind, MOODS[self.mood]
        if previous != "open" and (before - 2) * (self.mood - 2) < 0:
            # From good to bad or back something must happen: people do not swing without a reason.
            self.kind = "event"
            return self.sentence(f"{mood}_turn")
        while self.kind == previous and not (previous == "event" and chance.random() < 0.5):
            self.kind = chance.choices(_KIND_NAMES, cum_weights=_KIND_WEIGHTS)[0]
            if self.kind == "object" and self.thing == "none":
                self.kind = "event"
        if self.kind == "object":
            return self._object_sentence()
        if self.kind == "talk":
            return self._talk_sentence(mood)
        if self.kind == "weather":
            return self.sentence(f"weather_{self.sky}")
        return self.sentence("mixed" if self.kind == "mixed" else f"{mood}_{self.kind}")

    def _object_sentence(self) -> str:
        if self.thing == "held":
            self.thing = "lost" if self.chance.random() < 0.4 else "held"
            return self.sentence("object_lost" if self.thing == "lost" else "object_held")
        self.thing = "found" if self.chance.random() < 0.6 else "lost"
        sentence = self.sentence("object_found" if self.thing == "found" else "object_missing")
        self.thing = "held" if self.thing == "found" else "lost"
        return sentence

    def _talk_sentence(self, mood: str) -> str:
        if self.friend_here and self.chance.random() < 0.08:
            self.friend_here = False
            return self.sentence("friend_leaves")
        with_friend = self.friend_here and self.chance.random() < 0.75
        return self.sentence(f"{mood}_friend" if with_friend else f"{mood}_solo")


def story(seed: int, index: int) -> str:
    """The passage number `index` of the seed: about 5 to 9 sentences on one line. Depends on nothing else."""
    chance = random.Random(derive_seed(seed, "story", index))
    passage = _Passage(chance)
    sentences = passage.opening()
    sentences.extend(passage.next_sentence() for _ in range(chance.choice((4, 4, 5, 5, 6, 6, 7))))
    if chance.random() < 0.5:
        sentences.append(passage.sentence(f"{MOODS[passage.mood]}_end"))
    return " ".join(sentences)


def stories(*, seed: int, start: int = 0) -> Iterator[str]:
    """The passages of the seed from number `start` on, without end."""
    return (story(seed, index) for index in count(start))
