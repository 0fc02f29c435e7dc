"""Pairs of arms become items with shuffled, balanced sides; and which side a rater sees them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.errors import InputError
from harness.ratings.protocol import ItemKind, ItemSet, SealedKey, StudyItem
from harness.records import ArmKey, Choice, Contrast, Item
from harness.seeds import derive_seed, numpy_generator


@dataclass(frozen=True)
class Pair:
    """Two arms' responses to one query. text: the contrast's arm's. opponent_text: its opponent's."""

    query_id: str
    query_text: str
    source: str | None
    contrast: Contrast
    text: str
    opponent_text: str

    @property
    def turned(self) -> Pair:
        """The same pair with the opponent first."""
        return replace(self, contrast=self.contrast.turned, text=self.opponent_text, opponent_text=self.text)


@dataclass(frozen=True)
class Response:
    """What was written to one query, whoever wrote it."""

    query_id: str
    query_text: str
    source: str | None
    text: str


@dataclass(frozen=True)
class KnownPair:
    """Two texts of which one is plainly better: for gold, qualification and training items."""

    query_id: str
    query_text: str
    source: str | None
    better: str
    worse: str
    explanation: str = ""


def build_items(pairs: Sequence[Pair], *, seed: int, overlap: int = 3, gold: Sequence[KnownPair] = (),
                repeats: int = 0, qualification: Sequence[KnownPair] = (),
                training: Sequence[KnownPair] = ()) -> ItemSet:
    """Items in shuffled order, and the key that tells the arms. Sides are balanced within each comparison of two ways
    of training, and within each of its pairs of runs.

    overlap: how many raters judge each item. repeats: how many items each rater meets a second time, sides
    swapped. Raises InputError where there is nothing to compare.
    """
    _require_pairs(pairs, overlap=overlap, repeats=repeats)
    strata = _strata(pairs)
    items: list[StudyItem] = []
    arms: dict[str, tuple[ArmKey, ArmKey]] = {}
    for stratum, members in enumerate(strata):
        order = numpy_generator(seed, "order", stratum).permutation(len(members))
        for position, pair in enumerate(_by_pair_of_runs([members[int(index)] for index in order])):
            shown = pair if _block_bit(seed, "base", stratum, position) else pair.turned
            name = _opaque(seed, "main", stratum, position)
            arms[name] = (shown.contrast.arm, shown.contrast.opponent)
            items.append(StudyItem(Item(name, shown.query_id, shown.query_text, shown.text, shown.opponent_text,
                                        shown.source), ItemKind.MAIN, stratum, position, overlap))
    shuffled = [items[int(i)] for i in numpy_generator(seed, "items").permutation(len(items))]
    again = [replace(each, kind=ItemKind.REPEAT, repeat_of=each.item.id, overlap=0,
                     item=replace(each.item, id=_opaque(seed, "repeat", each.stratum, each.position)))
             for each in shuffled[:repeats]]
    known = [known_item(pair, kind, number, seed=seed)
             for kind, group in ((ItemKind.TRAINING, training), (ItemKind.QUALIFICATION, qualification),
                                 (ItemKind.GOLD, gold)) for number, pair in enumerate(group)]
    nonce = f"{derive_seed(seed, 'nonce', 0):016x}{derive_seed(seed, 'nonce', 1):016x}"
    return ItemSet((*known, *shuffled, *again), SealedKey(nonce, arms))


def known_item(pair: KnownPair, kind: ItemKind, number: int, *, seed: int) -> StudyItem:
    """A gold, qualification or training item; the better text is left in every other one."""
    better_is_left = _block_bit(seed, kind.value, 0, number)
    texts = (pair.better, pair.worse) if better_is_left else (pair.worse, pair.better)
    return StudyItem(Item(_opaque(seed, kind.value, 0, number), pair.query_id, pair.query_text, *texts, pair.source),
                     kind, 0, number, 0, Choice.LEFT if better_is_left else Choice.RIGHT, pair.explanation)


def scrambled_pairs(responses: Sequence[Response], *, count: int, seed: int) -> tuple[KnownPair, ...]:
    """Known pairs made from the study's own texts: a response against the same words in random order.

    Anybody who reads will see it, and length and vocabulary give nothing away. Each is of another query. Fewer than
    `count` come back where too few queries have a response with six different words.
    """
    chosen: dict[str, KnownPair] = {}
    for index in numpy_generator(seed, "scrambled").permutation(len(responses)):
        response = responses[int(index)]
        words = response.text.split()
        if len(chosen) == count:
            break
        if len(set(words)) < 6 or response.query_id in chosen:
            continue
        mixed = numpy_generator(seed, "words", int(index)).permutation(len(words))
        worse = " ".join(words[int(place)] for place in mixed)
        chosen[response.query_id] = KnownPair(
            response.query_id, response.query_text, response.source, response.text, worse,
            "The words of the other text stand in random order.")
    return tuple(chosen.values())


def is_flipped(*, seed: int, stratum: int, position: int, rater: int) -> bool:
    """Whether this rater sees the item with its sides swapped: a function of item, rater and study seed alone.

    Within a stratum a rater sees of two neighbouring items one as it is and one flipped, and of two neighbouring
    raters one sees the item as it is and one flipped; which one is random by block.
    """
    bit = derive_seed(seed, "side", stratum, position // 2, rater // 2) & 1
    return (position + rater + bit) % 2 == 1


def label_order(*, seed: int, task: str, rater: int, candidates: int) -> tuple[int, ...]:
    """The order in which a labeler sees the candidates: place on the screen to original index."""
    return tuple(int(i) for i in numpy_generator(seed, "label", task, rater).permutation(candidates))


def _block_bit(seed: int, name: str, stratum: int, position: int) -> bool:
    """One True and one False in each block of two positions, in random order."""
    return bool((position + (derive_seed(seed, name, stratum, position // 2) & 1)) % 2)


def _opaque(seed: int, kind: str, stratum: int, position: int) -> str:
    return f"{derive_seed(seed, 'id', kind, stratum, position):016x}"


def _strata(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs by their two ways of training, each with the same one first, so that balancing sides balances arms."""
    grouped: dict[Contrast, list[Pair]] = {}
    for pair in pairs:
        same = pair.turned if pair.contrast.without_seeds.turned in grouped else pair
        grouped.setdefault(same.contrast.without_seeds, []).append(same)
    return list(grouped.values())


