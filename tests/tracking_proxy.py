"""A real MLflow server on this machine, and a proxy before it that behaves as a test wants."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.tracking_server import answering

PASS, LOSE, HANG = "pass", "lose", "hang"
"""What becomes of a request: it is handed on; handed on while its answer is lost; handed on late, after its time-out.
A number is a status that the proxy answers itself.
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def mlflow_server(folder):
    """The port of `mlflow server`, which keeps everything in the folder."""
    port = free_port()
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1", "--backend-store-uri",
             f"sqlite:///{folder / 'server.db'}", "--artifacts-destination", str(folder / "served")],
            stdout=log, stderr=log, cwd=folder, start_new_session=True,
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"})
    try:
        _wait_for(port, process)
        yield port
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _wait_for(port, process):
    limit = time.monotonic() + 180
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < limit, "the server does not start"
            time.sleep(0.2)


class _HandsOn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): ...

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        mood = self.server.mood(self.command, self.path)
        self.server.moods.append(mood)
        if isinstance(mood, int):
            self._send(mood, {}, b"no")
            return
        if mood == HANG:
            time.sleep(self.server.hang)
        status, headers, content = self._ask(body)
        if mood == PASS:
            self._send(status, headers, content)
        else:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _ask(self, body):
        connection = HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        connection.request(self.command, self.path, body, {
            name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")})
        found = connection.getresponse()
        answer = found.status, {"Content-Type": found.getheader("Content-Type", "")}, found.read()
        connection.close()
        return answer

    def _send(self, status, headers, content):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer


@contextmanager
def proxy_before(port):
    """The proxy. url: its address. mood: method and path -> what becomes of the request. moods: those so far.
    hang: seconds.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _HandsOn)
    server.daemon_threads = True
    server.target, server.mood, server.moods, server.hang = port, lambda method, path: PASS, [], 0.0
    server.url = f"http://127.0.0.1:{server.server_port}"
    with answering(server):
        yield server
