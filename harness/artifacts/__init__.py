"""The arguments of a stage, and the files that stages leave for each other."""
