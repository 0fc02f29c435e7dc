"""Measures of texts: ROUGE against references, and how much is copied from a source."""
