"""All places in which the embedded stories can happen, with the phrases that belong to each.

The `places_` modules have a block for each place:

    = name | outdoor or indoor | times of day when stories happen there
    at, spot, act          phrases behind a subject: where one is, where one stands, what one does
    good, bad, sight       clauses in the past tense, {him} and {his} being the passage's person
    folk                   people who may be there

No other person gets a pronoun there, so that a passage's pronouns always mean its person.
"""

from harness.tasks.storyworld.grammar import rules_from
from harness.tasks.storyworld.places_in_country import COUNTRY
from harness.tasks.storyworld.places_in_town import TOWN
from harness.tasks.storyworld.places_indoors import INDOORS
from harness.tasks.storyworld.places_of_culture import CULTURE


class Place:
    """One place: its rules, when stories happen there, and whether it is under the open sky."""

    def __init__(self, block: str) -> None:
        header, _, rules = block.partition("\n")
        name, outdoor, times = (part.strip() for part in header.split("|"))
        self.name = name
        self.outdoor = outdoor == "outdoor"
        self.times = tuple(times.split())
        self.rules = rules_from(rules)


PLACES = tuple(Place(block) for blocks in (COUNTRY, TOWN, INDOORS, CULTURE)
               for block in blocks.split("\n= ")[1:])
