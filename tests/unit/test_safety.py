"""No secret lies in the project, and nothing is loaded in a way that runs code; ruff's S rules say the rest."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("harness", "dashboards", "benchmarks", "tests", "studies", "docs", ".ci")
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a key of a cloud": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}",
    "a token of a code host": r"\b(gh[pousr]_\w{36}|github_pat_\w{40}|glpat-[\w-]{20})",
    "a token of a model host": r"\b(hf_[A-Za-z0-9]{30}|sk-[A-Za-z0-9_-]{32})",
    "a token of a chat": r"\bxox[abprs]-[\w-]{10}",
    "a signed token": r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.",
}
LOADERS = {"joblib.load", "dill.load", "dill.loads", "cloudpickle.load", "cloudpickle.loads", "pickle.Unpickler"}


def _texts():
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return {path: path.read_text(encoding="utf-8", errors="replace") for path in files
            if "__pycache__" not in path.parts}


def _secrets(text):
    return [what for what, form in SECRETS.items() if re.search(form, text)]


def _unsafe_loads(text):
    """The calls in a module that let what is loaded run code."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name, given = ast.unparse(node.func), {each.arg: ast.unparse(each.value) for each in node.keywords}
        if (name in LOADERS
                or (name == "torch.load" and given.get("weights_only") != "True")
                or given.get("allow_pickle", "False") != "False" or given.get("trust_remote_code", "False") != "False"
                or (name.split(".")[-1] == "YAML" and given.get("typ") not in ("'safe'", "'rt'"))
                or (name.endswith("from_pretrained") and given.get("use_safetensors") == "False")):
            found.append(ast.unparse(node))
    return found


def test_no_secret_lies_in_the_project():
    assert not {str(path.relative_to(ROOT)): found for path, text in _texts().items() if (found := _secrets(text))}


def test_nothing_is_loaded_in_a_way_that_runs_code():
    assert not {str(path.relative_to(ROOT)): found for path, text in _texts().items()
                if path.suffix == ".py" and (found := _unsafe_loads(text))}


@pytest.mark.parametrize("parts", [
    ("-----BEGIN RSA ", "PRIVATE KEY-----"), ("-----BEGIN ", "PRIVATE KEY-----"), ("AKIA", "A" * 16),
    ("ghp_", "a" * 36), ("hf_", "a" * 34), ("sk-", "a" * 48), ("xoxb-", "1" * 12), ("AIza", "a" * 35),
    ("eyJ" + "a" * 20, "." + "eyJ" + "a" * 20 + ".sig")])
def test_the_scan_finds_each_kind_of_secret(parts):
    assert len(_secrets(f'token = "{"".join(parts)}"')) == 1
    assert _secrets(" ".join(parts[0])) == []


@pytest.mark.parametrize("call", [
    "torch.load(path)", "torch.load(path, weights_only=False)", "np.load(path, allow_pickle=True)",
    "YAML().load(text)", "ruamel.yaml.YAML(typ='unsafe').load(text)", "joblib.load(path)",
    "AutoModel.from_pretrained(name, trust_remote_code=True)",
    "AutoModel.from_pretrained(name, use_safetensors=False)"])
def test_the_scan_finds_each_kind_of_unsafe_load(call):
    assert len(_unsafe_loads(f"def load():\n    return {call}\n")) == 1


@pytest.mark.parametrize("call", ["torch.load(path, weights_only=True)", "np.load(path)", "YAML(typ='rt').load(text)"])
def test_the_scan_lets_safe_loads_pass(call):
    assert _unsafe_loads(call) == []
