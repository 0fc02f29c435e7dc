"""What the commands share: arguments, exit codes, and the files they read and write."""
