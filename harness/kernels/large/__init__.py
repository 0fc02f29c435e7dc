"""Compiled operations of large models on a CPU: products, attention, log-probabilities, activation and Adam."""
