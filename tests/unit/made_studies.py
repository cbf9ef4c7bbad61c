"""Small studies made for tests: study file, outcomes, people and drawn scores."""

import numpy as np
import pandas as pd

from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table

WAVES = {"before": "baseline", "after": "post", "later": "follow_up"}
ARMS = {"balint": "intervention", "waiting": "control"}
ONE_ARM = {"balint": "intervention"}


def a_study(arms=ARMS, waves=("before", "after"), **plan):
    return Study.model_validate({
        "name": "made", "title": "Made",
        "waves": [{"name": wave, "role": WAVES[wave]} for wave in waves],
        "arms": [{"name": arm, "role": role} for arm, role in arms.items()],
        "outcomes": [{"instrument": "TEQ"}],
        "cohorts": [{"name": "c1", "exports": [{"file": "a.csv", "wave": "before", "person_id": "id"}]}],
        "plan": plan,
    })  # fmt: skip


def some_outcomes(**families):
    """The first is primary; keys are instruments, values families."""
    rows = [
        {"instrument": name, "scale": "total", "label": name, "level": "2a", "higher_is": "better",
         "role": "secondary" if place else "primary", "family": family}
        for place, (name, family) in enumerate(families.items())
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows).reindex(columns=TABLES["outcomes"].names), "outcomes")


TEQ = some_outcomes(TEQ="primary")


def some_people(arms=ARMS, groups=3, size=6, cohorts=("c1",), grouped=ARMS):
    rows = [
        (cohort, f"{cohort}-{arm}-{group}-{member}", f"{cohort}/{arm}{group}" if arm in grouped else "", arm, "", "")
        for cohort in cohorts for arm in arms for group in range(groups) for member in range(size)
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows, columns=TABLES["participants"].names), "participants")


def scores_of(person_ids, values, wave, instrument="TEQ", cohort="c1"):
    frame = pd.DataFrame({"cohort": cohort, "person_id": person_ids, "wave": wave, "instrument": instrument})
    frame = frame.assign(score=np.asarray(values, dtype=float), scale="total", n_items=16, n_answered=16)
    facts = {"prorated": False, "status": "scored", "minimum": 0.0, "maximum": 64.0, "higher_is": "better"}
    return frame.assign(**facts)


def stacked(*frames):
    return check_table(pd.concat(frames, ignore_index=True), "scores")


def drawn(people, seed, waves=("before", "after"), instruments=("TEQ",), absent=0.1):
    """Scores of one decimal, with a change of each group and people who did not answer."""
    rng = np.random.default_rng(seed)
    group = pd.factorize(people["group_id"] + people["arm"])[0]
    frames = []
    for instrument in instruments:
        lasting = rng.normal(40, 6, len(people))
        for place, wave in enumerate(waves):
            shared = (place > 0) * rng.normal(2, 2, len(people))[group]
            values = np.round(lasting + shared + rng.normal(0, 4, len(people)), 1)
            values[rng.random(len(people)) < absent] = np.nan
            frames.append(scores_of(people["person_id"], values, wave, instrument, people["cohort"]))
    return stacked(*frames)
