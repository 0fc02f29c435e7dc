"""A real server and a real Chromium. Skipped, with the reason, where either is missing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.ratings.store import RatingStore, open_store

ROOT = Path(__file__).parents[2]
OWNER_SECRET = "a secret of the tests"
CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass
class App:
    """A running app: where it is, its store, its log, and how to restart it."""

    base: str
    store: RatingStore
    log: Path
    restart: Callable[[], None]


@contextmanager
def running_app(tmp_path: Path, *, secrets: Callable[[str], str] | None = None) -> Iterator[App]:
    """Start the app on a database of its own; skips the test where it cannot be tested.

    secrets: Streamlit's secrets (TOML) of an app at this address.
    """
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed")
    pytest.importorskip("playwright")
    url = f"sqlite:///{tmp_path / 'ratings.db'}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, log, arguments = f"http://localhost:{port}", tmp_path / "server.log", list[str]()
    if secrets is not None:
        (tmp_path / "secrets.toml").write_text(secrets(base))
        arguments = ["--secrets.files", str(tmp_path / "secrets.toml")]
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        if running:
            _stop(running.pop())
        running.append(_serve(url, port, log, arguments))

    start()
    try:
        yield App(base, open_store(url), log, start)
    finally:
        _stop(running.pop())


def _serve(url: str, port: int, log: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HARNESS_RATINGS_URL": url, "HARNESS_OWNER_SECRET": OWNER_SECRET}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboards" / "app.py"), "--server.port", str(port),
         "--server.headless", "true", *arguments], env=environment, stdout=log.open("ab"), stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1):
                return process
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise RuntimeError(f"the app did not start: {log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
