"""Compiled CPU kernels in two independent libraries: one for small models, one for large ones."""
