"""A rater behind a slow line, who presses again and again while nothing seems to happen, votes once an item."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from rating import DWELL_MS, agree, item_on_screen, join
from rating_helpers import item_set, publish
from server import App, chromium

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

SECONDS_EACH_WAY = 0.3


async def _delayed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, in order, each piece late by the delay; pieces do not wait for each other."""
    loop = asyncio.get_running_loop()
    line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def listen() -> None:
        piece = b"."
        while piece:
            piece = await reader.read(65_536)
            line.put_nowait((loop.time() + SECONDS_EACH_WAY, piece))

    listening = asyncio.create_task(listen())
    try:
        while True:
            due, piece = await line.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        listening.cancel()
    finally:
        writer.close()


@asynccontextmanager
async def slow_line(base: str) -> AsyncIterator[str]:
    """An address behind which the app is, by a slow line."""
    far = urlsplit(base)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection(far.hostname, far.port)
        await asyncio.gather(_delayed(reader, to_writer), _delayed(to_reader, writer), return_exceptions=True)

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def press_impatiently(app: App, token: str) -> dict[str, str]:
    sent: dict[str, str] = {}
    async with slow_line(app.base) as base, chromium() as browser:
        page: Any = await (await browser.new_context()).new_page()
        await join(page, base, token)
        await agree(page)
        while (shown := await item_on_screen(page)) is not None:
            await page.wait_for_timeout(DWELL_MS)
            key, side = (("1", "left"), ("3", "right"))[len(sent) % 2]
            for _ in range(4):
                await page.keyboard.press(key)
                await page.wait_for_timeout(120)
            await page.wait_for_function(f"!document.querySelector('.st-key-votes_{shown}')")
            sent[shown] = side
    return sent


def test_impatient_keys_on_a_slow_line_vote_once_an_item(app: App) -> None:
    study = publish(app.store, item_set(6, overlap=1))
    sent = asyncio.run(press_impatiently(app, app.store.invite(app.store.add_rater("amber"))))
    assert len(sent) == 6
    assert {each.assignment_id: each.shown for each in app.store.finals(study)} == sent
    assert app.store.verify(study).judgments == 6
