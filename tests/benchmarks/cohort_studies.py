"""Studies of any size with a known effect, as files: many cohorts of some people, two or three waves, a scale or three.

`python tests/benchmarks/cohort_studies.py FOLDER --cohorts 100` writes `FOLDER/study.yaml` and an export a cohort.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.answers import answers_for
from balint_eval.simulate.design import FloatArray

SCALES: Mapping[str, tuple[str, float, float]] = {
    "TEQ": ("total", 45.0, 7.0),
    "GSES": ("total", 29.0, 5.0),
    "BAT12": ("total", 2.3, 0.6),
}
"""Scale that is compared, its mean and its standard deviation at the baseline."""
EFFECT, CORRELATION = 0.4, 0.6
WAVES = ("before", "after", "later")


def write_study(
    folder: Path,
    *,
    cohorts: int,
    people: int = 24,
    waves: int = 2,
    scales: int = 1,
    seed: int = 1,
    each_cohort: bool = False,
    formats: tuple[str, ...] = ("html", "docx"),
) -> Path:
    """Write a study and give its study file; a cohort is the same whatever stands beside it."""
    names, folder = list(SCALES)[:scales], Path(folder)
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    listed = []
    for number in range(1, cohorts + 1):
        name = f"c{number:05}"
        path = folder / "exports" / f"{name}.csv"
        path.write_text(export(number, people, waves, names, seed), encoding="utf-8")
        listed.append(_cohort(name, waves, names))
    study = folder / "study.yaml"
    head = _head(waves, names, each_cohort=each_cohort, formats=formats)
    study.write_text(head + "cohorts:\n" + "".join(listed), encoding="utf-8")
    return study


def change_an_answer(folder: Path) -> None:
    """Change the last answer of the first cohort."""
    path = folder / "exports" / "c00001.csv"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text[:-1]}{'2' if text[-1] == '1' else '1'}\n", encoding="utf-8")


def export(number: int, people: int, waves: int, names: list[str], seed: int) -> str:
    """Give one cohort's answers: groups of eight, a row a person and wave."""
    drawn = np.random.default_rng([seed, number])
    lasting, shared = drawn.normal(size=people), np.repeat(drawn.normal(0, 0.2, -(-people // 8)), 8)[:people]
    answers = [_answers(names, lasting, shared * bool(wave), EFFECT * bool(wave), drawn) for wave in range(waves)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["person", "group", "wave", *answers[0][0]])
    for wave, (_, cells) in zip(WAVES, answers, strict=False):
        for person, row in enumerate(cells.astype(int).tolist()):
            writer.writerow([f"C{number:05}P{person:05}", f"C{number:05}G{person // 8:04}", wave, *row])
    return stream.getvalue()


def _answers(
    names: list[str], lasting: FloatArray, shared: FloatArray, shift: float, drawn: np.random.Generator
) -> tuple[list[str], FloatArray]:
    headers, parts = list[str](), []
    for name in names:
        scale, mean, sd = SCALES[name]
        instrument = known_instruments()[name]
        noise = drawn.normal(size=len(lasting)) * np.sqrt(1 - CORRELATION)
        level = mean + sd * (np.sqrt(CORRELATION) * lasting + noise + shared)
        scores = {each.name: level + shift * sd * (each.name == scale) for each in instrument.scales}
        parts.append(answers_for(instrument, scores, drawn))
        headers += [f"{name}_{item}" for item in range(1, instrument.n_items + 1)]
    return headers, np.hstack(parts)


def _head(waves: int, names: list[str], *, each_cohort: bool, formats: tuple[str, ...]) -> str:
    lines = ["name: many", 'title: "Many cohorts (simulated)"', "languages: [en]"]
    lines += ["report:", f"  formats: [{', '.join(formats)}]"] + (["  each_cohort: true"] if each_cohort else [])
    lines += [
        "waves:",
        "  - {name: before, label: Before, role: baseline}",
        "  - {name: after, label: After, role: post}",
    ]
    lines += ["  - {name: later, label: Later, role: follow_up}"] if waves > 2 else []
    lines += ["outcomes:"]
    for at, name in enumerate(names):
        role = "primary" if at == 0 else "secondary"
        level = known_instruments()[name].scale(SCALES[name][0])
        lines.append(f'  - {{instrument: {name}, scale: {level.name}, label: "{name}", role: {role}, level: "2"}}')
    return "\n".join(lines) + "\n"


def _cohort(name: str, waves: int, names: list[str]) -> str:
    values = ", ".join(f"{{value: {wave}, wave: {wave}}}" for wave in WAVES[:waves])
    items = "".join(f'          - {{instrument: {each}, columns: "{each}_{{item}}"}}\n' for each in names)
    return (
        f"  - name: {name}\n    label: Cohort {name}\n    exports:\n      - file: exports/{name}.csv\n"
        f"        person_id: person\n        group: group\n        wave_from: {{column: wave, values: [{values}]}}\n"
        f"        items:\n{items}"
    )


def main() -> None:
    """Write a study as asked on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    for name, number in (("cohorts", 10), ("people", 24), ("waves", 2), ("scales", 1)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--formats", nargs="+", default=["html", "docx"])
    parser.add_argument("--each-cohort", action="store_true")
    wanted = parser.parse_args()
    print(write_study(**vars(wanted)))


if __name__ == "__main__":
    main()
