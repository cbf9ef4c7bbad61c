"""Forms made of arrays, for the checks one by one."""

import numpy as np
import pytest

from balint_eval.doctor.form import Form
from balint_eval.instruments.registry import known_instruments


def names(people):
    return np.array([f"P{n:03}" for n in range(people)])


@pytest.fixture(scope="session")
def made():
    """Give a form of an instrument, whose facts may be changed; people of two waves are the same unless named."""

    def make(name, who=None, codes=None, cohort="one", change=None, **stored):
        instrument = known_instruments()[name].model_copy(update=change or {})
        if codes is not None:
            response = instrument.response.model_copy(update={"codes": list(codes)})
            instrument = instrument.model_copy(update={"response": response})
        waves = {wave: np.asarray(values, float) for wave, values in stored.items()}
        people = {wave: names(len(values)) for wave, values in waves.items()}
        return Form(cohort, instrument, waves, people if who is None else {w: np.array(p) for w, p in who.items()})

    return make
