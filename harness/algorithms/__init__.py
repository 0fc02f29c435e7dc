"""The algorithms of the paper: tensors in, tensors out. No files, no logging, no models."""
