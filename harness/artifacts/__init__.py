"""What a stage is called with, and the files that stages leave for each other."""
