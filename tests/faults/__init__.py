"""Faults on purpose: what a study must survive, done to real ones, and what came of each."""
