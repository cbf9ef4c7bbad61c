"""Figures of journal quality from the contract tables: deterministic, accessible, without pyplot."""

from balint_eval.plots.all_figures import FIGURES, draw_all, list_figures
from balint_eval.plots.attendance import attendance_by_session
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.flow import flow_diagram
from balint_eval.plots.forest import forest
from balint_eval.plots.likert import stacked_likert
from balint_eval.plots.means import means_over_time
from balint_eval.plots.raincloud import raincloud
from balint_eval.plots.save import rendered, save_drawing
from balint_eval.plots.slopes import paired_slopes
from balint_eval.plots.style import NARROW, WIDE
from balint_eval.plots.tipping import tipping_shift

__all__ = [
    "FIGURES",
    "NARROW",
    "WIDE",
    "Drawing",
    "attendance_by_session",
    "draw_all",
    "flow_diagram",
    "forest",
    "list_figures",
    "means_over_time",
    "paired_slopes",
    "raincloud",
    "rendered",
    "save_drawing",
    "stacked_likert",
    "tipping_shift",
]
