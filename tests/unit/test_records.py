import pytest

from harness.records import ArmKey, Contrast, arm_of

ARMS = [ArmKey("rl"), ArmKey("rl", 5000), ArmKey("rl", 5000, 2), ArmKey("rl", 20000, 1), ArmKey("zero_shot")]


@pytest.mark.parametrize("arm", [*ARMS, ArmKey("mock_reward", 0, 2)])
def test_an_arm_is_read_as_it_is_written(arm):
    assert ArmKey.parse(str(arm)) == arm


@pytest.mark.parametrize("text", ["", "/5000", "rl/many", "rl/5000/2/1"])
def test_what_is_no_arm_is_refused(text):
    with pytest.raises(ValueError, match=r"is not arm/label_budget/seed|invalid literal"):
        ArmKey.parse(text)


def test_arms_are_ordered_by_name_budget_and_seed_and_what_is_none_comes_first():
    assert sorted(ARMS[2:] + ARMS[:2]) == ARMS


def test_a_contrast_is_read_as_it_is_written():
    contrast = Contrast(ArmKey("rl", 5000, 2), ArmKey("zero_shot"))
    assert str(contrast) == "rl/5000/2 vs zero_shot"
    assert Contrast.parse(str(contrast)) == contrast
    with pytest.raises(ValueError, match="is not two arms"):
        Contrast.parse("rl/5000/2")


@pytest.mark.parametrize("name", ["gpt-4/large", "rl/0500", "a/1/2/3", "human"])
def test_any_other_name_is_an_arm_without_a_budget_and_keeps_its_spelling(name):
    assert arm_of(name) == ArmKey(name)
    assert str(arm_of(name)) == name
    assert arm_of("rl/5000/2") == ArmKey("rl", 5000, 2)
