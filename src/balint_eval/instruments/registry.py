"""The instruments the package knows, read from `keys/*.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from balint_eval.instruments.model import Instrument
from balint_eval.strict_yaml import read_yaml, validate


@cache
def known_instruments() -> dict[str, Instrument]:
    """Give every instrument of the package by name, sorted."""
    with as_file(files("balint_eval.instruments") / "keys") as folder:
        instruments = [read_instrument(path, f"instruments/keys/{path.name}") for path in sorted(folder.glob("*.yaml"))]
    return {instrument.name: instrument for instrument in instruments}


def read_instrument(path: Path, shown_as: str = "") -> Instrument:
    """Read one instrument file.

    Raises
    ------
    StudyError
        With the line of each fault.
    """
    instrument: Instrument = validate(Instrument, read_yaml(path, shown_as))
    return instrument
