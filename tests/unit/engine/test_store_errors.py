"""An error of MLflow or of a store of files is a refusal, an absence, or nobody's answer."""

import errno
import re
import sqlite3
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from harness.engine import opening  # sets how often MLflow itself asks again
from harness.engine.store_errors import damage, http_status, is_away, is_refused, reason, refusal
from tests.tracking_proxy import free_port


@contextmanager
def answering(status, body):
    """A server that gives this one answer."""
    class Answers(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = answer

        def log_message(self, *_): ...

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def error_of(uri):
    with pytest.raises(MlflowException) as caught:
        MlflowClient(uri).search_experiments()
    return caught.value


@pytest.mark.parametrize(("status", "body"), [
    (401, "no"), (403, "no"), (403, '{"message": "Forbidden"}'), (403, '{"error_code": "FORBIDDEN", "message": "no"}'),
    (401, '{"detail": "Not authorized"}'), (400, '{"error_code": "PERMISSION_DENIED", "message": "no"}'),
    (400, '{"error_code": 403, "message": "no"}'), (400, '{"status": 401}'),
    (400, '{"error_code": "INTERNAL_ERROR", "message": "(AccessDenied) when calling ListObjects: Access Denied"}')])
def test_a_refusal_is_one_in_whatever_form_it_comes(status, body):
    with answering(status, body) as uri:
        error = error_of(uri)
    assert is_refused(error) and not is_away(error)
    assert "refuses" in str(refusal(error, uri))


@pytest.mark.parametrize(("status", "body", "why"), [
    (500, "<html>", "status 500"), (502, "", "status 502"), (503, '{"error_code": "TEMPORARILY_UNAVAILABLE"}',
                                                             "status 503"), (504, "", "status 504"),
    (429, "", "status 429"), (408, "", "status 408"), (200, "<html>we are mending it</html>", "API request")])
def test_nobody_s_answer_is_known(status, body, why):
    with answering(status, body) as uri:
        error = error_of(uri)
    assert is_away(error) and not is_refused(error)
    assert reason(error).startswith(why)


def test_a_port_where_nobody_listens_and_a_time_out(monkeypatch):
    error = error_of(f"http://127.0.0.1:{free_port()}")
    assert is_away(error) and reason(error) == "Connection refused"
    assert opening.os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
    assert is_away(TimeoutError())


@pytest.mark.parametrize(("status", "body", "known"), [
    (404, "no", 404), (404, '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "403 is no such run"}', 404),
    (400, "no", 400), (400, '{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}', 400)])
def test_another_answer_is_neither(status, body, known):
    with answering(status, body) as uri:
        error = error_of(uri)
    assert (is_away(error), is_refused(error), http_status(error)) == (False, False, known)
    assert refusal(error, uri) is None


def test_the_status_of_boto_s_errors_is_known():
    error = RuntimeError("Access Denied")
    error.response = {"ResponseMetadata": {"HTTPStatusCode": 403}}
    assert http_status(error) == 403
    assert http_status(RuntimeError("no status")) is None


@pytest.mark.parametrize(("error", "said"), [
    (PermissionError(errno.EACCES, "x", "a/file"), r"a/file: permission denied\. Ask its owner for access"),
    (OSError(errno.EROFS, "x", "a/file"), r"a/file: the disk is mounted for reading only, at /.*\. Mount it for"),
    (OSError(errno.ENOSPC, "x"), r"the disk is full, at /.*\. Free space there"),
    (sqlite3.OperationalError("attempt to write a readonly database"), r"the MLflow store cannot be written \(attempt"),
    (sqlite3.OperationalError("database or disk is full"), "the disk is full, at /")])
def test_what_a_disk_does_not_allow_is_one_line(error, said):
    found = refusal(error, "sqlite:///mlflow.db")
    assert found.exit_code == 4
    assert re.search(said, str(found))


@pytest.mark.parametrize(("text", "away"), [("database is locked", True), ("disk I/O error", False)])
def test_a_locked_database_is_waited_for_and_a_broken_one_is_not(text, away):
    error = MlflowException(sqlite3.OperationalError(text), error_code=7)
    error.__cause__ = sqlite3.OperationalError(text)
    assert is_away(error) is away


@pytest.mark.parametrize(("harm", "says"), [
    (lambda content: content[:5000], "malformed"), (lambda content: b"no database" * 1000, "not a database"),
    (lambda content: content.replace(b"value TEXT", b"valve TEXT"), "no such column"),
    (lambda content: content.replace(b"some text", b"some \xff\xff\xff\xff"), "UTF-8")])
def test_a_damaged_database_is_called_that_whatever_sqlite_calls_it(tmp_path, harm, says):
    file = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(file)) as store, store:
        store.execute("CREATE TABLE tags (value TEXT)")
        store.execute("INSERT INTO tags VALUES ('some text')")
        store.execute("CREATE TABLE runs (name TEXT)")
    file.write_bytes(harm(file.read_bytes()))
    with closing(sqlite3.connect(file)) as store, pytest.raises(sqlite3.Error, match=says) as caught:
        store.execute("SELECT value FROM tags").fetchall()
    wrapped = MlflowException("it failed")
    wrapped.__cause__ = caught.value
    said = refusal(wrapped, f"sqlite:///{file}")
    assert str(said).startswith(f"{file}: the MLflow store is damaged (") and said.exit_code == 2
    assert not is_away(caught.value)


def test_a_database_that_is_locked_or_full_is_not_damaged():
    for text in ("database is locked", "database or disk is full", "attempt to write a readonly database"):
        assert damage(sqlite3.OperationalError(text), "sqlite:///mlflow.db") is None
