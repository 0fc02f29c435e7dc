"""Measures how quickly the rating app answers 25 raters who act every five seconds.

`python -m benchmarks.rating_app [--raters 25] [--seconds 60] [--every 5]`. The server is the real one. Each
rater is a websocket that speaks Streamlit's own protocol, signs in by a one-time link and votes. Measured from sending
the click to the last page delta received, which includes both ways of the wire and this client's own reading: an upper
bound of what the server needs. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from harness.ratings.blinding import Pair, build_items
from harness.ratings.protocol import StudyProtocol
from harness.ratings.store import RatingStore, open_store
from harness.records import ArmKey, Contrast

ROOT = Path(__file__).resolve().parents[1]
GOAL_MS = 300


class Client:
    """One rater's browser, as far as the server can tell. buttons: label to widget id of the page as it is; page: the
    page that the server last said is open, which a browser repeats in whatever it sends.
    """

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.page = ""
        self.buttons: dict[str, str] = {}

    async def run(self, click: str | None = None) -> float:
        """Send a rerun, with a click where given, and read until the script has finished. Returns seconds."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_script_hash = self.page
        if click is not None:
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id, widget.trigger_value = self.buttons[click], True
        self.buttons = {}
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            forward = ForwardMsg()
            forward.ParseFromString(await self.socket.recv())
            kind = forward.WhichOneof("type")
            if kind == "navigation":
                self.page = forward.navigation.page_script_hash
            if kind == "delta" and forward.delta.new_element.WhichOneof("type") == "button":
                button = forward.delta.new_element.button
                self.buttons[button.label] = button.id
            # A page that leads to another (the front page does) finishes early, and the other one begins.
            if kind == "script_finished" and forward.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - began


async def rate(number: int, port: int, token: str, options: argparse.Namespace, times: list[float]) -> int:
    """Sign in, agree, and vote until the time is over. Returns how many votes were sent."""
    dice = random.Random(number)
    cookie = sign_in(port, token)
    address = f"ws://localhost:{port}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None,
                                  additional_headers={"Cookie": cookie}) as connection:
        client = Client(connection)
        await client.run()
        await client.run("I agree: begin")
        await asyncio.sleep(dice.uniform(0, options.every))
        votes, end = 0, time.monotonic() + options.seconds
        while time.monotonic() < end:
            await asyncio.sleep(dice.uniform(0.8, 1.2) * options.every)
            times.append(await client.run(dice.choice(["Left", "Tie", "Right"])))
            votes += 1
        return votes


def sign_in(port: int, token: str) -> str:
    """Redeem the link as the form does; returns the cookie."""
    connection = http.client.HTTPConnection("localhost", port)
    connection.request("POST", "/join", urllib.parse.urlencode({"secret": token}),
                       {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    return str(answer.getheader("Set-Cookie")).split(";")[0]


def prepare(store: RatingStore, raters: int) -> list[str]:
    """A study of 600 items and a link for each rater."""
    words = "the keeper climbed the stairs with a lamp and read until the moon rose over the bay".split()
    dice = random.Random(1)

    def text() -> str:
        return " ".join(dice.choice(words) for _ in range(40)) + "."

    contrast = Contrast(ArmKey("one"), ArmKey("two"))
    pairs = [Pair(f"q{i}", text(), None, contrast, text(), text()) for i in range(600)]
    items = build_items(pairs, seed=1, overlap=3)
    store.publish_study(StudyProtocol(name="benchmark", title="Which is better?", instructions="Choose.", seed=1),
                        items.items, items.key)
    return [store.invite(store.add_rater(f"rater-{number}")) for number in range(raters)]


async def measure(port: int, tokens: list[str], options: argparse.Namespace) -> tuple[list[float], int]:
    times: list[float] = []
    votes = await asyncio.gather(*(rate(number, port, token, options, times) for number, token in enumerate(tokens)))
    return times, sum(votes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raters", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        url = f"sqlite:///{folder}/ratings.db"
        store = open_store(url)
        tokens = prepare(store, options.raters)
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboards" / "app.py"), "--server.headless", "true",
             "--server.port", str(port)], env={**os.environ, "HARNESS_RATINGS_URL": url}, stdout=subprocess.DEVNULL)
        try:
            wait_for(port)
            times, votes = asyncio.run(measure(port, tokens, options))
        finally:
            server.terminate()
            server.wait()
        study = store.studies()[0]
        kept = len(store.finals(study.id))
    milliseconds = sorted(1000 * each for each in times)
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    print(json.dumps({"raters": options.raters, "every_s": options.every, "actions": votes, "kept": kept,
                      "p50_ms": round(statistics.median(milliseconds), 1), "p95_ms": round(p95, 1),
                      "max_ms": round(milliseconds[-1], 1), "goal_ms": GOAL_MS, "within_goal": p95 <= GOAL_MS}))


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the app did not start")


if __name__ == "__main__":
    main()
