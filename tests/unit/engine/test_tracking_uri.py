"""A server is signed in to, and no message about an address has its password."""

import base64
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import check_reachable, default_uri, store_exists, with_password
from harness.errors import InputError


@pytest.fixture
def guarded_server(monkeypatch):
    """An MLflow server, empty, that answers nobody but `user` with `se/cret`: gives its port and who asked."""
    for what in ("USERNAME", "PASSWORD", "TOKEN"):
        monkeypatch.setenv(f"MLFLOW_TRACKING_{what}", "")
    asked = []

    class Guarded(BaseHTTPRequestHandler):
        def answer(self):
            scheme, _, who = self.headers.get("Authorization", "").partition(" ")
            asked.append(base64.b64decode(who).decode() if scheme == "Basic" else None)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200 if asked[-1] == "user:se/cret" else 401)
            self.end_headers()
            self.wfile.write(b'{"experiments": []}')

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Guarded) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


def test_a_server_is_told_the_password_and_nobody_else(guarded_server, tmp_path):
    port, asked = guarded_server
    uri = f"http://user:se%2Fcret@127.0.0.1:{port}"
    check_reachable(uri)
    assert Tracking(uri, root=tmp_path).uri == f"http://127.0.0.1:{port}"
    check_reachable(f"http://127.0.0.1:{port}")
    assert set(asked) == {"user:se/cret"}


def test_a_wrong_password_is_refused_without_being_said(guarded_server, tmp_path):
    uri = f"http://user:wrong@127.0.0.1:{guarded_server[0]}"
    for refused in (lambda: check_reachable(uri), lambda: Tracking(uri, root=tmp_path)):
        with pytest.raises(InputError) as caught:
            refused()
        assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("uri", ["http://user:secret@127.0.0.1:9", "http://user:sec/ret@127.0.0.1",
                                 "HTTP://user:secret@127.0.0.1:port", "http://user:secret@[host"])
def test_an_address_where_nobody_answers_is_named_without_its_password(uri, monkeypatch):
    for what in ("USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"MLFLOW_TRACKING_{what}", "")
    with pytest.raises(InputError) as caught:
        check_reachable(uri)
    assert "user" not in str(caught.value)
    assert "ret" not in str(caught.value)


def test_a_kept_uri_gets_its_password_from_the_environment(monkeypatch):
    kept = "postgresql://user@host/runs"
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert with_password(kept) == kept
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://user:secret@host/runs")
    assert with_password(kept) == "postgresql://user:secret@host/runs"
    assert with_password("postgresql://user@host/others") == "postgresql://user@host/others"


def test_whether_there_is_a_store_is_asked_of_files_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "mlflow.db").symlink_to("mlflow.db")
    for uri in (f"sqlite:///{tmp_path}/pipe", default_uri(tmp_path)):
        with pytest.raises(InputError, match="--tracking-uri: "):
            store_exists(uri)
    for uri in ("sqlite:", "sqlite:///%00"):  # what names no file at all is looked into next, and refused there
        assert store_exists(uri)
        with pytest.raises(InputError, match="--tracking-uri: "):
            check_reachable(uri)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:99999", "http://127.0.0.1:0", "http://127.0.0.1:port", "https://",
                                 "http://:5000", "http://[::1"])
def test_waiting_for_an_address_that_cannot_be_is_of_no_use(uri):
    with pytest.raises(InputError, match="--tracking-uri: no MLflow server answers at") as caught:
        check_reachable(uri)
    assert caught.value.exit_code == 2
