"""Track experiments in a notebook, and look at them there."""

__version__ = "0.1.0"
