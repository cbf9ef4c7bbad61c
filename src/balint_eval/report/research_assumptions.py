"""Researcher report: every assumption as a picture and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.language import marked
from balint_eval.report import numbers
from balint_eval.report.cells import guarded, interval, level_of_confidence, number, table
from balint_eval.report.figures import figure, plain_figure
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, BulletList, FigureBlock, Section
from balint_eval.report.research_robustness import named, of_main, place_notes
from balint_eval.report.steps import no_control
from balint_eval.report.wording import METHODS

MANY_AT_AN_EDGE = 0.15
"""Share at an end of a scale that is called a floor or a ceiling (Terwee and others, 2007)."""
_AGREES = {
    "both": marked("yes: both below"),
    "neither": marked("yes: neither below"),
    "planned_only": marked("no: the planned one only"),
    "ranks_only": marked("no: ranks only"),
}


def _picture(material: Material, name: str) -> tuple[FigureBlock, ...]:
    """Give a figure with its own caption; its numbers stand in the table beside it or in the results folder."""
    drawing = material.drawings.get(name)
    return plain_figure(material, name, drawing.caption) if drawing else ()


def residuals(material: Material) -> Section:
    """Show the residuals of the planned comparisons, and whether ranks agree."""
    rows = of_main(material, "residual_checks")
    heading = material.say("Residuals")
    if not rows:
        return Section(heading, "residuals", (), 3)
    say = material.say
    heads = (
        *(say("Outcome"), say("Wave"), say("#People"), say("#Largest residual"), say("#Usual up to")),
        *(say("#Quantiles outside the band"), say("#p, planned"), say("#p, ranks"), say("Do ranks agree?")),
    )
    used = {str(row["rank_method"]) for row in rows}
    methods = material.language.listed(sorted({say(METHODS[name]) for name in used if name in METHODS}))
    notes = [
        say(
            "Largest residual: standardised, without its sign. Usual up to: the largest of as many normal residuals "
            "stays below it in 95 of 100 studies. Ranks agree when both p, unadjusted, lie on the same side."
        ),
        say("Ranks: {methods}.", methods=methods) if methods else "",
        *place_notes(material, rows),
    ]
    cells = [(*named(material, row), *_residual_cells(material, row)) for row in rows]
    block = table("residuals", say("Residuals of the planned comparisons"), heads, cells, notes, "residual_checks")
    sentences = BulletList(tuple(_residual_sentences(material, rows)))
    return Section(heading, "residuals", (*_picture(material, "residuals"), sentences, block), 3)


def _residual_cells(material: Material, row: Row) -> list[str]:
    sides = str(row["agrees"])
    agrees = material.say(_AGREES[sides]) if sides in _AGREES else numbers.MISSING
    outside = f"{numbers.count(row['outside'])} / {numbers.count(row['quantiles'])}"
    return guarded(
        row["n"], numbers.count(row["n"]), number(row["largest"], 1), number(row["usual"], 1), outside,
        numbers.p_value(row["planned_p"]), numbers.p_value(row["rank_p"]), agrees,
    )  # fmt: skip


def _residual_sentences(material: Material, rows: Sequence[Row]) -> list[str]:
    """Say what stands out: a residual larger than usual, a disagreement of ranks; else that nothing does."""
    shown = [row for row in rows if not numbers.too_few(row["n"])]
    far = [row for row in shown if isfinite(row["usual"]) and row["largest"] > row["usual"]]
    apart = [row for row in shown if row["agrees"] in {"planned_only", "ranks_only"}]
    known = [row for row in shown if row["agrees"]]
    said = [_far(material, row) for row in far] + [_apart(material, row) for row in apart]
    if shown and not far:
        said.append(material.say("No standardised residual is larger than is usual among as many people."))
    if known and not apart:
        said.append(material.say("The rank-based rows come to the same side as the planned ones everywhere."))
    shape = material.say(
        "CR2 does not need normal residuals. It needs group means that are roughly normal, as means of six to ten "
        "people mostly are, and enough groups. The shape matters where groups are few and small, or where one person "
        "stands far outside."
    )
    return [*said, shape]


def _far(material: Material, row: Row) -> str:
    outcome, wave = named(material, row)
    return material.say(
        "{outcome}, {wave}: one person lies {largest} standard errors from the model; among {n} people up to {usual} "
        "is usual. The estimate without the person who moves it most stands above.",
        outcome=outcome, wave=wave, largest=number(row["largest"]), usual=number(row["usual"]),
        n=numbers.count(row["n"]),
    )  # fmt: skip


def _apart(material: Material, row: Row) -> str:
    outcome, wave = named(material, row)
    return material.say(
        "{outcome}, {wave}: the planned method and ranks come to different sides (p {planned} and {ranks}), so the "
        "answer depends on the shape of the scores.",
        outcome=outcome, wave=wave, planned=numbers.p_value(row["planned_p"]), ranks=numbers.p_value(row["rank_p"]),
    )  # fmt: skip


def groups(material: Material) -> Section:
    """Show how much groups differ, and where a further one would lie."""
    rows = of_main(material, "group_spread")
    heading = material.say("Do the groups differ?")
    if not rows:
        return Section(heading, "groups", (), 3)
    say = material.say
    level = level_of_confidence(rows, material.language)
    heads = (
        *(say("Outcome"), say("Wave"), say("Arm"), say("#Groups"), say("#Mean"), say("#SD between groups")),
        *(f"#{level}", say("#SD within groups"), say("#A further group")),
    )
    notes = [
        say(
            "In points. A random intercept a group by REML on changes (on scores, where arms are compared at one "
            "wave), arms with means of their own. The interval of the SD is exact for the ratio of the variances "
            "(Wald). A further group: where its true mean is expected, from four groups on."
        ),
        *place_notes(material, rows),
    ]
    cells = [(*named(material, row), material.arm(row["arm"]), *_group_cells(row)) for row in rows]
    block = table("group-spread", say("How much groups differ"), heads, cells, notes, "group_spread")
    return Section(heading, "groups", (*_picture(material, "groups"), *_group_sentences(material, rows), block), 3)


def _group_cells(row: Row) -> list[str]:
    return guarded(
        row["n"], numbers.count(row["n_groups"]), number(row["mean"]), number(row["sd_between"]),
        interval(row, "sd_low", "sd_high"), number(row["sd_within"]), interval(row, "predict_low", "predict_high"),
    )  # fmt: skip


def _group_sentences(material: Material, rows: Sequence[Row]) -> tuple[Block, ...]:
    """Say for the primary outcomes at the primary wave how far groups are apart."""
    primary = {tuple(row[name] for name in _PLACE) for row in material.main_rows if row["role"] == "primary"}
    chosen = {tuple(row[name] for name in _PLACE): row for row in rows if not numbers.too_few(row["n"])}
    said = [
        material.say(
            "{outcome}, {wave}: true means of groups are estimated to differ with an SD of {sd} points; anything from "
            "{low} to {high} fits the data.",
            outcome=named(material, row)[0], wave=named(material, row)[1], sd=number(row["sd_between"]),
            low=number(row["sd_low"]), high=number(row["sd_high"]),
        )
        for place, row in chosen.items()
        if place in primary and isfinite(row["sd_between"])
    ]  # fmt: skip
    return (BulletList(tuple(said)),) if said else ()


_PLACE = ("cohort", "instrument", "scale", "contrast")


def edges(material: Material) -> Section:
    """Show who stands at the ends of the scales."""
    heading = material.say("Floor and ceiling")
    rows = [row for row in material.rows("edges") if row["arm"] == "all" and _may_be_shown(row)]
    if not rows:
        return Section(heading, "edges", (), 3)
    order = [wave.name for wave in material.study.waves]
    rows.sort(key=lambda row: order.index(row["wave"]) if row["wave"] in order else len(order))
    said = [text for row in material.in_order(rows) for text in _edge_sentences(material, row)]
    none = material.say(
        "At no wave do {many} or more of the people stand at an end of a scale, so scores had room to move both ways.",
        many=numbers.percent(MANY_AT_AN_EDGE),
    )
    return Section(heading, "edges", (*figure(material, "edges"), BulletList(tuple(said) or (none,))), 3)


def _may_be_shown(row: Row) -> bool:
    extreme = {0.0, 1.0} & {float(row["worst_share"]), float(row["best_share"])}
    return bool(row["n"] >= (numbers.SMALLEST_FOR_EXTREMES if extreme else numbers.SMALLEST_COUNT))


def _edge_sentences(material: Material, row: Row) -> list[str]:
    given = {"outcome": material.label(row), "wave": material.wave(row["wave"]), "all": numbers.count(row["n"])}
    first = row["wave"] == material.study.baseline.name
    said = []
    if row["best_share"] >= MANY_AT_AN_EDGE:
        count = numbers.count(row["at_best"])
        said.append(
            material.say(
                "{outcome}, “{wave}”: {count} of {all} were at the best possible score; they cannot improve, so a gain "
                "of the others is diluted.", count=count, **given
            )
            if first
            else material.say(
                "{outcome}, “{wave}”: {count} of {all} were at the best possible score; how far they improved is cut "
                "off.", count=count, **given
            )
        )  # fmt: skip
    if row["worst_share"] >= MANY_AT_AN_EDGE:
        count = numbers.count(row["at_worst"])
        said.append(
            material.say(
                "{outcome}, “{wave}”: {count} of {all} were at the worst possible score; they cannot get worse, so "
                "losses are hidden.", count=count, **given
            )
            if first
            else material.say(
                "{outcome}, “{wave}”: {count} of {all} were at the worst possible score; how far they got worse is cut "
                "off.", count=count, **given
            )
        )  # fmt: skip
    return said


def starts(material: Material) -> Section:
    """Show how change goes with the score before, and what regression to the mean explains."""
    heading = material.say("Regression to the mean")
    rows = [
        row
        for row in material.rows("baseline_slopes")
        if row["wave_to"] == material.study.primary_wave and isfinite(row["slope"])
    ]
    rows = material.in_order([row | {"kind": "change", "reference_arm": ""} for row in map(dict, rows)])
    if not rows:
        return Section(heading, "starts", (), 3)
    say, level = material.say, level_of_confidence(rows, material.language)
    heads = (
        *(say("Outcome"), say("Arm"), say("#People"), say("#Slope"), f"#{level}", say("#Reliability")),
        *(say("#Expected without change"), say("#Corrected slope"), f"#{level}", say("#On the mean of both")),
        f"#{level}",
    )
    notes = [
        say(
            "Slope: points of change per point of the score before, CR2 errors. Expected without change: reliability "
            "minus 1. Corrected slope: without the error of the score before (Blomqvist, 1977), the reliability taken "
            "as known. On the mean of both: points of change per point of the mean of both scores (Oldham, 1962); near "
            "zero when change does not depend on the level. None of them proves anything alone."
        ),
        *dict.fromkeys(_reliability_note(material, row) for row in rows),
    ]
    cells = [(material.label(row), material.arm(row["arm"]), *_slope_cells(row)) for row in rows]
    block = table("starts", say("Change and the score before"), heads, cells, notes, "baseline_slopes")
    sentences = BulletList((_what_handles_it(material), *_norm_sentences(material)))
    return Section(heading, "starts", (*_picture(material, "starts"), sentences, block), 3)


def _reliability_note(material: Material, row: Row) -> str:
    source = str(row["reliability_source"])
    return (
        material.say("{outcome}: {source}.", outcome=material.label(row), source=material.noted(source))
        if source
        else ""
    )


def _slope_cells(row: Row) -> list[str]:
    slopes = [
        text
        for name in ("slope", "corrected", "oldham")
        for text in (number(row[name]), interval(row, f"{name}_low", f"{name}_high"))
    ]
    reliability = numbers.probability(row["reliability"], 2) if isfinite(row["reliability"]) else numbers.MISSING
    known = (reliability, number(row["expected_slope"]))
    return guarded(row["n"], numbers.count(row["n"]), *slopes[:2], *known, *slopes[2:])


def _what_handles_it(material: Material) -> str:
    if no_control(material):
        return material.say(
            "Without a control arm nothing takes regression to the mean out of a mean change. It matters where people "
            "were chosen, or came, because of their scores; people who came as they were move neither "
            "up nor down by it on average."
        )
    if material.study.plan.allocation == "not_random":
        return material.say(
            "Arms were not formed at random. People of arms that differ fall back towards different means, and ANCOVA "
            "takes only part of that out of the difference between the arms."
        )
    return material.say(
        "Regression to the mean works in every arm alike. ANCOVA compares people who started alike, so it drops out of "
        "the difference between the arms; it stays in the change within an arm."
    )


def _norm_sentences(material: Material) -> list[str]:
    return [
        material.say(
            "{outcome}: people started at {start} points on average; a norm ({population}, evidence {mark}) has {norm}."
            " Had they been chosen from it for their scores, a change of {change} points would be regression to the "
            "mean.",
            outcome=material.label(row), start=number(row["baseline_mean"], 1), population=str(row["population"]),
            mark=str(row["mark"]), norm=number(row["norm_mean"], 1), change=number(row["expected_change"], 1),
        )
        for row in material.rows("norm_regression")
    ]  # fmt: skip


def fits(material: Material) -> Section:
    """Say in words which models converged, and which put a variance at zero."""
    said = [*_mixed_models(material), *_models_of_groups(material)]
    return Section(material.say("Did the models converge?"), "fits", (BulletList(tuple(said)),) if said else (), 3)


def _mixed_models(material: Material) -> list[str]:
    main = {tuple(row[name] for name in _PLACE) for row in material.main_rows}
    rows = [row for row in material.rows("comparisons") if row["method"] == "mixed_model"]
    mine = [row for row in rows if tuple(row[name] for name in _PLACE) in main]
    fitted = [row for row in mine if isfinite(row["estimate"]) or not row["converged"]]
    failed = [row for row in fitted if not row["converged"]]
    places = {tuple(row[name] for name in _PLACE) for row in fitted}
    terms = [row for row in material.rows("diagnostics") if row["term"] != "icc"]
    singular = {tuple(row[name] for name in _PLACE) for row in terms if row["singular"]} & places
    said = _converged(material, len(fitted), failed)
    if len(mine) > len(fitted):
        said.append(
            material.language.plural(
                "{n} mixed model could not be fitted; the table of the mixed model says why.",
                "{n} mixed models could not be fitted; the table of the mixed model says why.",
                len(mine) - len(fitted),
            )
        )
    if singular:
        said.append(
            material.language.plural(
                "{n} of them has a variance at exactly zero (a singular fit). Few groups make this common.",
                "{n} of them have a variance at exactly zero (singular fits). Few groups make this common.",
                len(singular),
            )
        )
    return said


def _converged(material: Material, fitted: int, failed: Sequence[Row]) -> list[str]:
    if not fitted:
        return []
    if failed:
        names = material.language.listed(list(dict.fromkeys(material.label(row) for row in failed)))
        return [
            material.language.plural(
                "{n} mixed model did not converge, so none of its numbers is given: {outcomes}.",
                "{n} mixed models did not converge, so none of their numbers is given: {outcomes}.",
                len(failed),
                outcomes=names,
            )
        ]
    return [
        material.language.plural(
            "The mixed model of the planned comparisons converged.",
            "All {n} mixed models of the planned comparisons converged.",
            fitted,
        )
    ]


def _models_of_groups(material: Material) -> list[str]:
    rows = of_main(material, "group_spread")
    places = {tuple(row[name] for name in _PLACE): row for row in rows}
    failed = [row for row in places.values() if not row["converged"]]
    zero = [row for row in places.values() if row["singular"]]
    said = []
    if failed:
        names = material.language.listed([", ".join(named(material, row)) for row in failed])
        said.append(material.say("The model of the groups did not converge for {outcomes}.", outcomes=names))
    if zero:
        said.append(
            material.language.plural(
                "{n} model of the groups puts the variance between groups at zero; see how wide its interval is.",
                "{n} models of the groups put the variance between groups at zero; see how wide its interval is.",
                len(zero),
            )
        )
    return said