def _by_pair_of_runs(pairs: Sequence[Pair]) -> list[Pair]:
    """One pair of runs after the other: neighbours are shown on different sides."""
    order = {contrast: place for place, contrast in enumerate(dict.fromkeys(pair.contrast for pair in pairs))}
    return sorted(pairs, key=lambda pair: order[pair.contrast])


def _require_pairs(pairs: Sequence[Pair], *, overlap: int, repeats: int) -> None:
    if not pairs:
        raise InputError("there is nothing to compare: no query has a response from both arms",
                         cure="Sample both arms on the same queries first")
    if overlap < 1 or repeats < 0:
        raise InputError(f"overlap must be 1 or more and repeats 0 or more, not {overlap} and {repeats}")
    texts: dict[ArmKey, bool] = defaultdict(bool)
    for pair in pairs:
        arm, opponent = pair.contrast.arm, pair.contrast.opponent
        texts[arm] |= bool(pair.text.strip())
        texts[opponent] |= bool(pair.opponent_text.strip())
        if arm == opponent:
            raise InputError(f"the arm '{arm}' is compared with itself", cure="Give two different arms")
    for arm, any_text in texts.items():
        if not any_text:
            raise InputError(f"the arm '{arm}' is empty: all its responses are blank",
                             cure="Sample the arm again, or leave it out of the study")
