"""PPO in one file on plain transformers, to compare with: as reproductions of the released code are written.

Deliberately without this project's code: `generate` samples, the modules' own forward passes make logits and values
for every position, autograd does the rest. The work is the released code's: a value head on the policy's trunk (or,
with `separate_value`, a value model of its own), a frozen reference, a reward model, whitening, GAE, four epochs.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModelForSequenceClassification, GenerationConfig, GPT2Config

from benchmarks.speed.contest import Work
from benchmarks.speed.ours import language_model
from benchmarks.speed.workload import BETA, END, EPOCHS, LEARNING_RATE, SHAPES, STOP, TEMPERATURE, Shape

PAD = 0


def classifier(shape: Shape) -> Any:
    """The reward model as transformers has it: a body and a score."""
    config: GPT2Config = copy.deepcopy(language_model(shape).config)
    config.num_labels, config.pad_token_id = 1, PAD
    torch.manual_seed(1)
    return AutoModelForSequenceClassification.from_config(config).eval()


def left_padded(rows: list[list[int]]) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[PAD] * (longest - len(row)) + row for row in rows])


def read(model: Any, tokens: Tensor) -> Any:
    """The module's own pass over padded rows."""
    mask = tokens != PAD
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    return model(input_ids=tokens, attention_mask=mask, position_ids=positions, output_hidden_states=True)


def whiten(x: Tensor, *, center: bool = True) -> Tensor:
    white = (x - x.mean()) * torch.rsqrt(x.var() + 1e-8)
    return white if center else white + x.mean()


def estimate_advantages(rewards: Tensor, values: Tensor) -> Tensor:
    """GAE with λ = 0.95 and no discount."""
    advantages, running = torch.zeros_like(rewards), torch.zeros(len(rewards))
    for t in reversed(range(END.tokens)):
        after = values[:, t + 1] if t + 1 < END.tokens else 0.0
        running = rewards[:, t] + after - values[:, t] + 0.95 * running
        advantages[:, t] = running
    return advantages


def clipped_losses(new: Tensor, old: Tensor, advantages: Tensor, predicted: Tensor, values: Tensor,
                   returns: Tensor) -> tuple[Tensor, Tensor]:
    """Of the policy and of the values, both clipped at 0.2."""
    change = (new - old).exp()
    policy_loss = torch.maximum(-advantages * change, -advantages * change.clamp(0.8, 1.2)).mean()
    clipped = torch.clamp(predicted, values - 0.2, values + 0.2)
    return policy_loss, 0.5 * torch.maximum((predicted - returns) ** 2, (clipped - returns) ** 2).mean()


def picked(logits: Tensor, responses: Tensor) -> Tensor:
    """The log-probabilities of the responses' tokens."""
    return functional.log_softmax(logits, dim=-1).gather(2, responses.unsqueeze(-1)).squeeze(-1)


@torch.no_grad()
def check_figures(logits: Tensor, new: Tensor, old: Tensor, losses: tuple[Tensor, Tensor]) -> None:
    """What a training loop logs of each step: losses, entropy, change of the policy; all must be finite."""
    probabilities = functional.softmax(logits, dim=-1)
    entropy = (torch.logsumexp(logits, dim=-1) - (probabilities * logits).sum(-1)).mean()
    assert all(torch.isfinite(figure) for figure in (*losses, entropy, 0.5 * ((new - old) ** 2).mean()))


def generation() -> GenerationConfig:
    return GenerationConfig(max_new_tokens=END.tokens, min_new_tokens=END.tokens, do_sample=True, top_k=0, top_p=1.0,
                            temperature=TEMPERATURE, pad_token_id=PAD)


