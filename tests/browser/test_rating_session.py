"""Three raters in real Chromium rate a whole study of 40 items by keyboard alone, with trouble of every kind."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

import pytest
from rating import (
    CURRENT,
    DWELL_MS,
    SETTLED,
    Traffic,
    agree,
    come_back,
    item_on_screen,
    join,
    offered,
    press_after_reading,
    press_and_wait,
    press_twice_and_wait,
)
from rating_helpers import item_set, known, pairs, publish
from server import App, chromium
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from harness.ratings.blinding import build_items
from harness.ratings.protocol import ItemKind
from harness.statistics.plan import AnalysisPlan

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

SECRET_ARMS = ("armsecret/4321787654321/9021198765432", "basesecret")
OTHER_RUN = ("armsecret/4321787654321/7130198765431", "basesecret")
SECRETS = ("armsecret", "basesecret", "4321787654321", "9021198765432", "7130198765431", "studysecret",
           "executionsecret", "987654321", "responsessecret", "gatesecret")
KEYS = {"1": "left", "2": "tie", "3": "right"}
Acknowledged = dict[str, str]


async def double_clicker(browser: Any, app: App, token: str, traffic: Traffic) -> Acknowledged:
    """Presses every key twice, at intervals from hardly to plainly apart."""
    page = await (await browser.new_context()).new_page()
    traffic.watch(page)
    await join(page, app.base, token)
    await agree(page)
    sent: Acknowledged = {}
    doubles = 0
    while (shown := await item_on_screen(page)) is not None:
        await traffic.look(page)
        key = "123"[len(sent) % 3]
        doubles += await press_twice_and_wait(page, key, shown, apart_ms=(20, 90, 180, 300)[len(sent) % 4])
        sent[shown] = KEYS[key]
    assert doubles > 10, "the machine was too slow for a double click"
    return sent


async def loses_the_connection(browser: Any, app: App, token: str, traffic: Traffic) -> Acknowledged:
    """Goes offline in the middle of a click, and comes back in another browser with the return code."""
    context = await browser.new_context()
    page = await context.new_page()
    traffic.watch(page)
    code = await join(page, app.base, token)
    await agree(page)
    sent: Acknowledged = {}
    while (shown := await item_on_screen(page)) is not None:
        await traffic.look(page)
        if len(sent) == 15:
            await context.set_offline(True)
            await page.keyboard.press("1")
            await page.wait_for_timeout(800)
            await context.close()
            context = await browser.new_context()
            page = await context.new_page()
            traffic.watch(page)
            await come_back(page, app.base, code)
            returned = await item_on_screen(page)
            assert returned == shown or returned is not None
            shown = returned
        await press_and_wait(page, "3", shown)
        sent[shown] = "right"
    return sent


async def two_tabs(browser: Any, app: App, token: str, traffic: Traffic) -> Acknowledged:
    """Votes in one tab, then says the opposite of the same item in the other, stale one."""
    context = await browser.new_context()
    first = await context.new_page()
    traffic.watch(first)
    await join(first, app.base, token)
    await agree(first)
    second = await context.new_page()
    traffic.watch(second)
    await second.goto(app.base)
    sent: Acknowledged = {}
    while (shown := await item_on_screen(first)) is not None:
        await traffic.look(first)
        tries_the_other = len(sent) % 5 == 0
        if tries_the_other:
            await second.reload()
            stale = await item_on_screen(second)
        await press_and_wait(first, "1", shown)
        sent[shown] = "left"
        if tries_the_other and stale is not None:
            await press_and_wait(second, "3", stale)
            if await item_on_screen(second):
                assert "judged this one already" in await second.inner_text("body")
    return sent


async def session(app: App, tokens: list[str], traffic: Traffic) -> list[Acknowledged]:
    async with chromium() as browser:
        return await asyncio.gather(*(rater(browser, app, token, traffic) for rater, token in zip(
            (double_clicker, loses_the_connection, two_tabs), tokens, strict=True)))


def test_every_acknowledged_click_is_in_the_store_once_and_no_secret_in_the_traffic(app: App) -> None:
    other_run = [replace(pair, query_id=f"other {pair.query_id}") for pair in pairs(20, arms=OTHER_RUN)]
    built = build_items([*pairs(20, arms=SECRET_ARMS), *other_run], seed=987654321, overlap=3)
    study = publish(app.store, built, name="studysecret", seed=987654321, execution="executionsecret")
    tokens = [app.store.invite(app.store.add_rater(handle)) for handle in ("amber", "birch", "cedar")]
    traffic = Traffic()
    acknowledged = asyncio.run(session(app, tokens, traffic))

    finals = {each.assignment_id: each for each in app.store.finals(study)}
    assert len(finals) == 120
    assert app.store.coverage(study).complete == 40
    check = app.store.verify(study)
    assert check.problems == ()
    for sent in acknowledged:
        for assignment, choice in sent.items():
            assert finals[assignment].shown == choice
    assert all(each.revisions == 0 for each in finals.values())
    assert check.judgments == 120
    assert sum(len(sent) for sent in acknowledged) in (119, 120)

    nothing_secret_passed(traffic, app, shown="the dog ran far away")
    log = app.log.read_text()
    for token in tokens:
        assert token not in log


async def holds_a_key(app: App, token: str) -> list[str | None]:
    """The items on the screen before, after a first press, and while the same key is held and repeats."""
    async with chromium() as browser:
        page = await (await browser.new_context()).new_page()
        await join(page, app.base, token)
        await agree(page)
        seen = [await item_on_screen(page)]
        await page.wait_for_timeout(DWELL_MS)
        await page.keyboard.down("1")
        await page.wait_for_function(f"{SETTLED} && {CURRENT} !== '{seen[0]}'")
        seen.append(await item_on_screen(page))
        for _ in range(3):
            await page.wait_for_timeout(DWELL_MS)
            await page.keyboard.down("1")
        await page.wait_for_timeout(DWELL_MS)
        return [*seen, await item_on_screen(page)]


def test_a_key_that_is_held_votes_once(app: App) -> None:
    study = publish(app.store, build_items(pairs(4, arms=SECRET_ARMS), seed=3, overlap=1), name="held", seed=3)
    first, second, held = asyncio.run(holds_a_key(app, app.store.invite(app.store.add_rater("amber"))))
    assert first != second == held
    assert [each.assignment_id for each in app.store.finals(study)] == [first]


def nothing_secret_passed(traffic: Traffic, app: App, *, shown: str) -> None:
    """Every channel was listened to, as what did pass there shows, and none of them, nor the log, held a secret."""
    for channel, word in (("url", "/join/"), ("body", "Keep this code"), ("frame", shown), ("page", shown)):
        assert traffic.holds(word, channel), channel
    log = app.log.read_text()
    for secret in SECRETS:
        assert not traffic.holds(secret), secret
        assert secret not in log


def test_a_secret_on_the_wire_is_noticed_however_it_is_written() -> None:
    for wire in (b"..armsecret..", base64.b64encode(b"an armsecret here"), base64.b64encode(b"the armsecret here"),
                 base64.b64encode(b"my own armsecret")):
        traffic = Traffic()
        traffic.channels["frame"].append(b"noise")
        assert not traffic.holds("armsecret")
        traffic.channels["frame"].append(wire)
        assert traffic.holds("armsecret", "frame")
        assert not traffic.holds("armsecret", "page")
    message = ForwardMsg()
    message.delta.new_element.progress.value = 1
    message.metadata.delta_path.append(987654321)
    traffic = Traffic()
    traffic.channels["frame"].append(message.SerializeToString())
    assert traffic.holds("987654321")


async def walk_through_everything(app: App, token: str, traffic: Traffic) -> str:
    """Practice, gold, questions, details, back, flag, pause, help: by keyboard, on one study."""
    async with chromium() as browser:
        page = await (await browser.new_context()).new_page()
        traffic.watch(page)
        await join(page, app.base, token)
        await agree(page)
        training = await item_on_screen(page)
        await press_after_reading(page, "1")
        await offered(page, "go_on")
        await traffic.look(page)
        await page.keyboard.press("Enter")
        await page.wait_for_function(f"!document.body.innerText.includes('Go on') && '{training}'")
        shown = await item_on_screen(page)
        assert await page.locator("mark").count() == 0, "nothing is highlighted before the vote"
        await press_after_reading(page, "1")
        await offered(page, "copied_none")
        await traffic.look(page)
        await page.keyboard.press("4")
        await offered(page, "accurate_none")
        await traffic.look(page)
        await page.keyboard.press("2")
        await page.wait_for_function(f"!document.body.innerText.includes('accurate?') && '{shown}'")
        await item_on_screen(page)
        await offered(page, "back")
        await page.keyboard.press("Backspace")
        await page.wait_for_selector("text=You judged this one before")
        await traffic.look(page)
        await item_on_screen(page)
        await press_after_reading(page, "3")
        await page.wait_for_function("!document.body.innerText.includes('You judged this one before')")
        current = await item_on_screen(page)
        await offered(page, "instructions")
        await page.keyboard.press("i")
        await page.wait_for_selector("[role=dialog]")
        await traffic.look(page)
        await page.keyboard.press("1")
        await page.keyboard.press("Escape")
        await page.wait_for_selector("[role=dialog]", state="detached")
        assert await item_on_screen(page) == current, "a key under a dialog must not vote"
        await offered(page, "flag")
        await page.keyboard.press("f")
        await page.wait_for_selector("[role=dialog] textarea")
        await page.locator("[role=dialog] textarea").focus()
        await page.keyboard.type("Broken in 3 ways, 1 of them odd")
        await page.locator("[role=dialog] button", has_text="Report").press("Enter")
        await page.wait_for_function("!document.querySelector('[role=dialog]')")
        assert await item_on_screen(page) != current
        await offered(page, "pause")
        await page.keyboard.press("p")
        await page.wait_for_selector("text=Your place is kept")
        app.restart()
        await page.reload()
        await page.wait_for_selector("text=Your place is kept", timeout=60_000)
        await offered(page, "resume")
        await page.keyboard.press("Enter")
        await item_on_screen(page)
        return shown or ""


def test_practice_questions_back_flag_pause_and_a_restarted_server_by_keyboard(app: App) -> None:
    built = build_items(pairs(6, arms=SECRET_ARMS, source=True), seed=987654321, overlap=1, training=known(1))
    study = publish(app.store, built, name="studysecret", seed=987654321, execution="executionsecret",
                    responses=("responsessecret",), plan=AnalysisPlan(gatekeeping=("gatesecret",)), ask_copied=True,
                    ask_accuracy=True)
    traffic = Traffic()
    assignment = asyncio.run(walk_through_everything(app, app.store.invite(app.store.add_rater("amber")), traffic))
    nothing_secret_passed(traffic, app, shown="so the cat found a warm mat")
    final = next(each for each in app.store.finals(study) if each.assignment_id == assignment)
    assert (final.shown, final.content["answers"]) == ("right", {"copied": "neither", "accurate": "both"})
    (raised,) = app.store.open_flags(study)
    assert raised.note == "Broken in 3 ways, 1 of them odd"
    assert len([each for each in app.store.finals(study) if each.item_kind is ItemKind.MAIN]) == 1


async def pick_agree_and_read(app: App, token: str) -> int:
    """Pick the second study and agree, then scroll its source down. Returns how far it went, in pixels."""
    async with chromium() as browser:
        page = await (await browser.new_context(viewport={"width": 1280, "height": 600})).new_page()
        await join(page, app.base, token)
        await page.wait_for_function(SETTLED)
        await page.locator("input[role=combobox]").focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.type("Second")
        await page.keyboard.press("Enter")
        await page.wait_for_function(f"{SETTLED} && location.search.includes('study=')")
        await agree(page)  # unless the picker still takes the keys
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.matches('.scrolls')"):
                await page.keyboard.press("End")
                break
        await page.wait_for_timeout(500)
        return int(await page.evaluate("document.querySelector('.scrolls').scrollTop"))


def test_a_study_is_picked_and_a_long_source_read_by_keyboard_alone(app: App) -> None:
    publish(app.store, item_set(2), name="first", title="First")
    long = [replace(pair, source="A long sentence of the source. " * 300) for pair in pairs(2)]
    publish(app.store, build_items(long, seed=7), name="second", title="Second")
    assert asyncio.run(pick_agree_and_read(app, app.store.invite(app.store.add_rater("amber")))) > 100
