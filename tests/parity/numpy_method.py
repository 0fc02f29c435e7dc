"""The method's formulas once more, in plain NumPy loops, written from the paper's description alone.

Nothing here imports the harness: it is the second opinion that the parity tests ask.
"""

import math

import numpy as np


def whiten(x, center):
    count = x.size
    mean = sum(x.flat) / count
    variance = sum((value - mean) ** 2 for value in x.flat) / count
    out = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        out[index] = (x[index] - mean) / math.sqrt(variance + 1e-8) + (0.0 if center else mean)
    return out


def gae(rewards, values, gamma, lam):
    advantages = np.empty_like(rewards)
    for row in range(rewards.shape[0]):
        following = 0.0
        for t in reversed(range(rewards.shape[1])):
            next_value = values[row, t + 1] if t + 1 < rewards.shape[1] else 0.0
            delta = rewards[row, t] + gamma * next_value - values[row, t]
            following = delta + gamma * lam * following
            advantages[row, t] = following
    return advantages, advantages + values


def kl_rewards(logprobs, ref_logprobs, scores, beta):
    rewards = np.empty_like(logprobs)
    kl = np.zeros(len(scores))
    for row in range(logprobs.shape[0]):
        for t in range(logprobs.shape[1]):
            difference = logprobs[row, t] - ref_logprobs[row, t]
            kl[row] += difference
            rewards[row, t] = -beta * difference + (scores[row] if t == logprobs.shape[1] - 1 else 0.0)
    return rewards, kl


def policy_loss(new, old, advantages, clip):
    total, clipped_count = 0.0, 0
    for index in np.ndindex(*new.shape):
        ratio = math.exp(new[index] - old[index])
        free = -advantages[index] * ratio
        clipped = -advantages[index] * min(max(ratio, 1 - clip), 1 + clip)
        total += max(free, clipped)
        clipped_count += clipped > free
    return total / new.size, clipped_count / new.size


def value_loss(new, old, returns, clip):
    total, clipped_count = 0.0, 0
    for index in np.ndindex(*new.shape):
        free = (new[index] - returns[index]) ** 2
        clipped = (min(max(new[index], old[index] - clip), old[index] + clip) - returns[index]) ** 2
        total += max(free, clipped)
        clipped_count += clipped > free
    return 0.5 * total / new.size, clipped_count / new.size


def approximate_kl(new, old):
    return 0.5 * sum((new[index] - old[index]) ** 2 for index in np.ndindex(*new.shape)) / new.size


def adapt(beta, kl, target, episodes, horizon):
    error = kl / target - 1.0
    error = 0.2 if error > 0.2 else -0.2 if error < -0.2 else error
    return beta * (1.0 + error * episodes / horizon)


def truncate(tokens, end, after, pad):
    for position, token in enumerate(tokens):
        if position >= after and token == end:
            return tokens[:position + 1] + [pad] * (len(tokens) - position - 1), True
    return list(tokens), False


def reward_loss(scores, best):
    total, hits = 0.0, 0
    for row, chosen in zip(scores, best, strict=True):
        total -= math.log(math.exp(row[chosen]) / sum(math.exp(value) for value in row))
        hits += max(range(len(row)), key=lambda i: row[i]) == chosen
    return total / len(best), hits / len(best)


def gain_and_bias(raw, target_mean, target_std):
    mean = sum(raw) / len(raw)
    std = math.sqrt(sum((value - mean) ** 2 for value in raw) / len(raw))
    return target_std / std, target_mean - target_std / std * mean


def token_logprobs(logits, tokens, temperature):
    logprobs, entropies = np.empty(tokens.shape), np.empty(tokens.shape)
    for index in np.ndindex(*tokens.shape):
        weights = [math.exp(value / temperature) for value in logits[index]]
        probabilities = [weight / sum(weights) for weight in weights]
        logprobs[index] = math.log(probabilities[tokens[index]])
        entropies[index] = -sum(p * math.log(p) for p in probabilities)
    return logprobs, entropies


def online_labels(episode, initial, total, episodes):
    return initial + (total - initial) * (1 - (1 - episode / episodes) ** 2)
