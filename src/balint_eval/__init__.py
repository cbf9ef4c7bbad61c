"""balint-eval: evaluation of Balint groups, from survey exports to Kirkpatrick-level reports."""

__version__ = "0.1.0"
