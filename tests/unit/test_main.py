"""The command `harness`: one command of many, and only that one is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness import __version__
from harness.__main__ import COMMANDS, main
from harness.app import server as app_server
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.errors import InputError
from harness.mlflow_ui import addresses
from harness.mlflow_ui import main as mlflow_main
from harness.mlflow_ui import server as mlflow_server
from harness.shipped import APP

ROOT = Path(__file__).resolve().parents[2]


def test_it_knows_its_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"harness {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_has_a_line_for_each_command(arguments, capsys):
    assert main(arguments) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert dict(lines) == COMMANDS


def test_the_command_alone_gives_its_help(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["harness"])
    assert main() == 0
    assert "usage: harness" in capsys.readouterr().out


def test_the_page_is_not_served_of_a_store_that_does_not_open(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlruns").mkdir()
    (tmp_path / "mlruns" / "mlflow.db").write_bytes(b"no database " * 100)
    assert mlflow_main([]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and "mlflow.db" in said and said.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_under_its_name(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: harness {command} ")


@pytest.mark.parametrize(("command", "answer"), [
    ("rum", "error: there is no command 'rum'. Did you mean 'run'?"),
    ("xyz", f"error: there is no command 'xyz'. There are: {', '.join(COMMANDS)}."),
])
def test_a_command_that_is_not_there_is_one_line_and_code_2(command, answer, capsys):
    assert main([command]) == 2
    assert capsys.readouterr().err.strip() == answer


@pytest.mark.parametrize("arguments", ["--help", "--version", "run --help", "app --help", "mlflow --help"])
def test_nothing_heavy_is_imported_to_begin(arguments):
    """Nor another command's module."""
    code = (f"import sys; from harness.__main__ import main\n"
            f"try: main({arguments.split()!r})\n"
            f"except SystemExit: pass\n"
            f"heavy = {{'torch', 'mlflow', 'streamlit', 'pandas', 'numpy', 'pydantic', 'harness.power'}}\n"
            f"assert not heavy & set(sys.modules), heavy & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("arguments", ["run quick", "clean", "mlflow", "export-labels quick --out x"])
@pytest.mark.parametrize("uri", ["http://127.0.0.1:9", "postgresql+psycopg://127.0.0.1:9/runs"])
def test_an_address_where_nobody_answers_is_said_before_mlflow_is_imported(tmp_path, arguments, uri):
    if uri.startswith("http") and arguments == "mlflow":
        uri = "sqlite:///runs.db"
    (tmp_path / "mlruns").mkdir()
    code = (f"import sys; from harness.__main__ import main\n"
            f"code = main({[*arguments.split(), '--tracking-uri', uri]!r})\n"
            f"assert not {{'torch', 'mlflow'}} & set(sys.modules)\n"
            f"sys.exit(code)")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode in (2, 5) and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1, done.stderr
    assert not any((tmp_path / "mlruns").iterdir())


def test_the_app_is_the_packages_own_and_further_arguments_are_streamlits():
    command = app_server(["--server.port", "8600"])
    assert command[0] == sys.executable
    assert command[-5:] == ["streamlit", "run", str(APP), "--server.port", "8600"]


@pytest.mark.parametrize(("arguments", "served"), [
    (["--port", "8600"], ["--server.port", "8600"]),
    (["-p", "8600", "--host=127.0.0.1"], ["--server.port", "8600", "--server.address", "127.0.0.1"]),
    (["--server.maxUploadSize", "-1"], ["--server.maxUploadSize", "-1"])])
def test_the_app_takes_the_options_of_mlflow_s_page(tmp_path, monkeypatch, arguments, served):
    monkeypatch.chdir(tmp_path)
    assert app_server(arguments)[-len(served) - 1:] == [str(APP), *served]


@pytest.mark.parametrize(("arguments", "said"), [
    (["--prot", "8600"], "unrecognized arguments: --prot."), (["--server.prot=1"], "unrecognized arguments: --server"),
    (["--port", "99999"], "--port/-p: 99999 is not from 1 to 65535."), (["--port", "x"], "--port/-p: ")])
def test_an_option_that_the_app_has_not_is_one_line(capsys, arguments, said):
    with pytest.raises(SystemExit, match="2"):
        app_server(arguments)
    told = capsys.readouterr().err
    assert told.startswith(f"error: {said}") and told.count("\n") == 1


def test_mlflow_shows_the_store_of_this_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlruns").mkdir()
    (tmp_path / "mlruns" / "mlflow.db").touch()
    assert mlflow_server(["--port", "5001"])[-8:] == [
        "mlflow", "ui", "--workers", "1", "--backend-store-uri", f"sqlite:///{tmp_path / 'mlruns' / 'mlflow.db'}",
        "--port", "5001"]


def test_mlflow_s_page_starts_without_a_warning_for_others_and_with_the_user_s_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONWARNINGS", "error::ResourceWarning")
    monkeypatch.setenv("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
    Tracking(default_uri(tmp_path / "mlruns"), root=tmp_path / "mlruns")
    became = []
    monkeypatch.setattr(os, "execv", lambda path, command: became.append(command))
    mlflow_main([])
    assert len(became) == 1
    assert os.environ["PYTHONWARNINGS"] == "ignore:starlette.middleware.wsgi is deprecated,error::ResourceWarning"


def test_mlflow_s_addresses_are_of_each_study_and_of_where_it_is_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Tracking(default_uri(tmp_path / "mlruns"), root=tmp_path / "mlruns")
    numbers = [store.experiment(name) for name in ("first", "second")]
    shown = "/#/experiments/{}/runs?workflowType=machine_learning"
    assert sorted(addresses([])) == [f"{name}: http://127.0.0.1:5000{shown.format(number)}"
                                     for name, number in zip(("first", "second"), numbers, strict=True)]
    for arguments, place in ((["-p", "5001"], "127.0.0.1:5001"), (["--host", "0.0.0.0"], "localhost:5000"),  # noqa: S104
                             (["--host=lab", "--port=80", "--static-prefix", "/runs"], "lab:80/runs")):
        assert {address.partition(": ")[2].partition("/#")[0] for address in addresses(arguments)} == {f"http://{place}"}
    assert addresses(["--port"]) == []


def test_no_password_is_on_the_command_line_of_mlflow(monkeypatch):
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "")
    monkeypatch.setattr("harness.engine.tracking_uri.check_database", lambda uri: None)
    uri = "postgresql://user:secret@host/runs"
    assert mlflow_server(["--tracking-uri", uri])[-4:] == ["mlflow", "ui", "--workers", "1"]
    assert os.environ["MLFLOW_BACKEND_STORE_URI"] == uri
    with pytest.raises(InputError, match=r"^http://host: --tracking-uri: it is a server already"):
        mlflow_server(["--tracking-uri", "http://user:secret@host"])


def test_mlflow_makes_no_store_where_there_is_none(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert mlflow_main([]) == 2
    assert "there are no runs yet. Run a study here first" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_server_needs_no_second_one():
    with pytest.raises(InputError, match="it is a server already"):
        mlflow_server(["--tracking-uri", "http://localhost:5000"])