def ppo(name: str, separate_value: bool = False) -> Work:
    """One update."""
    shape = SHAPES[name]
    policy, reference, reward = language_model(shape), language_model(shape), classifier(shape)
    value_model = language_model(shape) if separate_value else None
    value_head = nn.Linear(shape.width, 1)
    nn.init.zeros_(value_head.weight)
    modules = nn.ModuleList([policy, value_head] + ([value_model] if value_model else []))
    optimizer = torch.optim.Adam(modules.parameters(), lr=LEARNING_RATE, eps=1e-5)
    rows, beta = shape.query_rows(rows=16 * shape.batch), BETA
    done = 0

    def logits_and_values(tokens: Tensor, start: int) -> tuple[Tensor, Tensor]:
        output = read(policy, tokens)
        states = read(value_model, tokens).hidden_states[-1] if value_model else output.hidden_states[-1]
        return output.logits[:, start - 1:-1] / TEMPERATURE, value_head(states)[:, start - 1:-1].squeeze(-1)

    @torch.no_grad()
    def collect(queries: Tensor) -> tuple[Tensor, ...]:
        start = queries.shape[1]
        tokens = policy.generate(input_ids=queries, attention_mask=queries != PAD, generation_config=generation())
        responses = tokens[:, start:]
        logits, values = logits_and_values(tokens, start)
        reference_logits = read(reference, tokens).logits[:, start - 1:-1] / TEMPERATURE
        ends = (responses == STOP) & (torch.arange(END.tokens) >= END.truncate_after)
        valid = ends.any(dim=1)
        last = torch.where(valid, ends.int().argmax(dim=1), END.tokens - 1)
        hidden = read(reward.transformer, tokens).last_hidden_state
        scores = reward.score(hidden)[torch.arange(len(tokens)), start + last].squeeze(-1)
        scores = torch.where(valid, scores, END.penalty)
        return tokens, responses, picked(logits, responses), picked(reference_logits, responses), values, scores

    def work() -> int:
        nonlocal done, beta
        batch = [rows[(done + row) % len(rows)] for row in range(shape.batch)]
        queries = left_padded(batch)
        tokens, responses, logprobs, ref_logprobs, values, scores = collect(queries)
        kl = logprobs - ref_logprobs
        rewards = -beta * kl
        rewards[:, -1] += scores
        rewards = whiten(rewards, center=False)
        advantages = estimate_advantages(rewards, values)
        returns = advantages + values
        advantages = whiten(advantages)
        for _ in range(EPOCHS):
            logits, predicted = logits_and_values(tokens, queries.shape[1])
            new = picked(logits, responses)
            policy_loss, value_loss = clipped_losses(new, logprobs, advantages, predicted, values, returns)
            optimizer.zero_grad()
            (policy_loss + 0.1 * value_loss).backward()
            optimizer.step()
            check_figures(logits, new, logprobs, (policy_loss, value_loss))
        nats = kl.sum(1).mean().item()
        beta *= 1 + max(-0.2, min(0.2, nats / 6.0 - 1)) * shape.batch / 10_000
        done += shape.batch
        return shape.batch

    return work


def sampling(name: str, candidates: int) -> Work:
    """transformers' `generate`, k sequences for each query."""
    shape = SHAPES[name]
    model, queries = language_model(shape), left_padded(shape.query_rows(rows=64))

    @torch.no_grad()
    def work() -> int:
        tokens = model.generate(input_ids=queries, attention_mask=queries != PAD, generation_config=generation(),
                                num_return_sequences=candidates)
        return int(tokens.shape[0])

    return work


def reward_step(name: str) -> Work:
    """One step on 32 labels: a pass of the module for each of the k candidates."""
    shape, labels = SHAPES[name], 32
    model = classifier(shape)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, eps=1e-5)
    queries = left_padded(shape.query_rows(rows=labels))
    candidates, best = shape.labelled_candidates(labels=labels)

    def work() -> int:
        optimizer.zero_grad()
        rows = [torch.cat([queries, candidate], dim=1) for candidate in candidates.unbind(1)]
        scores = [model.score(read(model.transformer, row).last_hidden_state[:, -1]) for row in rows]
        functional.cross_entropy(torch.cat(scores, dim=1), best).backward()
        optimizer.step()
        return labels

    return work
