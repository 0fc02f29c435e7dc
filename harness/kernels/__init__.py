"""Compiled kernels for a CPU in two independent libraries: whole blocks of small models, operations of large ones."""
