"""Presets are merged before anything is checked, and a mistake in one is named where it stands."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

QUICK = (ROOT / "studies" / "quick.yaml").read_text(encoding="utf-8")
PRESETS = """
preset: small
presets:
  small:
    ppo: {episodes: 128}
  large:
    title: A large one
    ppo:
      episodes: 1024
      kl: {coefficient: 0.3}
"""


def _write(tmp_path, more=PRESETS):
    path = tmp_path / "study.yaml"
    path.write_text(QUICK + more, encoding="utf-8")
    return path


def test_a_preset_replaces_key_by_key_and_the_command_line_goes_over_it(tmp_path):
    path = _write(tmp_path)
    plain = load_study(ROOT / "studies" / "quick.yaml")
    small, large = load_study(path), load_study(path, ["preset=large"])
    assert (small.ppo.episodes, large.ppo.episodes) == (128, 1024)
    assert (small.title, large.title) == (plain.title, "A large one")
    assert large.ppo.kl.coefficient == 0.3
    assert large.ppo.kl.target == plain.ppo.kl.target
    assert large.ppo.batch_size == plain.ppo.batch_size
    # Whichever comes first on the command line.
    for overrides in (["ppo.episodes=512", "preset=large"], ["preset=large", "ppo.episodes=512"]):
        assert load_study(path, overrides).ppo.episodes == 512


@pytest.mark.parametrize(("more", "overrides", "expected"), [
    (PRESETS.replace("episodes: 1024", "episods: 1024"), ["preset=large"], ["ppo.episods: unknown key", "episodes"]),
    (PRESETS, ["preset=larg"], ["--set: preset: there is no preset 'larg'", "Did you mean 'large'"]),
    (PRESETS, ["preset=[large]"], ["--set: preset: there is no preset '['large']'"]),
    (PRESETS.replace("preset: small", ""), [], ["preset: which preset holds is not said", "There are: small, large"]),
    (PRESETS, ["presets.small.ppo.episodes=64"], ["--set: presets.small.ppo.episodes: a preset is chosen, not changed",
                                                  "--set ppo.episodes=..."]),
    (PRESETS.replace("coefficient", "start"), [], ["ppo.kl.start: unknown key", "write ppo.kl.coefficient"]),
    ("\npreset: small\n", [], ["preset: the study has no presets"]),
    ("\npreset: a\npresets: [a, b]\n", [], ["presets: presets are parts of a study by name"]),
])
def test_a_mistake_in_presets_is_one_line(tmp_path, more, overrides, expected):
    path = _write(tmp_path, more)
    with pytest.raises(InputError) as caught:
        load_study(path, overrides)
    assert "\n" not in str(caught.value)
    for part in expected:
        assert part in str(caught.value)


def test_a_value_of_a_preset_is_named_with_its_own_line(tmp_path):
    path = _write(tmp_path, PRESETS.replace("episodes: 1024", "episodes: many"))
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "episodes: many" in text)
    with pytest.raises(InputError, match=rf"study.yaml:{line}: ppo.episodes: .*'many'"):
        load_study(path, ["preset=large"])
