"""What every test may use: the helpers that lie beside this file, and `datasets` without network or cache."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def datasets_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library `datasets` reaches neither the network nor the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
