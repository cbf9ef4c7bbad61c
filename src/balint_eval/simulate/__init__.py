"""Studies with a known effect: for the demo, for tests, for coverage and power.

`design` makes scores, `answers` makes item answers that give those scores back, `exports` writes them as
survey platforms do, `demo` is one study in all of these forms.
"""

from balint_eval.simulate.answers import answers_for, attainable_scores, leave_out
from balint_eval.simulate.demo import demo_files, truths, write_demo
from balint_eval.simulate.design import (
    Design,
    KnownOutcome,
    Simulation,
    TwoArms,
    simulate_scores,
    simulate_two_arms,
)

__all__ = [
    "Design",
    "KnownOutcome",
    "Simulation",
    "TwoArms",
    "answers_for",
    "attainable_scores",
    "demo_files",
    "leave_out",
    "simulate_scores",
    "simulate_two_arms",
    "truths",
    "write_demo",
]
