"""A rater's hands: signing in and rating by keyboard alone."""

from __future__ import annotations

import base64
import contextlib
import re
import time
from typing import Any

from harness.ratings.judging import MIN_DWELL_MS

SETTLED = "document.querySelector('[data-test-script-state=notRunning][data-test-connection-state=CONNECTED]')"
CURRENT = """(() => { const found = document.querySelector('[class*="st-key-votes_"]');
  if (!found) return null; const match = found.className.match(/st-key-votes_([0-9a-f]{24})/);
  return match ? match[1] : null; })()"""
DWELL_MS = 900


class Traffic:
    """Everything that passes between a browser and the server, by channel: addresses, bodies, frames, page sources."""

    def __init__(self) -> None:
        self.channels: dict[str, list[bytes]] = {"url": [], "body": [], "frame": [], "page": []}

    def watch(self, page: Any) -> None:
        page.on("request", lambda request: self._note("url", request.url, str(request.headers)))
        page.on("framenavigated", lambda frame: self._note("url", frame.url))
        page.on("response", self._keep_body)
        page.on("websocket", self._watch_socket)

    async def look(self, page: Any) -> None:
        """Keep the page as it stands: its source, and what it stores in the browser."""
        self._note("page", *await page.evaluate(
            "[document.documentElement.outerHTML, JSON.stringify([{...localStorage}, {...sessionStorage}])]"))

    def _note(self, channel: str, *texts: str) -> None:
        self.channels[channel] += [text.encode() for text in texts]

    async def _keep_body(self, response: Any) -> None:
        from playwright.async_api import Error

        if response.request.resource_type in ("document", "xhr", "fetch"):
            with contextlib.suppress(Error):  # a redirect has no body
                self._note("body", await response.text())

    def _watch_socket(self, socket: Any) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda payload: self.channels["frame"].append(
                payload.encode() if isinstance(payload, str) else bytes(payload)))

    def holds(self, word: str, channel: str | None = None) -> bool:
        """Whether the word, in any of the spellings that a wire may give it, passed through the channel, or any."""
        parts = self.channels[channel] if channel else [part for some in self.channels.values() for part in some]
        return any(spelling in part for spelling in spellings(word) for part in parts)


def spellings(word: str) -> list[bytes]:
    """The word as text, in base64 at each of its three alignments, and a number as protobuf and C would write it."""
    plain = word.encode()
    found = [plain]
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + plain)
        found.append(encoded[(0, 2, 3)[lead]:len(encoded) - (0, 3, 2)[(lead + len(plain)) % 3]])
    if word.isdigit():
        number, varint = int(word), b""
        found.append(number.to_bytes(8, "little"))
        while number > 127:
            varint += bytes([number & 127 | 128])
            number >>= 7
        found.append(varint + bytes([number]))
    return found


async def join(page: Any, base: str, token: str) -> str:
    """Open the personal link, begin, and go on. Returns the return code."""
    await page.goto(f"{base}/join/{token}")
    await page.locator("button").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".code")
    code = await page.inner_text(".code")
    await page.locator("a.button").focus()
    await page.keyboard.press("Enter")
    return code


async def come_back(page: Any, base: str, code: str) -> None:
    """Sign in with the return code."""
    await page.goto(f"{base}/enter")
    await page.locator("#secret").focus()
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")


async def agree(page: Any) -> None:
    await offered(page, "consent")
    await page.keyboard.press("Enter")
    await page.wait_for_function(CURRENT)


async def item_on_screen(page: Any) -> str | None:
    """The id of the assignment on the screen, None when all is done."""
    await page.wait_for_function(f"{SETTLED} && ({CURRENT} || document.body.innerText.includes('All done'))")
    found = await page.evaluate(CURRENT)
    return str(found) if found else None


async def offered(page: Any, button: str) -> None:
    """Wait until a button, by the start of its key, and its shortcut are there: a text above may be seen before it."""
    await page.wait_for_selector(f'[class*="st-key-{button}"] kbd', state="attached")
    await page.wait_for_function(SETTLED)


async def press_after_reading(page: Any, key: str) -> None:
    """Press when the item has been on the screen for so long that a key counts as a vote."""
    await page.wait_for_timeout(DWELL_MS)
    await page.keyboard.press(key)


async def press_and_wait(page: Any, key: str, shown: str) -> None:
    """Press, and wait until another item (or the end) is on the screen: that is the acknowledgement."""
    await press_after_reading(page, key)
    await page.wait_for_function(f"{SETTLED} && {CURRENT} !== '{shown}'")


async def press_twice_and_wait(page: Any, key: str, shown: str, *, apart_ms: int) -> bool:
    """The same with a second press. Returns False where the machine was so slow that there was none: it would have come
    late enough to be a vote on the next item.
    """
    await page.wait_for_timeout(DWELL_MS)
    began = time.monotonic()
    await page.keyboard.press(key)
    await page.wait_for_timeout(apart_ms)
    in_time = time.monotonic() - began < 0.75 * MIN_DWELL_MS / 1000
    if in_time:
        await page.keyboard.press(key)
    await page.wait_for_function(f"{SETTLED} && {CURRENT} !== '{shown}'")
    return in_time


def plain(text: str) -> str:
    """A text with runs of white space as one space, for comparing what a browser shows."""
    return re.sub(r"\s+", " ", text).strip()
