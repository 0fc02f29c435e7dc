"""How a plan is run: reuse of finished stages, workers, failures, MLflow, and the terminal."""
