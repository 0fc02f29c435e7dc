"""How carefully each rater of a study works, and whom the plan's rules leave out. Never by agreement with an arm."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from harness.ratings.progress import Final, StudyInfo, finals
from harness.ratings.protocol import ItemKind
from harness.ratings.schema import enrolments
from harness.records import Choice
from harness.statistics.raters import RaterQuality, exclusions, rater_quality


@dataclass(frozen=True)
class RaterInStudy:
    """One rater in one study, as its owner sees it.

    quality: the rater's figures, under the pseudonym. skipped: main items. left_rate: the share of left among decisive
    choices, None without any. revisions: how often a choice was changed. qualified: whether the qualification was
    passed, None where it was not finished. excluded: why, by the plan's rules; None for who counts.
    """

    rater_id: str
    quality: RaterQuality
    skipped: int
    left_rate: float | None
    revisions: int
    qualified: bool | None
    excluded: str | None

    def figures(self) -> dict[str, Any]:
        """All but the id, by name."""
        rest = {name: value for name, value in vars(self).items() if name not in ("rater_id", "quality")}
        return {**asdict(self.quality), **rest}


def raters_of_study(connection: Connection, study: StudyInfo) -> list[RaterInStudy]:
    """Everybody who has answered anything, in the order in which they began."""
    rows = finals(connection, study.id)
    by_rater: dict[str, list[Final]] = defaultdict(list)
    for each in rows:
        by_rater[each.rater_id].append(each)
    qualified = dict(connection.execute(select(enrolments.c.rater_id, enrolments.c.qualified).where(
        enrolments.c.study_id == study.id)).tuples().all())
    quality = quality_of(rows)
    excluded = {each.rater: each.reason for each in exclusions(list(quality.values()), study.protocol.plan.exclusions)}
    return [_rater(quality[mine[0].handle], mine, qualified.get(rater_id), excluded.get(mine[0].handle))
            for rater_id, mine in by_rater.items()]


def quality_of(rows: list[Final]) -> dict[str, RaterQuality]:
    """The figures of everybody who answered, by pseudonym. Only what is said of main items counts as a judgment."""
    counted = [each.item_kind is ItemKind.MAIN and each.side != Choice.SKIP for each in rows]
    first = {(each.rater_id, each.item_id): each.side for each, counts in zip(rows, counted, strict=True) if counts}
    said = [each.side != Choice.SKIP for each in rows]
    gold = [each.expected if here and each.item_kind is ItemKind.GOLD else None
            for each, here in zip(rows, said, strict=True)]
    repeats = [first.get((each.rater_id, each.repeat_of or "")) if here and each.item_kind is ItemKind.REPEAT else None
               for each, here in zip(rows, said, strict=True)]
    found = rater_quality([each.handle for each in rows], [each.item_id for each in rows],
                          [each.side for each in rows], gold=gold, repeats=repeats,
                          seconds=np.array([each.seconds for each in rows]), counted=np.array(counted, dtype=bool))
    return {each.rater: each for each in found}


def _rater(quality: RaterQuality, rows: list[Final], qualified: bool | None, excluded: str | None) -> RaterInStudy:
    main = [each for each in rows if each.item_kind is ItemKind.MAIN]
    sided = [each.shown == Choice.LEFT for each in main if each.shown in (Choice.LEFT, Choice.RIGHT)]
    practice = (ItemKind.TRAINING, ItemKind.QUALIFICATION)
    return RaterInStudy(
        rater_id=rows[0].rater_id, quality=quality, skipped=len(main) - quality.n_judgments,
        left_rate=sum(sided) / len(sided) if sided else None,
        revisions=sum(each.revisions for each in rows if each.item_kind not in practice),
        qualified=qualified, excluded=excluded)
