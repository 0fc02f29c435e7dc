"""Compiled GPT-2 blocks of small models on a CPU: forward, backward, decoding, and the vocabulary's softmax."""
