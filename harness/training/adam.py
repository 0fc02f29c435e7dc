"""Adam for every loop here, with single-precision weights behind a module that computes in bfloat16."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from harness.kernels.adam import adam_step, take_steps
from harness.kernels.library import library
from harness.training.settings import DEFAULT_COMPUTE, ComputeSettings

BETAS = (0.9, 0.999)


class Adam:
    """Adam, or AdamW where a weight decay is given (on matrices only, as is usual), in one pass over memory.

    In bf16 the `computing` part of the module is turned to bfloat16 and its single-precision weights are kept here:
    they are what is trained, and `restore` puts them back. The gradients of the passes of a batch are summed in
    single precision: in bfloat16 a sum stops growing after a few hundred terms.

    sums: the gradients so far, in the order of the module's trained parameters; None where there is none yet.
    """

    def __init__(self, module: nn.Module, *, epsilon: float, weight_decay: float | None = None,
                 compute: ComputeSettings = DEFAULT_COMPUTE, computing: nn.Module | None = None) -> None:
        """computing: the part whose matrices are large, all of the module by default; the rest stays as it is."""
        self._parameters = [p for p in module.parameters() if p.requires_grad]
        halved = set[nn.Parameter]()
        if compute.precision == "bf16":
            halved = {p for p in (computing or module).parameters() if p.dtype is torch.float32}
        self._weights: list[Tensor] = [p.detach() if p in halved else p for p in self._parameters]
        self._halves: list[Tensor | None] = [p if p in halved else None for p in self._parameters]
        for half, weight in self._behind():
            half.data = weight.to(torch.bfloat16)
        self._torch = _torch_adam(self._weights, epsilon=epsilon, weight_decay=weight_decay)
        self._taken = [0] * len(self._weights)
        self._compiled = library() is not None and all(
            w.device.type == "cpu" and w.dtype is torch.float32 and w.is_contiguous() for w in self._weights)
        self.zero_grad()

    def zero_grad(self) -> None:
        self.sums: list[Tensor | None] = [None] * len(self._weights)

    def gradients(self, loss: Tensor) -> list[Tensor | None]:
        """Of one pass, in the module's own numbers. May run beside others."""
        return list(torch.autograd.grad(loss, self._parameters, allow_unused=True))

    def accumulate(self, gradients: list[Tensor | None]) -> None:
        """Add a pass's gradients to the step's. The list is left empty: the next pass needs the room."""
        sums, added = list[Tensor](), list[Tensor]()
        for i, (weight, total, gradient) in enumerate(zip(self._weights, self.sums, gradients, strict=True)):
            if gradient is None:
                continue
            if total is None:  # a pass alone is no sum: its gradients stay as they are
                self.sums[i] = gradient.to_dense() if gradient.is_sparse else gradient
                continue
            self.sums[i] = total = total.to(weight.dtype)
            sums.append(total)
            added.append(gradient)
        if sums:
            torch._foreach_add_(sums, added)
        gradients.clear()

    def clip_gradient(self, norm: float) -> None:
        """Scale the gradients down to this norm where theirs is larger."""
        self.sums = self._widened()
        sums = [total for total in self.sums if total is not None]
        share = norm / (float(nn.utils.get_total_norm(sums)) + 1e-6)
        if share < 1.0:
            torch._foreach_mul_(sums, share)

    def step(self, *, learning_rate: float) -> None:
        if self._compiled:
            self._step_compiled(learning_rate)
            return
        for group in self._torch.param_groups:
            group["lr"] = learning_rate
        for weight, total in zip(self._weights, self._widened(), strict=True):
            weight.grad = total
        self._torch.step()
        self._torch.zero_grad(set_to_none=True)
        self._publish()

    def restore(self) -> None:
        """Give the module its single-precision weights back; the optimizer is of no use after it."""
        for half, weight in self._behind():
            half.data = weight
        self._halves = [None] * len(self._weights)

    def state_dict(self) -> dict[str, Any]:
        """Adam's state as torch has it, and the single-precision weights where there are any."""
        if self._compiled:
            for weight, taken in zip(self._weights, self._taken, strict=True):
                if taken:
                    self._torch.state[weight]["step"] = torch.tensor(float(taken))
        return {**self._torch.state_dict(), "masters": [weight for _, weight in self._behind()]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._torch.load_state_dict({name: value for name, value in state.items() if name != "masters"})
        self._taken = [int(self._torch.state[w]["step"]) if w in self._torch.state else 0 for w in self._weights]
        for (_, weight), saved in zip(self._behind(), state["masters"], strict=True):
            weight.copy_(saved)
        self._publish()

    def _step_compiled(self, learning_rate: float) -> None:
        """What torch would do, and the rounding, for all weights in one call."""
        decay_of = {id(weight): group["weight_decay"]
                    for group in self._torch.param_groups for weight in group["params"]}
        epsilon = self._torch.param_groups[0]["eps"]
        steps = []
        for i, (weight, total) in enumerate(zip(self._weights, self.sums, strict=True)):
            if total is None:
                continue
            moments = self._torch.state[weight]
            if not moments:
                moments["exp_avg"], moments["exp_avg_sq"] = torch.zeros_like(weight), torch.zeros_like(weight)
            self._taken[i] += 1
            self.sums[i] = total = total.contiguous()
            steps.append(adam_step(self._taken[i], total, weight=weight, half=self._halves[i],
                                   moments=(moments["exp_avg"], moments["exp_avg_sq"]), learning_rate=learning_rate,
                                   betas=BETAS, epsilon=epsilon, weight_decay=decay_of[id(weight)]))
        take_steps(steps)

    def _behind(self) -> list[tuple[Tensor, Tensor]]:
        """(half, the single-precision weight behind it)."""
        return [(half, weight) for half, weight in zip(self._halves, self._weights, strict=True) if half is not None]

    def _widened(self) -> list[Tensor | None]:
        """The sums in the weights' own numbers."""
        return [None if total is None else total.to(weight.dtype)
                for weight, total in zip(self._weights, self.sums, strict=True)]

    def _publish(self) -> None:
        """Round the weights into the module."""
        behind = self._behind()
        if behind:
            with torch.no_grad():
                torch._foreach_copy_([half for half, _ in behind], [weight for _, weight in behind])


def _torch_adam(weights: list[Tensor], *, epsilon: float, weight_decay: float | None) -> torch.optim.Optimizer:
    fused = all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in weights)
    if weight_decay is None:
        return torch.optim.Adam(weights, lr=0.0, betas=BETAS, eps=epsilon, fused=fused)
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, eps=epsilon, fused=fused)
