"""Win rates of compared arms, their intervals and tests, agreement of raters, and power."""
