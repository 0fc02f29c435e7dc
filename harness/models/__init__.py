"""Language models as policies and reward models, over one trunk; import torch and transformers, nothing heavier."""
