"""The audit of dependencies: what is vulnerable is named, and a service that answers nothing is no clean bill.

Run as `python -m benchmarks.audit`, with a pip-audit of the test's own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OLD = '{"name": "setuptools", "version": "65.0.0", "vulns": [{"id": "PYSEC-2022-43012", "fix_versions": ["65.5.1"]}]}'
CLEAN = '{"name": "torch", "version": "2.13.0", "vulns": []}'
UNKNOWN = '{"name": "setuptools", "skip_reason": "Dependency not found on PyPI"}'


@pytest.mark.parametrize(("canary", "installed", "code", "said"), [
    (OLD, CLEAN, 0, "1 packages, 0 with known vulnerabilities, by pypi"),
    (OLD, f"{CLEAN}, {OLD}", 1, "setuptools 65.0.0: PYSEC-2022-43012 (mended in 65.5.1)"),
    (OLD, f"{CLEAN}, {UNKNOWN}", 0, "1 packages, 0 with known vulnerabilities, by pypi; not known there: setuptools"),
    (UNKNOWN, CLEAN, 3, "NOT AUDITED"), ("no network", CLEAN, 3, "NOT AUDITED"), (OLD, "no network", 3, "NOT AUDITED")])
def test_a_service_is_believed_where_it_knows_an_old_vulnerability(canary, installed, code, said, tmp_path):
    (tmp_path / "pip_audit.py").write_text(
        "import sys\n"
        f"print('{{\"dependencies\": [' + ({canary!r} if '--requirement' in sys.argv else {installed!r}) + ']}}')\n")
    done = subprocess.run([sys.executable, "-m", "benchmarks.audit"], capture_output=True, text=True, cwd=ROOT,
                          env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}, check=False)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
