"""Self-contained pages and plots for reports and commands. Neither torch nor transformers."""
