"""Adam for every loop here, with single-precision weights behind a module that computes in bfloat16."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from harness.models import adam_step
from harness.training.settings import DEFAULT_COMPUTE, ComputeSettings


class Adam:
    """Adam, or AdamW where a weight decay is given (on matrices only, as is usual), fused where torch can.

    In bf16 the `computing` part of the module is turned to bfloat16 and its single-precision weights are kept here:
    they are what is trained, and `restore` puts them back. The gradients of a batch's micro-batches are summed
    in single precision: in bfloat16 a sum stops growing after a few hundred terms.
    """

    def __init__(self, module: nn.Module, *, epsilon: float, weight_decay: float | None = None,
                 compute: ComputeSettings = DEFAULT_COMPUTE, computing: nn.Module | None = None) -> None:
        """computing: the part whose matrices are large, all of the module by default; the rest stays as it is."""
        parameters = [p for p in module.parameters() if p.requires_grad]
        halved = set[nn.Parameter]()
        if compute.precision == "bf16":
            halved = {p for p in (computing or module).parameters() if p.dtype is torch.float32}
        behind = {p: p.detach() for p in parameters if p in halved}
        self._halves: dict[Tensor, Tensor] = {master: half for half, master in behind.items()}
        self._alone: dict[Tensor, Tensor] = {}
        """Gradients in half precision that are no sum yet."""
        self._compiled = bool(behind) and adam_step.serves(behind)
        for half, master in behind.items():
            half.data = master.to(torch.bfloat16)
        self._parameters = parameters
        self._weights: list[Tensor] = [behind.get(p, p) for p in parameters]
        self._torch = _torch_adam(self._weights, epsilon=epsilon, weight_decay=weight_decay)

    def zero_grad(self) -> None:
        self._alone.clear()
        self._torch.zero_grad(set_to_none=True)

    def gradients(self, loss: Tensor) -> list[Tensor | None]:
        """Of one micro-batch, in the module's own precision. May run beside others."""
        return list(torch.autograd.grad(loss, self._parameters, allow_unused=True))

    def accumulate(self, gradients: list[Tensor | None]) -> None:
        """Add a micro-batch's gradients to the step's. The list is left empty: the next one needs the memory."""
        for weight, gradient in zip(self._weights, gradients, strict=True):
            if gradient is None:
                continue
            if self._alone and weight in self._alone:
                weight.grad = self._alone.pop(weight).to(weight.dtype)
            if weight.grad is not None:
                weight.grad.add_(gradient)
                continue
            gradient = gradient.to_dense() if gradient.is_sparse else gradient
            if gradient.dtype is weight.dtype:
                weight.grad = gradient
            else:
                self._alone[weight] = gradient
        gradients.clear()

    def clip_gradient(self, norm: float) -> None:
        """Scale the gradients down to this norm where theirs is larger."""
        self._widen()
        nn.utils.clip_grad_norm_(self._weights, norm)

    def step(self, *, learning_rate: float) -> None:
        for group in self._torch.param_groups:
            group["lr"] = learning_rate
            if self._compiled:
                self._step_halves(group)
        self._widen()
        self._torch.step()
        if not self._compiled:
            self._publish()

    def masters(self) -> dict[Tensor, Tensor]:
        """The single-precision weights behind each parameter that is computed in half precision."""
        return {half: master for master, half in self._halves.items()}

    def restore(self) -> None:
        """Give the module its single-precision weights back; the optimizer is of no use after it."""
        for master, half in self._halves.items():
            half.data = master
        self._halves = {}

    def state_dict(self) -> dict[str, Any]:
        """Adam's state, and the single-precision weights where there are any."""
        return {**self._torch.state_dict(), "masters": list(self._halves)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._torch.load_state_dict({name: value for name, value in state.items() if name != "masters"})
        for master, saved in zip(self._halves, state["masters"], strict=True):
            master.copy_(saved)
        self._publish()

    def _step_halves(self, group: dict[str, Any]) -> None:
        """A step of the group's weights that have a bfloat16 half, through the compiled kernel."""
        for weight in group["params"]:
            gradient = self._alone.pop(weight, weight.grad)
            if weight not in self._halves or gradient is None:
                continue
            adam_step.step_with_half(weight, self._halves[weight], gradient, state=self._torch.state[weight],
                                     group=group)
            weight.grad = None

    def _widen(self) -> None:
        """Gradients in half precision become what torch's functions take."""
        for weight, gradient in self._alone.items():
            weight.grad = gradient.to(weight.dtype)
        self._alone.clear()

    def _publish(self) -> None:
        """Round the weights into the module."""
        if self._halves:
            with torch.no_grad():
                torch._foreach_copy_(list(self._halves.values()), list(self._halves))


def _torch_adam(weights: list[Tensor], *, epsilon: float, weight_decay: float | None) -> torch.optim.Optimizer:
    fused = all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in weights)
    if weight_decay is None:
        return torch.optim.Adam(weights, lr=0.0, eps=epsilon, fused=fused)
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=0.0, eps=epsilon, fused=fused)
