"""Training loops: rollouts, PPO updates, and fits of reward models and language models."""
