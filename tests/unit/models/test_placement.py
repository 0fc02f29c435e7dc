"""Where models lie, and in which precision."""

import pytest
import torch

from harness.errors import InputError
from harness.models.placement import frozen, trained
from harness.training.settings import ComputeSettings

BF16 = ComputeSettings(device="cpu", precision="bf16")

def test_where_models_lie():
    assert trained(BF16).dtype is torch.float32
    assert frozen(BF16).dtype is torch.bfloat16
    assert frozen(ComputeSettings(device="cpu")).device.type == "cpu"
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="GPU"):
            frozen(ComputeSettings(device="cuda"))
