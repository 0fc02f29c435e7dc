"""Operations of large models on a CPU, compiled: products, attention, log-probabilities, activation and Adam."""
