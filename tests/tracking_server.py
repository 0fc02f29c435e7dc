"""A tracking server on this machine that has run every stage it is asked for, and refuses what a test tells it to."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

API = "/api/2.0/mlflow"
SEARCH = f"{API}/runs/search"
EXPERIMENTS = f"{API}/experiments/search"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
FILES = {"outcome.json": b'{"summary": {}}', "model.bin": b"weights"}


class _Answers(BaseHTTPRequestHandler):
    def log_message(self, *_): ...

    def do_GET(self):
        url = urlsplit(self.path)
        self.server.asked.append(url.path)
        status = next((status for path, status in self.server.refused.items() if url.path.startswith(path)), 200)
        self._send(status, self._found(url) if status == 200 else b"no")

    def do_POST(self):
        self.rfile_text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.do_GET()

    def _found(self, url):
        if url.path == EXPERIMENTS:
            return {"experiments": [{"experiment_id": "1", "name": "one", "lifecycle_stage": "active"}]}
        if url.path == SEARCH:
            return {"runs": [_run(name) for name in re.findall(r"fingerprint = '(\w+)'", self.rfile_text)]}
        if url.path == f"{API}/runs/get":
            return {"run": _run(parse_qs(url.query)["run_id"][0])}
        if url.path == ARTIFACTS:
            return {"files": [{"path": name, "is_dir": False, "file_size": len(content)}
                              for name, content in self.server.files.items()]}
        return self.server.files.get(url.path.rsplit("/", 1)[-1], b"")

    def _send(self, status, content):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _run(name):
    return {"info": {"run_id": name, "run_uuid": name, "experiment_id": "1", "status": "FINISHED", "start_time": 1,
                     "end_time": 2, "artifact_uri": f"mlflow-artifacts:/1/{name}/artifacts"},
            "data": {"tags": [{"key": "fingerprint", "value": name}]}}


@contextmanager
def serving():
    """The server. url: its address. asked: paths, in order. refused: start of a path -> status. files: of each run."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.asked, server.refused, server.files = [], {}, dict(FILES)
    server.url = f"http://127.0.0.1:{server.server_port}"
    with answering(server):
        yield server


@contextmanager
def answering(server):
    """The HTTP server answers inside, on a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
