"""Loops over a model: rollouts, PPO updates, reward fits and language-model fits."""
