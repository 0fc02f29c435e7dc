"""What a stage was computed with, as this process finds it."""

import platform
import subprocess
import sys

import pytest
import torch

from harness.errors import InputError
from harness.models.environment import environment
from harness.training.settings import ComputeSettings


def test_it_is_this_machine_this_torch_and_the_stages_threads():
    found = environment(threads=3, compute=None)
    assert (found.host, found.torch, found.threads, found.device) == (platform.node(), torch.__version__, 3, "cpu")
    assert found.cpu
    assert environment(threads=3, compute=ComputeSettings(device="cpu")) == found


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_stage_on_a_gpu_names_it():
    assert environment(threads=1, compute=ComputeSettings()).device == torch.cuda.get_device_name()
    assert environment(threads=1, compute=None).device == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="for a machine without a GPU")
def test_a_gpu_that_is_not_there_is_not_named():
    with pytest.raises(InputError, match="torch finds none"):
        environment(threads=1, compute=ComputeSettings(device="cuda"))


@pytest.mark.parametrize(("variable", "value", "expected"), [
    ("HARNESS_KERNELS", "0", "off (HARNESS_KERNELS=0)"), ("CXX", "no-such-compiler", "off (")])
def test_kernels_that_do_not_work_are_off_and_why(variable, value, expected, monkeypatch):
    monkeypatch.setenv(variable, value)
    code = ("from harness.models.environment import environment\n"
            "found = environment(threads=1, compute=None); print(found.small_kernels); print(found.large_kernels)")
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert all(line.startswith(expected) for line in done.stdout.splitlines())
