"""The sealed study that people will judge: the same each time, and its file tells no text."""

import pytest

from harness.artifacts.files import read_json, read_samples
from harness.records import ArmKey, Contrast
from harness.stages.publish import SEAL_FILE
from harness.statistics.plan import AnalysisPlan
from harness.study.inputs import InputOf
from harness.study.parts import PeopleSpec
from harness.study.slices import PublishSlice, SampleSlice, TextsSlice
from tests.unit.stages.stage_calls import STUDY, call_stage

ARMS = (ArmKey("zero_shot"), ArmKey("reference"))


@pytest.fixture(scope="module")
def samples(inputs, tmp_path_factory):
    """Inputs of a stage that compares both arms' texts."""
    found = {"queries": inputs["queries"]}
    policies = {"policy": inputs["start"], "reference_policy": inputs["start"], "queries": inputs["queries"]}
    sampled = SampleSlice(task=STUDY.task, compute=STUDY.compute), policies
    written = TextsSlice(task=STUDY.task, compute=STUDY.compute, baseline="reference"), {"queries": inputs["queries"]}
    for arm, (settings, taken) in zip(ARMS, (sampled, written), strict=True):
        folder = tmp_path_factory.mktemp(arm.arm)
        call_stage(settings, taken, folder, arm=arm)
        found[InputOf("samples", arm)] = folder
    return found


def _settings(**plan):
    people = PeopleSpec(items=3, overlap=2, gold=0, repeats=0, training=0, qualification=0)
    return PublishSlice(name="pilot", people=people, pairs=(Contrast(*ARMS),), plan=AnalysisPlan(**plan),
                        ask_of_source=False, responses=("x",), ppo=STUDY.ppo)


def _published(samples, out, seed=7, **plan):
    done = call_stage(_settings(**plan), samples, out, seed=seed)
    return done, read_json(out / SEAL_FILE)


def test_the_seal_is_of_the_plan_and_of_the_items(samples, tmp_path):
    done, sealed = _published(samples, tmp_path / "a")
    assert sealed["analysis_plan"] == AnalysisPlan().digest()
    assert _published(samples, tmp_path / "b")[1] == sealed
    assert _published(samples, tmp_path / "c", seed=8)[1]["seal"] != sealed["seal"]
    other = _published(samples, tmp_path / "d", margin=0.1)[1]
    assert (other["seal"] != sealed["seal"], other["analysis_plan"]) == (True, AnalysisPlan(margin=0.1).digest())
    assert done.summary["judgments"] == sealed["judgments"] == 2 * done.summary["items"]


def test_no_text_is_told(samples, tmp_path):
    _published(samples, tmp_path)
    content = (tmp_path / SEAL_FILE).read_text(encoding="utf-8")
    texts = [sample.text.strip() for arm in ARMS for sample in read_samples(samples[InputOf("samples", arm)])]
    assert len(texts) == 24
    assert not any(text and text in content for text in texts)
