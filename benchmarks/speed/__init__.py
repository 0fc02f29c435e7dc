"""The project beside its peers, on the same work, interleaved: `python -m benchmarks`."""
