"""The simulated studies of the coverage study: the demo's design, and what is varied in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from balint_eval.instruments.registry import known_instruments
from balint_eval.scoring import reversed_by_key, score_scale
from balint_eval.simulate.answers import answers_for, attainable_scores, leave_out
from balint_eval.simulate.demo import STUDENT_OUTCOMES
from balint_eval.simulate.demo_cohort import ABSENT, ITEMS_MISSING
from balint_eval.simulate.design import KnownOutcome, TwoArms, simulate_two_arms

FloatArray = NDArray[np.float64]

EXACT, ROUNDED, ITEMS = "exact", "rounded", "from items"
# The demo's primary outcome: self-rated empathy (TEQ, 0 to 64 points) after the meetings.
OUTCOME = next(outcome for outcome in STUDENT_OUTCOMES if outcome.instrument == "TEQ")
GROUPS_PER_ARM = 2
MEMBERS = (6, 10)
LEVEL_GAP = 5.0


@dataclass(frozen=True)
class Cell:
    """One row of the table: how studies are simulated.

    Attributes
    ----------
    design : str
        What a reader sees.
    scores : str
        `exact`: as drawn. `rounded`: whole points, clipped to the scale. `from items`: scored from answers
        to 16 items of which 1 % are missing.
    icc : float
    cohorts : int
        Of four groups each, pooled.
    gap : float
        Points by which a cohort starts (and stays) below the one before it.
    """

    design: str
    scores: str
    icc: float
    cohorts: int = 2
    gap: float = 0.0


DEMO = Cell("the demo's design", ITEMS, OUTCOME.icc)
CELLS = (
    DEMO,
    *(Cell("the demo's design", scores, icc) for scores in (ROUNDED, EXACT) for icc in (0.0, 0.05, 0.15)),
    Cell(f"its cohorts {LEVEL_GAP:g} points apart", ROUNDED, 0.05, gap=LEVEL_GAP),
    *(Cell("one cohort alone", ROUNDED, icc, cohorts=1) for icc in (0.05, 0.15)),
)


def truths(null: bool) -> tuple[float, float]:
    """Give the difference between the arms and the change of the treated arm that are put in, in points."""
    if null:
        return 0.0, 0.0
    effect, drift = OUTCOME.effect[0], OUTCOME.drift[0]
    return effect, effect + drift


def simulate(cell: Cell, rng: np.random.Generator, replications: int, *, null: bool) -> TwoArms:
    """Simulate studies of a cell; under `null` nothing changes on average in either arm."""
    parts = [_cohort(cell, place, rng, replications, null=null) for place in range(cell.cohorts)]
    pre, post = (np.concatenate([getattr(part, wave) for part in parts], axis=1) for wave in ("pre", "post"))
    groups = 2 * GROUPS_PER_ARM
    group = np.concatenate([part.group + place * groups for place, part in enumerate(parts)])
    pre, post = _scored(cell.scores, np.stack((pre, post)), rng)
    return TwoArms(pre=pre, post=post, group=group, treated=np.concatenate([part.treated for part in parts]))


def _cohort(cell: Cell, place: int, rng: np.random.Generator, replications: int, *, null: bool) -> TwoArms:
    effect, change = truths(null)
    outcome: KnownOutcome = replace(OUTCOME, icc=cell.icc)
    drawn = simulate_two_arms(
        rng,
        replications,
        groups_per_arm=GROUPS_PER_ARM,
        members=MEMBERS,
        effect=effect,
        mean=outcome.mean - place * cell.gap,
        sd=outcome.sd,
        correlation=outcome.correlation,
        icc=outcome.icc,
        absent=ABSENT[:2],
    )
    return replace(drawn, post=drawn.post + (change - effect))


def _scored(scores: str, drawn: FloatArray, rng: np.random.Generator) -> FloatArray:
    if scores == EXACT:
        return drawn
    instrument = known_instruments()[OUTCOME.instrument]
    if scores == ROUNDED:
        return attainable_scores(instrument, OUTCOME.scale, drawn)
    scale = instrument.scale(OUTCOME.scale)
    answers = leave_out(answers_for(instrument, {scale.name: drawn.ravel()}, rng), ITEMS_MISSING, rng)
    keyed = reversed_by_key(answers, instrument)
    return score_scale(keyed, scale, instrument.required_answers(scale))[0].reshape(drawn.shape)
