"""How files spell arms."""

import pytest

from harness.records import ArmKey
from harness.results.spelling import arm_of


@pytest.mark.parametrize(("name", "arm"), [
    ("rl/5000/2", ArmKey("rl", 5000, 2)), ("rl/5000", ArmKey("rl", 5000)), ("zero_shot", ArmKey("zero_shot")),
    # People's own files have other names; none of them is bent into a budget.
    ("rl/many", ArmKey("rl/many")), ("gpt/4/turbo/x", ArmKey("gpt/4/turbo/x")), ("rl/05", ArmKey("rl/05"))])
def test_an_arm_is_read_as_the_engine_writes_it_and_else_left_alone(name: str, arm: ArmKey) -> None:
    assert arm_of(name) == arm
