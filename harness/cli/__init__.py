"""What the commands that need no study share: their arguments, their exit codes, and the tables they read and write."""
