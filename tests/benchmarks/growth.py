"""How the cost of single jobs grows: scoring with people and items, linkage with codes, mixed models with groups."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from bench_models import controlled, two_waves

from balint_eval.api import link
from balint_eval.instruments.model import Instrument
from balint_eval.score_arrays import score_wide

REPEATS = 2
"""The least of these counts: other work on the machine only ever adds."""


@dataclass(frozen=True)
class Growth:
    """One job at several sizes; `prepare` makes what is needed and gives the job itself."""

    name: str
    sizes: tuple[int, ...]
    prepare: Callable[[int], Callable[[], object]]
    why: str = ""


def form_of(items: int) -> Instrument:
    """Give a questionnaire with one scale, a third of it reversed."""
    scale = {"name": "total", "items": list(range(1, items + 1)), "rule": "sum", "range": [0, 4 * items]}
    return Instrument.model_validate({
        "name": "BENCH", "title": "benchmark", "measures": "empathy", "level": "2", "n_items": items,
        "response": {"codes": [0, 1, 2, 3, 4]}, "reverse": list(range(3, items + 1, 3)),
        "scales": [{**scale, "higher_is": "better"}], "licence": {"status": "own"},
    })  # fmt: skip


def scoring(people: int, items: int = 60) -> Callable[[], object]:
    """Score one wave."""
    form = form_of(items)
    values = np.random.default_rng(1).integers(0, 5, (people, items)).astype(np.float64)
    return lambda: score_wide(values, form)


def linkage(people: int) -> Callable[[], object]:
    """Find people again by codes of four elements, one in twenty of them with one element changed."""
    drawn = np.random.default_rng(1)
    codes = list({tuple(code) for code in drawn.integers(0, 30, (people, 4)).astype(str).tolist()})
    later = [(*code[:3], f"x{at}") if drawn.random() < 0.05 else code for at, code in enumerate(codes)]
    return lambda: link(codes, later)


def mixed(groups: int) -> Callable[[], object]:
    """Fit the change of two arms with Kenward-Roger."""
    columns = two_waves(groups)
    return lambda: controlled(columns)


GROWTHS = (
    Growth("scoring, people (60 items)", (10_000, 100_000, 1_000_000), scoring),
    Growth("scoring, items (20,000 people)", (15, 60, 240), lambda items: scoring(20_000, items)),
    Growth("linkage by codes, people of one cohort", (100, 300, 1_000, 3_000), linkage, "every code to every other"),
    Growth("mixed model, groups an arm", (4, 8, 16, 32), mixed, "cube of the random effects"),
)


def table(growths: Sequence[Growth] = GROWTHS) -> Iterator[str]:
    """Give the lines of the table: CPU milliseconds at each size, and the slope on logarithmic axes."""
    yield "| job | size: CPU ms | slope |\n|---|---|---|"
    for growth in growths:
        spent = [least(growth.prepare(size)) for size in growth.sizes]
        slope = np.polyfit(np.log(growth.sizes), np.log(spent), 1)[0]
        shown = ", ".join(f"{size:,}: {1000 * one:.3g}" for size, one in zip(growth.sizes, spent, strict=True))
        yield f"| {growth.name} | {shown} | {slope:.2f}{f' ({growth.why})' if growth.why else ''} |"


def least(job: Callable[[], object]) -> float:
    """Give the CPU seconds of a job, after one run that is not counted."""
    job()
    spent = []
    for _ in range(REPEATS):
        began = time.process_time()
        job()
        spent.append(time.process_time() - began)
    return min(spent)


if __name__ == "__main__":
    for line in table():
        print(line, flush=True)
