"""Where texts come from, and how queries are cut from them."""
