"""Fine-tuning language models from human preferences: experiments and blinded human evaluation.

The method is that of Ziegler et al. 2019 (arXiv 1909.08593). Importing this package imports nothing heavy.
"""

__version__ = "0.2.0"
