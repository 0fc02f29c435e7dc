"""What a study found, as `results.json` holds it, and the paper's published figures beside it."""
