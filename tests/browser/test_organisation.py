"""Signing in through the owner's identity provider, in a real Chromium, and out again."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest
from server import App, chromium, running_app


def _settings(base: str, provider: str) -> str:
    return f"""[auth]
redirect_uri = "{base}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "harness"
client_secret = "unused"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


def test_only_an_invited_account_gets_in_and_who_signs_out_is_out(tmp_path: Path) -> None:
    pytest.importorskip("authlib")
    from identity_provider import Provider, running_provider

    async def sign_in(app: App, provider: Provider, browser: Any, **claims: Any) -> Any:
        provider.claims = claims
        page = await (await browser.new_context()).new_page()
        await page.goto(app.base)
        await page.get_by_role("button", name="Sign in with your organisation").click(timeout=60_000)
        return page

    async def session(app: App, provider: Provider) -> None:
        async with chromium() as browser:
            page = await sign_in(app, provider, browser, email="Amber@Example.org", email_verified=True)
            await page.get_by_text("Nothing to do yet").wait_for(timeout=60_000)
            await page.goto(f"{app.base}/sign-out")
            await page.get_by_role("button", name="Sign out").click()
            await page.get_by_text("Signed out").wait_for(timeout=60_000)
            await page.goto(app.base)
            await page.get_by_role("button", name="Sign in with your organisation").wait_for(timeout=60_000)
            for stranger in ({"email": "mallory@example.org"}, {"email": "amber@example.org", "email_verified": False}):
                page = await sign_in(app, provider, browser, **stranger)
                await page.get_by_text("Nobody has invited this account").wait_for(timeout=60_000)

    with running_provider() as provider, running_app(
            tmp_path, secrets=lambda base: _settings(base, provider.base)) as app:
        app.store.add_rater("amber", email="amber@example.org")
        asyncio.run(session(app, provider))
        assert "example.org" not in app.log.read_text()
