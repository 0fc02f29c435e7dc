"""A rater's hands: signing in and rating by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

SETTLED = "document.querySelector('[data-test-script-state=notRunning][data-test-connection-state=CONNECTED]')"
CURRENT = """(() => { const found = document.querySelector('[class*="st-key-votes_"]');
  if (!found) return null; const match = found.className.match(/st-key-votes_([0-9a-f]{24})/);
  return match ? match[1] : null; })()"""
DWELL_MS = 900


class Traffic:
    """Everything that passes between a browser and the server: addresses, bodies, websocket frames, pages."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def watch(self, page: Any) -> None:
        page.on("request", lambda request: self.parts.append(request.url.encode()))
        page.on("websocket", self._watch_socket)

    def _watch_socket(self, socket: Any) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda payload: self.parts.append(
                payload.encode() if isinstance(payload, str) else bytes(payload)))

    def holds(self, word: str) -> bool:
        return any(word.encode() in part for part in self.parts)


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
    await page.wait_for_selector("text=Your consent")
    await page.wait_for_function(SETTLED)
    await page.keyboard.press("Enter")
    await page.wait_for_function(CURRENT)


async def item_on_screen(page: Any) -> str | None:
    """The id of the assignment on the screen, None when all is done."""
    await page.wait_for_function(f"{SETTLED} && ({CURRENT} || document.body.innerText.includes('All done'))")
    found = await page.evaluate(CURRENT)
    return str(found) if found else None


async def press_and_wait(page: Any, key: str, shown: str, *, twice_after_ms: int | None = None) -> None:
    """Press, and wait until another item (or the end) is on the screen: that is the acknowledgement."""
    await page.wait_for_timeout(DWELL_MS)
    await page.keyboard.press(key)
    if twice_after_ms is not None:
        await page.wait_for_timeout(twice_after_ms)
        await page.keyboard.press(key)
    await page.wait_for_function(f"{SETTLED} && {CURRENT} !== '{shown}'")


def plain(text: str) -> str:
    """A text with runs of white space as one space, for comparing what a browser shows."""
    return re.sub(r"\s+", " ", text).strip()
