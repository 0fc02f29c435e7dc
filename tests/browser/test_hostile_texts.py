"""Whatever a model or a source says is shown as itself, and does nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rating import agree, item_on_screen, join, plain, press_and_wait
from rating_helpers import publish
from server import App, chromium

from harness.ratings.blinding import Pair, build_items
from harness.records import ArmKey, Contrast

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

HOSTILE = [
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned=2'>",
    "</p></section><style>* { display: none }</style><b>bold</b>",
    "# Heading\n\n**bold** _it_ [link](javascript:alert(1)) ![x](http://localhost:1/x.png) https://example.org",
    "$E = mc^2$ $$\\int$$ \\(x\\) :red[directive] :material/delete: :smile: `code`",
    "\u202egnp.exe \u2066isolated\u2069 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "a" * 100_000,
    "nul\x00nul and \x1b[31mred\x07",
    "&lt;b&gt; &amp; &#60;script&#62; {{7*7}} %s ${x} {0}",
]


def as_shown(text: str) -> str:
    """What the page must read as: NUL is shown as its symbol; other control characters have no shape."""
    return plain(text.replace("\x00", "\u2400"))


async def look(app: App, token: str, count: int) -> list[dict[str, Any]]:
    seen = []
    async with chromium() as browser:
        page = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
        await join(page, app.base, token)
        await agree(page)
        for _ in range(count):
            shown = await item_on_screen(page)
            seen.append(await page.evaluate("""() => ({
                texts: [...document.querySelectorAll('.inert')].map(each => each.textContent),
                inside: [...document.querySelectorAll('.inert *')].map(each => each.tagName),
                pwned: window.pwned, math: document.querySelectorAll('.katex').length,
                wide: document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth,
                votes: document.querySelector('[class*="st-key-votes_"]').innerText})"""))
            await press_and_wait(page, "2", shown or "")
    return seen


def test_hostile_texts_are_plain_text(app: App) -> None:
    texts = list(zip(HOSTILE, reversed(HOSTILE), strict=True))
    contrast = Contrast(ArmKey("arm one"), ArmKey("arm two"))
    publish(app.store, build_items([Pair(f"q{i}", HOSTILE[i], None, contrast, a, b)
                                    for i, (a, b) in enumerate(texts)], seed=1, overlap=1), title=HOSTILE[3])
    seen = asyncio.run(look(app, app.store.invite(app.store.add_rater("amber")), len(HOSTILE)))
    wanted = {as_shown(text) for text in HOSTILE}
    shown = {plain(text) for each in seen for text in each["texts"]}
    assert shown == wanted
    for each in seen:
        assert each["inside"] == []
        assert each["pwned"] is None
        assert each["math"] == 0
        assert each["wide"] <= 0
        assert "Left" in each["votes"]


async def addresses(app: App, token: str) -> list[str]:
    """Every address that the browser asks for until the first item is on the screen."""
    asked: list[str] = []
    async with chromium() as browser:
        page = await (await browser.new_context()).new_page()
        page.on("request", lambda request: asked.append(request.url))
        await join(page, app.base, token)
        await agree(page)
        await item_on_screen(page)
    return asked


def test_no_server_elsewhere_is_asked_for_anything(app: App) -> None:
    publish(app.store)
    asked = asyncio.run(addresses(app, app.store.invite(app.store.add_rater("amber"))))
    assert asked
    assert [each for each in asked if not each.startswith((app.base, "data:"))] == []
