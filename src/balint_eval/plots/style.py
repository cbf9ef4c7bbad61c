"""One style for all figures: sizes, colours, markers and matplotlib settings.

Colours are those of Okabe and Ito (2008), which stay apart for colour-blind readers; an arm has a marker and
a line style of its own as well, so that no figure depends on colour. The font is DejaVu Sans, because it
ships with matplotlib (same bytes everywhere) and holds Latin, Greek, Cyrillic, Arabic and Persian letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl

from balint_eval.study_model import Arm, Study

NARROW, WIDE = 85.0, 174.0
"""One and two columns of a journal, millimetres."""
MARGIN = 1.5
"""Blank edge on each side, millimetres."""
SMALL, BODY, HEAD = 7.0, 7.5, 8.0
"""Letter sizes in points; nothing is smaller than `SMALL`."""
LINE_SPACING = 1.3
DPI = 300
SMALLEST_SHOWN = 5
"""Fewest people of whom a mean or single values are drawn (rules P1 and P2, internal audience)."""

INK, MUTED, RULE, FAINT = "#1f2328", "#5a6068", "#9aa0a6", "#e3e5e8"
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072b2", "#d55e00", "#009e73", "#a8578a", "#b37a00", "#3d94c4",
)  # fmt: skip
HAIRLINE, THIN, BOLD = 0.5, 0.9, 1.8
"""Line widths in points."""


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """Colour, marker and line style of one arm, the same in every figure."""

    colour: str
    marker: str
    line: str


_INTERVENTIONS = (
    ArmStyle(BLUE, "o", "-"), ArmStyle(GREEN, "^", "-."), ArmStyle(PURPLE, "v", (":")),
)  # fmt: skip
_CONTROLS = (ArmStyle(VERMILLION, "s", "--"), ArmStyle(ORANGE, "D", "-."), ArmStyle(SKY, "P", ":"))
_NEUTRAL = ArmStyle(INK, "o", "-")


def arm_style(study: Study, name: str) -> ArmStyle:
    """Give the style of an arm; an arm the study does not name is drawn in ink."""
    arm = next((arm for arm in study.arms if arm.name == name), None)
    if arm is None:
        return _NEUTRAL
    alike = [other for other in study.arms if other.role == arm.role]
    styles = _CONTROLS if _is_control(arm) else _INTERVENTIONS
    return styles[alike.index(arm) % len(styles)]


def _is_control(arm: Arm) -> bool:
    return arm.role == "control"


_OWN: Mapping[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.linewidth": HAIRLINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": HAIRLINE,
    "ytick.major.width": HAIRLINE,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "lines.solid_capstyle": "round",
    "lines.dash_capstyle": "butt",
    "hatch.linewidth": 0.4,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "svg.fonttype": "path",
    "svg.hashsalt": "balint-eval",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
}
_SESSION_WIDE = ("backend", "interactive", "toolbar", "webagg", "tk.", "macosx", "timezone", "docstring")


def settings() -> dict[Any, Any]:
    """Give all matplotlib settings: the library's defaults, never a user's matplotlibrc, then our own."""
    defaults: dict[Any, Any] = {k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(_SESSION_WIDE)}
    return {**defaults, **_OWN}


_IS_STYLED: ContextVar[bool] = ContextVar("styled", default=False)
"""Whether the house settings are in force: putting three hundred of them takes as long as drawing a panel."""


@contextmanager
def house_style() -> Iterator[None]:
    """Put the house settings, where they are not in force, and the caller's back afterwards."""
    if _IS_STYLED.get():
        yield
        return
    token = _IS_STYLED.set(True)
    try:
        with mpl.rc_context(settings()):
            yield
    finally:
        _IS_STYLED.reset(token)


Parameters = ParamSpec("Parameters")
Given = TypeVar("Given")


def styled(function: Callable[Parameters, Given]) -> Callable[Parameters, Given]:
    """Run a function in `house_style`."""

    @wraps(function)
    def inner(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Given:
        with house_style():
            return function(*args, **kwargs)

    return inner
