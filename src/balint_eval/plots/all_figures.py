"""All figures of a study from its tables, in a stable order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots.attendance import attendance_by_session
from balint_eval.plots.beside import beside_published
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.edges import edge_shares
from balint_eval.plots.flow import flow_diagram
from balint_eval.plots.forest import forest
from balint_eval.plots.group_means import group_panels
from balint_eval.plots.left_out import left_out_panels
from balint_eval.plots.likert import stacked_likert
from balint_eval.plots.means import means_over_time
from balint_eval.plots.pooled import pooled_forest
from balint_eval.plots.raincloud import raincloud
from balint_eval.plots.residuals import residual_panels
from balint_eval.plots.selection import ordered_outcomes
from balint_eval.plots.slopes import paired_slopes
from balint_eval.plots.starts import change_by_start
from balint_eval.plots.style import NARROW
from balint_eval.plots.tipping import tipping_shift
from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import empty_table

FIGURES: Mapping[str, Callable[..., Drawing | None]] = {
    "forest": forest,
    "means": means_over_time,
    "slopes": paired_slopes,
    "raincloud": raincloud,
    "reaction": stacked_likert,
    "flow": flow_diagram,
    "attendance": attendance_by_session,
    "published": beside_published,
    "tipping": tipping_shift,
    "pooled": pooled_forest,
    "residuals": residual_panels,
    "left_out": left_out_panels,
    "groups": group_panels,
    "edges": edge_shares,
    "starts": change_by_start,
}
"""The figures by name; each function gives None where there is nothing to draw."""
NEEDED = (
    "participants", "scores", "comparisons", "outcomes", "descriptives", "item_counts", "flow", "sessions",
    "attendance", "beside_published", "pooled", "residuals", "residual_checks", "influence", "group_spread",
    "group_effects", "edges", "baseline_slopes", "baseline_bins", "tipping",
)  # fmt: skip
"""Tables the figures draw from."""


def draw_all(tables: Mapping[str, pd.DataFrame], study: StudyFile, language: Language = ENGLISH) -> dict[str, Drawing]:
    """Draw every figure the tables allow.

    Parameters
    ----------
    tables : mapping of table name to pandas.DataFrame
        Contract tables of `NEEDED`; one that is missing counts as empty, further ones are not looked at.
    study : StudyFile
    language : Language
        Of every word and number drawn.

    Returns
    -------
    dict
        File name without suffix to `Drawing`, in a stable order: `forest`, `forest_narrow` (for a
        column of a paper, or a phone), `means`, then for each outcome
        `means_<instrument>_<scale>` and `slopes_<instrument>_<scale>`, then `reaction`, `flow`, `attendance`,
        for each primary outcome `raincloud_<instrument>_<scale>`, `published_...` and `tipping_...`, then `pooled`, and
        those that look at assumptions: `residuals`, `left_out`, `groups`, `edges`, `starts`.
    """
    drawn = ((name, draw()) for name, draw in list_figures(tables, study, language).items())
    return {name: drawing for name, drawing in drawn if drawing is not None}


def list_figures(
    tables: Mapping[str, pd.DataFrame], study: StudyFile, language: Language = ENGLISH
) -> dict[str, Callable[..., Drawing | None]]:
    """Give every figure of a study undrawn, by its file name, in the order of `draw_all`.

    Parameters
    ----------
    tables, study, language
        As for `draw_all`.

    Returns
    -------
    dict
        File name without suffix to a function that draws it; it takes `width_mm`, and gives None where there is
        nothing to draw.
    """
    given = {name: tables[name] if name in tables else empty_table(name) for name in NEEDED}
    return dict(_figures(given, study.study, language))


def _figures(
    tables: Mapping[str, pd.DataFrame], study: Study, language: Language
) -> Iterator[tuple[str, Callable[..., Drawing | None]]]:
    outcomes = tables["outcomes"]
    means = (tables["descriptives"], tables["comparisons"], outcomes, study)
    people = tables["participants"]
    yield "forest", partial(forest, tables["comparisons"], outcomes, study, language=language)
    yield "forest_narrow", partial(forest, tables["comparisons"], outcomes, study, width_mm=NARROW, language=language)
    yield "means", partial(means_over_time, *means, language=language)
    for instrument, scale in ordered_outcomes(study, outcomes).index:
        name = f"{instrument}_{scale}"
        yield f"means_{name}", partial(means_over_time, *means, shown=[(instrument, scale)], language=language)
        pairs = (tables["scores"], people, study, outcomes, instrument, scale)
        yield f"slopes_{name}", partial(paired_slopes, *pairs, language=language)
    yield "reaction", partial(stacked_likert, tables["item_counts"], study, language=language)
    yield "flow", partial(flow_diagram, tables["flow"], people, study, language=language)
    meetings = (tables["sessions"], tables["attendance"], people, study)
    yield "attendance", partial(attendance_by_session, *meetings, language=language)
    for outcome in (one for one in study.outcomes if one.role == "primary"):
        name = f"{outcome.instrument}_{outcome.scale}"
        spread = (tables["scores"], people, tables["descriptives"], study, outcomes, outcome.instrument, outcome.scale)
        yield f"raincloud_{name}", partial(raincloud, *spread, language=language)
        place = (tables["beside_published"], outcomes, study, outcome.instrument, outcome.scale)
        yield f"published_{name}", partial(beside_published, *place, language=language)
        lost = (tables["tipping"], tables["comparisons"], outcomes, study, outcome.instrument, outcome.scale)
        yield f"tipping_{name}", partial(tipping_shift, *lost, language=language)
    yield from _of_assumptions(tables, study, language)


def _of_assumptions(
    tables: Mapping[str, pd.DataFrame], study: Study, language: Language
) -> Iterator[tuple[str, Callable[..., Drawing | None]]]:
    outcomes = tables["outcomes"]
    asked = (tables["comparisons"], outcomes, study)
    yield "pooled", partial(pooled_forest, tables["pooled"], *asked, language=language)
    residuals = (tables["residuals"], tables["residual_checks"], *asked)
    yield "residuals", partial(residual_panels, *residuals, language=language)
    yield "left_out", partial(left_out_panels, tables["influence"], *asked, language=language)
    yield "groups", partial(group_panels, tables["group_spread"], tables["group_effects"], *asked, language=language)
    yield "edges", partial(edge_shares, tables["edges"], outcomes, study, language=language)
    starts = (tables["baseline_slopes"], tables["baseline_bins"], outcomes, study)
    yield "starts", partial(change_by_start, *starts, language=language)
