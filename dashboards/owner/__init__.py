"""The pages for the owner: making studies, watching them, inviting raters."""
