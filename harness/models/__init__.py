"""Policies and reward models on one language-model trunk, with sampling and loading."""
