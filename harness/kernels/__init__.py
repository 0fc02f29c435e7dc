"""GPT-2's blocks for small models on a CPU, compiled for the processor at hand the first time they are asked for."""
