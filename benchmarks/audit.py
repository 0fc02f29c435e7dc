"""Asks which installed packages have known vulnerabilities, and says plainly when nobody could be asked.

    python -m benchmarks.audit

Exit codes: 0 none is known, 1 some are, 3 no service could be asked. pip-audit calls a package that the service does
not know `skipped` and ends with code 0; a mirror of the index knows none. So a version that is known to be vulnerable
is asked about first: a service that finds nothing there has not been reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SERVICES = ("pypi", "osv")
KNOWN = "setuptools==65.0.0"
"""Of 2022, with an advisory (PYSEC-2022-43012) that every service has."""


def main() -> int:
    service = next(filter(_answers, SERVICES), None)
    if service is None:
        print(f"NOT AUDITED: neither {' nor '.join(SERVICES)} answers from here with what it knows of {KNOWN}, so "
              "nothing can be said of the installed packages. Run it where the network reaches them.", file=sys.stderr)
        return 3
    found = _asked(service, ["--local", "--skip-editable"])
    if found is None:
        print(f"NOT AUDITED: {service} stopped answering.", file=sys.stderr)
        return 3
    return say(found, service)


def say(found: Sequence[Any], service: str) -> int:
    """Print what was found of each package; the exit code."""
    vulnerable = [each for each in found if each.get("vulns")]
    for each in vulnerable:
        ids = ", ".join(f"{known['id']} (mended in {', '.join(known['fix_versions']) or 'no version yet'})"
                        for known in each["vulns"])
        print(f"{each['name']} {each['version']}: {ids}")
    skipped = [each["name"] for each in found if "skip_reason" in each]
    print(f"{len(found) - len(skipped)} packages, {len(vulnerable)} with known vulnerabilities, by {service}"
          + (f"; not known there: {', '.join(skipped)}" if skipped else ""))
    return 1 if vulnerable else 0


def _answers(service: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(KNOWN)
        found = _asked(service, ["--requirement", str(wanted), "--no-deps", "--disable-pip"])
    return found is not None and any(each.get("vulns") for each in found)


def _asked(service: str, options: Sequence[str]) -> list[Any] | None:
    """What pip-audit says of each package; None where the service did not answer."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", service, "--format", "json",
               "--progress-spinner", "off", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        return None


if __name__ == "__main__":
    sys.exit(main())
