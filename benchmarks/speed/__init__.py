"""Measures this project and other libraries on the same work: `python -m benchmarks`."""
