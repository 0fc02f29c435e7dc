"""The algorithms of the paper, as functions from tensors to tensors."""
