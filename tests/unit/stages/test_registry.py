"""Every kind of stage has one function, whose settings are that kind's slice, and loads no more than it needs."""

import subprocess
import sys
from typing import get_args, get_type_hints

import pytest

from harness.stages.registry import stage_function
from harness.study import slices
from harness.study.slices import StageKind
from harness.study.stage import CODE_VERSIONS

KINDS = get_args(StageKind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stage_s_function_takes_the_slice_of_its_kind(kind):
    function = stage_function(kind)
    (settings,) = get_args(get_type_hints(function)["call"])
    assert settings.kind == kind
    assert function.__module__ == f"harness.stages.{kind}"


def test_every_slice_is_of_a_kind_that_has_a_code_version():
    def below(kind):
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    assert {each.kind for each in below(slices.StageSlice) - {slices.StageSlice}} == set(KINDS) == set(CODE_VERSIONS)


@pytest.mark.parametrize("kind", ["measure", "judge", "publish"])
def test_a_stage_without_a_model_loads_no_torch(kind):
    code = (f"import sys; from harness.stages.registry import stage_function; stage_function('{kind}'); "
            "sys.exit('torch' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
