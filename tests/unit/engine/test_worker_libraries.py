"""The process that workers are forked from: what it has loaded, and that it does not outlive its driver."""

import os
import signal
import subprocess
import sys
import time


def _python(code: str, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, **options)


def test_libraries_are_loaded_and_ctrl_c_is_left_to_the_driver() -> None:
    code = ("import sys, signal; import harness.engine.worker_libraries; "
            "print({'torch', 'harness.engine.worker'} <= set(sys.modules), "
            "signal.getsignal(signal.SIGINT) is signal.SIG_IGN, signal.getsignal(signal.SIGALRM) is signal.SIG_DFL, "
            "signal.getitimer(signal.ITIMER_REAL))")
    process = _python(code)
    assert process.communicate(timeout=120)[0].strip() == "True True True (0.0, 0.0)"


def test_loading_ends_when_the_driver_is_gone() -> None:
    # The driver starts a process that loads, says its number and is killed while it loads.
    loading = "import harness.engine.worker_libraries, time; time.sleep(60)"
    code = (f"import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', {loading!r}]); "
            "print(child.pid, flush=True); time.sleep(60)")
    driver = _python(code)
    child = int(driver.stdout.readline())
    time.sleep(0.3)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    limit = time.monotonic() + 20
    while _runs(child):
        assert time.monotonic() < limit
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
