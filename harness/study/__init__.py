"""What is run: the types of a study file, reading it, and planning its stages."""
