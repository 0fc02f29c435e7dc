"""Stands before a tracking server and hands on what it is asked, later, or not at all."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Proxy(ThreadingHTTPServer):
    """delay: seconds before each answer. refuses: the status it answers with from request `refused_from` on."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.delay, self.refuses, self.refused_from, self.asked = port, 0.0, 0, 0, 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def _pass_on(self) -> None:
        body = self._body()
        with self.server.lock:
            self.server.asked += 1
            refused = self.server.refuses and self.server.asked > self.server.refused_from
        time.sleep(self.server.delay)
        if refused:
            self._answer(self.server.refuses, {"Content-Type": "text/plain"}, b"not for you")
            return
        behind = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=120)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_CONNECTION}
            behind.request(self.command, self.path, body=body, headers={**headers, "Content-Length": str(len(body))})
            answer = behind.getresponse()
            content = answer.read()
            self._answer(answer.status, dict(answer.getheaders()), content)
        except OSError:
            self.close_connection = True
        finally:
            behind.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {*_OF_ONE_CONNECTION, "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@contextmanager
def before(port: int) -> Iterator[Proxy]:
    """A proxy before the server at this port of this machine."""
    proxy = Proxy(port)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
