"""On MLflow's own page two clicks lead to win rates against label budgets: the study, then its description's link."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from server import CHROMIUM, chromium

from harness.engine.experiment_page import experiment_tags
from harness.engine.run_tree import RunTree
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import ArmKey
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.result_records import equivalence_row, results_of, win_rate_row

pytestmark = pytest.mark.chromium

RATES = {ArmKey("rl", budget, seed): 0.5 + 0.1 * number + 0.02 * seed
         for number, budget in enumerate((16, 1000, 4000)) for seed in (1, 2)}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """The address that `harness mlflow` prints for a study whose arms have win rates."""
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed")
    pytest.importorskip("playwright")
    root = tmp_path / "mlruns"
    plan = make_plan(load_study(STUDIES / "quick.yaml"), {})
    tracking = Tracking(default_uri(root), root=root)
    experiment = tracking.experiment("quick")
    execution = tracking.begin_run(experiment, "quick", tags={"level": "execution"})
    tree = RunTree(plan, tracking, experiment=experiment, execution=execution)
    for arm, rate in RATES.items():
        tree.record_arm(arm, {"label_budget": float(arm.label_budget or 0), "win_rate_vs_zero_shot": rate,
                              "win_rate_vs_supervised": rate - 0.1, "win_rate_vs_reference": rate - 0.2}, {})
    tracking.end_run(execution)
    results = results_of(win_rates=[win_rate_row()], equivalence=[equivalence_row(1000, 250, 0.5)])
    tracking.describe(experiment, experiment_tags(experiment, plan.study, results, root))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "harness", "mlflow", "--port", str(port), "--workers", "1"],
                               cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
    try:
        assert process.stdout is not None
        study, _, address = process.stdout.readline().strip().partition(": ")
        assert study == "quick"
        _wait_for(f"http://127.0.0.1:{port}/")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("MLflow's page did not start")


@pytest.mark.slow
def test_win_rate_against_label_budget_is_two_clicks_away(page: str, tmp_path: Path) -> None:
    asyncio.run(_two_clicks(page, tmp_path / "mlflow.png"))


async def _two_clicks(address: str, picture: Path) -> None:
    async with chromium() as browser:
        tab = await browser.new_page(viewport={"width": 1400, "height": 760})
        await tab.goto(address)
        link = tab.get_by_role("link", name="Win rate against label budget").first
        async with tab.expect_popup(timeout=60_000) as opened:
            await link.click(timeout=60_000)
        tab = await opened.value
        await tab.set_viewport_size({"width": 1400, "height": 760})
        charts = tab.locator(".js-plotly-plot").filter(has_text="win_rate_vs_zero_shot")
        await charts.first.wait_for(timeout=60_000)
        points = charts.first.locator(".scatterlayer .point")
        await points.first.wait_for(timeout=60_000)
        found = await points.count()
        for close in await tab.get_by_role("button", name="Close").all():
            await close.click(timeout=2_000)
        await tab.wait_for_timeout(1_500)
        await tab.screenshot(path=str(picture))
    assert found == len(RATES)
