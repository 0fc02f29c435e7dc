"""SIGKILL between click and commit, two hundred times: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from ctypes import c_int as Counter
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest
from rating_helpers import item_set, publish, rater_in

from harness.ratings import judging
from harness.ratings.assignment import NoAssignment
from harness.ratings.judging import Refused
from harness.ratings.store import open_store

KILLS = 200
AT_ONCE = 3
VOTES = 3
"""A rater's votes around one kill at most: whatever the machine's speed, the items last for all kills."""


def vote_around_kills(url: str, study: str, rater: str, path: Path, kill: Counter) -> None:
    """A rater's process. What it wrote to the file was acknowledged by the store. kill: the number of the one due."""
    judging.MIN_DWELL_MS = 0
    store = open_store(url)
    acknowledged = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    last, votes = 0, 0
    while True:
        if kill.value != last:
            last, votes = kill.value, 0
        if last == 0 or votes == VOTES:
            time.sleep(0.001)
            continue
        held = store.next_assignment(study, rater)
        assert not isinstance(held, NoAssignment)
        try:
            receipt = store.vote(rater, held, revision=0, choice="left")
        except Refused:
            continue
        os.write(acknowledged, f"{held} {receipt.hash}\n".encode())
        votes += 1


def _wait_until_it_votes(process: ForkProcess, path: Path, seen: int) -> None:
    """However slow the machine is, a kill must come in the middle of voting, not before it began."""
    limit = time.monotonic() + 60
    while not path.exists() or path.stat().st_size <= seen:
        assert process.is_alive()
        assert time.monotonic() < limit
        time.sleep(0.002)


@pytest.mark.slow
def test_two_hundred_kills_lose_no_acknowledged_judgment(url: str, tmp_path: Path) -> None:
    """Three at a time: the killed ones leave locks and half-written transactions to the others."""
    store = open_store(url)
    study = publish(store, item_set(900, overlap=3))
    raters = [rater_in(store, study, f"r{i}") for i in range(AT_ONCE)]
    files = [tmp_path / f"acknowledged-{i}" for i in range(AT_ONCE)]
    dice = random.Random(4)
    forked = multiprocessing.get_context("fork")
    # Without a lock: a killed process could take it to its grave.
    due = forked.Value("i", 0, lock=False)

    def start(number: int) -> ForkProcess:
        process = forked.Process(target=vote_around_kills, args=(url, study, raters[number], files[number], due))
        process.start()
        return process

    running = [start(number) for number in range(AT_ONCE)]
    for kill in range(KILLS):
        number = kill % AT_ONCE
        seen = files[number].stat().st_size if files[number].exists() else 0
        due.value = kill + 1
        _wait_until_it_votes(running[number], files[number], seen)
        time.sleep(dice.uniform(0, 0.015))
        running[number].kill()
        running[number].join()
        running[number] = start(number)
    for process in running:
        process.kill()
        process.join()

    finals = {each.assignment_id: each for each in store.finals(study)}
    check = store.verify(study)
    assert check.problems == ()
    assert check.judgments == len(finals)
    lines = [line.split() for file in files if file.exists() for line in file.read_text().splitlines()]
    assert len(lines) >= KILLS
    acknowledged = {assignment for assignment, _hash in lines}
    assert len(acknowledged) == len(lines)
    assert acknowledged <= finals.keys()
    assert len(finals) - len(acknowledged) <= KILLS + AT_ONCE, "one unacknowledged judgment at most for each kill"
    pairs = [(each.item_id, each.rater_id) for each in finals.values()]
    assert len(pairs) == len(set(pairs)), "no rater judged an item twice"
    assert not isinstance(store.next_assignment(study, raters[0]), NoAssignment)
