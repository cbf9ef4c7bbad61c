"""Researcher report: how reliable the scales are in this sample, what each item adds, agreement over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import isfinite

from balint_eval.report import numbers
from balint_eval.report.cells import guarded, number, row_notes, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Section, TableBlock

SMALLEST_N_FOR_ITEMS = 10
"""Nothing is shown of single items below this count (P3)."""


def reliability(material: Material) -> Section:
    """Show reliability in this sample; what each item adds; agreement over time without a programme."""
    blocks = (_scales(material), _items(material), _retest(material))
    return Section(material.say("Reliability"), "reliability", tuple(block for block in blocks if block))


def _scales(material: Material) -> TableBlock | None:
    rows = material.in_order(material.pooled_rows("quality"))
    if not rows:
        return None
    ordinal = [material.say("#Ordinal alpha")] if material.study.plan.ordinal_alpha else []
    heads = (
        *(
            material.say("Scale"),
            material.say("Wave"),
            material.say("#n"),
            material.say("#Alpha"),
            material.say("#Alpha interval"),
            material.say("#Omega"),
        ),
        *(material.say("#Omega interval"), *ordinal, material.say("#SEM")),
    )
    cells = [_scale_cells(material, row, ordinal=bool(ordinal)) for row in rows]
    notes = [
        material.say(
            "Cronbach's alpha with Feldt's interval; McDonald's omega of the one-factor model with a bootstrap "
            "interval over people, which like Feldt's is too narrow where people sit in few groups; SEM from "
            "alpha, in points of the scale."
        ),
        *row_notes(rows, [material.label(row) for row in rows], material.language),
    ]
    return table("reliability", material.say("Reliability in this sample"), heads, cells, notes, "quality")


def _scale_cells(material: Material, row: Row, *, ordinal: bool) -> tuple[str, ...]:
    alpha, omega = ((_share(row[name]), _unit_interval(row, name)) for name in ("alpha", "omega"))
    extra = (_share(row["ordinal_alpha"]),) if ordinal else ()
    shown = guarded(row["n"], numbers.count(row["n"]), *alpha, *omega, *extra, number(row["sem"]))
    return material.label(row), material.wave(row["wave"]), *shown


def _share(value: float) -> str:
    return numbers.probability(value, 2)


def _unit_interval(row: Row, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if not (isfinite(low) and isfinite(high)):
        return numbers.MISSING
    return f"[{_share(low)}, {_share(high)}]"


def _items(material: Material) -> TableBlock | None:
    """Show a line a scale and wave: the lowest and highest item-rest correlation, and items that do not help."""
    rows = [row for row in material.rows("item_statistics") if row["n"] >= SMALLEST_N_FOR_ITEMS]
    judged = material.in_order([row for row in rows if isfinite(row["item_rest"])])
    alphas = {_place(row): row["alpha"] for row in material.rows("quality") if row["cohort"] == "all"}
    cells = [_item_cells(material, list(items), alphas) for _, items in groupby(judged, key=_place)]
    heads = (
        *(
            material.say("Scale"),
            material.say("Wave"),
            material.say("#Items"),
            material.say("#Lowest item-rest correlation"),
        ),
        *(material.say("#Highest"), material.say("Items without which alpha is higher")),
    )
    note = material.say(
        "Item-rest correlation: of an item with the sum of the others, after keying; a negative one suggests a wrong "
        "key. Items are named by their place on the form; every item stands in the table item_statistics. An item that "
        "lowers alpha in one sample is no reason to leave it out of a published scale."
    )
    return (
        table("items", material.say("What the items add"), heads, cells, [note], "item_statistics") if cells else None
    )


def _place(row: Row) -> tuple[str, str, str]:
    return str(row["instrument"]), str(row["scale"]), str(row["wave"])


def _item_cells(
    material: Material, items: Sequence[Row], alphas: Mapping[tuple[str, str, str], float]
) -> tuple[str, ...]:
    ends = (min(items, key=_rest), max(items, key=_rest))
    alpha = alphas.get(_place(items[0]), float("nan"))
    better = [str(row["item"]) for row in items if row["alpha_if_dropped"] > alpha]
    first = items[0]
    shown = [material.say("{r} (item {item})", r=_share(_rest(row)), item=str(row["item"])) for row in ends]
    return (
        material.label(first), material.wave(first["wave"]), numbers.count(len(items)), *shown,
        ", ".join(better) or material.say("none"),
    )  # fmt: skip


def _rest(row: Row) -> float:
    return float(row["item_rest"])


def _retest(material: Material) -> TableBlock | None:
    """Show agreement over time in the control arm."""
    rows = material.in_order(material.rows("retest"))
    if not any(isfinite(row["icc"]) for row in rows):
        return None
    heads = (
        material.say("Scale"),
        material.say("Later wave"),
        material.say("#n"),
        material.say("#ICC"),
        material.say("#Interval"),
        material.say("#SEM over time"),
    )
    cells = [
        (
            material.label(row),
            material.wave(row["wave_to"]),
            *guarded(
                row["n"], numbers.count(row["n"]), _share(row["icc"]), _unit_interval(row, "icc"), number(row["sem"])
            ),
        )
        for row in rows
    ]
    notes = [
        material.say(
            "ICC(A,1), two-way, absolute agreement, of the scores in “{arm}” at “{wave}” and at the later wave, "
            "without the programme in between. Real changes of people count as disagreement.",
            arm=material.arm(rows[0]["arm"]), wave=material.wave(rows[0]["wave_from"]),
        ),
        *row_notes(rows, [material.label(row) for row in rows], material.language),
    ]  # fmt: skip
    return table("retest", material.say("Agreement over time without the programme"), heads, cells, notes, "retest")
