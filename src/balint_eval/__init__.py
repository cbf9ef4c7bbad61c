"""balint-eval: evaluation of Balint groups, from survey exports to Kirkpatrick-level reports.

`evaluate` is loaded on first use, so that `import balint_eval` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from balint_eval.pipeline import Evaluation, evaluate

__all__ = ["Evaluation", "__version__", "evaluate"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name in {"evaluate", "Evaluation"}:
        from balint_eval import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'balint_eval' has no attribute '{name}'")
