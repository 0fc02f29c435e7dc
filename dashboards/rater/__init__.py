"""The pages for raters: comparing two texts, and picking the best of several."""
