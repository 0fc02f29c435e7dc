"""Who says which response is best: scorers, simulated labelers, files and people."""
