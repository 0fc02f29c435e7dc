"""Sizes that the memory cannot hold are told from those that it can, and the key is named."""

import pytest

from harness.engine.machine_memory import check_memory, machine_memory
from harness.errors import InputError
from harness.shipped import STUDIES, study_names
from harness.study.loading import load_study

QUICK = STUDIES / "quick.yaml"
GIB = 1 << 30


@pytest.fixture(autouse=True)
def _without_a_gpu(monkeypatch):
    monkeypatch.setattr("harness.engine.machine_memory.on_gpu", lambda study: False)


def test_the_machine_has_what_the_kernel_says() -> None:
    with open("/proc/meminfo", encoding="ascii") as file:
        total = next(int(line.split()[1]) for line in file if line.startswith("MemTotal"))
    assert machine_memory() == total * 1024


@pytest.mark.parametrize(("override", "key"), [
    ("base_model.layers=1000", "base_model.layers"),
    ("base_model.width=4096", "base_model.width"),
    ("base_model.vocabulary=1000000", "base_model.vocabulary"),
    ("base_model.context=1000000", "base_model.context"),
    ("base_model.tokens=1000000000", "base_model.tokens"),
    ("labels.candidates=1000", "labels.candidates"),
    ("evaluation.best_of=[2, 100000]", "evaluation.best_of"),
    ("ppo.batch_size=10000000", "ppo.batch_size"),
    ("ppo.snapshots=1000", "ppo.snapshots"),
    ("reward_model.normalization_samples=10000000", "reward_model.normalization_samples"),
    ("task.queries.test=20000000", "task.queries.test"),
])
def test_the_size_that_does_not_fit_is_named(override, key) -> None:
    study = load_study(QUICK, ["ppo.episodes=10000000", override])
    check_memory(load_study(QUICK), GIB // 32)
    with pytest.raises(InputError, match=rf"^{key}: .* would take [\d,.]+ GiB of memory, and"):
        check_memory(study, GIB // 32)
    check_memory(study, 1 << 50)


def test_weights_gradients_and_two_moments_are_counted() -> None:
    study = load_study(QUICK, ["base_model={layers: 12, width: 768, heads: 12, context: 1024, vocabulary: 50257}",
                               "evaluation.plan.compare_at=null"])
    needed = 4 * 4 * 124_439_808  # the smallest GPT-2
    check_memory(study, needed)
    with pytest.raises(InputError, match=r"Adam's moments of 124,439,808 parameters would take 1\.9 GiB"):
        check_memory(study, needed - 1)


def test_what_a_gpu_holds_is_not_counted(monkeypatch) -> None:
    monkeypatch.setattr("harness.engine.machine_memory.on_gpu", lambda study: True)
    study = load_study(QUICK, ["base_model.width=4096"])
    check_memory(study, GIB * 4)
    with pytest.raises(InputError, match=r"base_model.width: the weights of"):
        check_memory(study, GIB)


def test_text_that_ends_is_no_longer_than_it_is() -> None:
    check_memory(load_study(QUICK, ["task.source={kind: text, path: here}", "base_model.tokens=1000000000"]), GIB)


@pytest.mark.parametrize("name", study_names())
def test_the_shipped_studies_fit(name, monkeypatch) -> None:
    for variable in ("TEXTS", "PAIRS", "BASE_MODEL", "LABELS"):
        monkeypatch.setenv(variable, "none")
    check_memory(load_study(STUDIES / f"{name}.yaml"), 16 * GIB)
