"""balint-eval: evaluation of Balint groups, from survey exports to Kirkpatrick-level reports.

A whole study is evaluated by `evaluate`; `score`, `link`, `compare`, `power` and `figure` do one step each, without a
study file. They are loaded on first use, so that `import balint_eval` costs nothing. What is raised on purpose is a
`balint_eval.errors.BalintError` with all problems at once. How long names keep their meaning: `docs/api.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from balint_eval.api import Evaluation, PlannedStudy, compare, evaluate, figure, link, power, score

__all__ = ["Evaluation", "PlannedStudy", "__version__", "compare", "evaluate", "figure", "link", "power", "score"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name in __all__:
        from balint_eval import api

        return getattr(api, name)
    raise AttributeError(f"module 'balint_eval' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
