"""A PostgreSQL of our own for a test session: a throw-away cluster on loopback, run by an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PASSWORD = "a b/@:%"

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


def why_absent() -> str | None:
    """Why no PostgreSQL can be started here, None where it can."""
    if BIN is None or not (BIN / "initdb").exists():
        return "PostgreSQL is not installed (apt-get install postgresql)"
    try:
        import psycopg  # noqa: F401
    except ModuleNotFoundError:
        return "psycopg is not installed (pip install 'harness[postgres]')"
    if os.geteuid() == 0 and not any(entry.pw_name == "postgres" for entry in pwd.getpwall()):
        return "PostgreSQL refuses to run as root and there is no user 'postgres'"
    return None


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster in a temporary folder; gives the URL of its `postgres` database and stops it at the end."""
    assert BIN is not None
    folder = Path(tempfile.mkdtemp(prefix="harness-postgres-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    with tempfile.NamedTemporaryFile("w", prefix="harness-postgres-") as password:
        password.write(PASSWORD)
        password.flush()
        if os.geteuid() == 0:
            shutil.chown(password.name, "postgres")
        _run(BIN / "initdb", "-D", data, "-A", "scram-sha-256", f"--pwfile={password.name}", "-U", "harness",
             "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    _run(BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://harness:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres"
    finally:
        _run(BIN / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
