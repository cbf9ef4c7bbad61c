"""Events of longitudinal REDCap projects: the label of a label export and the unique name of a raw one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

EVENT = "redcap_event_name"

_NAME = re.compile(r"(?P<event>[a-z0-9_]*)_arm_(?P<arm>[0-9]+)[a-z]?")
_LABEL = re.compile(r"(?P<event>.*?)\s*(?:\(\s*arm\s+(?P<arm>[0-9]+)\b[^()]*\))?", re.IGNORECASE | re.DOTALL)
_SIGNS = re.compile(r"[^a-z0-9]+")
LONGEST = 18
"""Signs that REDCap keeps of an event's label in its unique name."""


def events_by_label(texts: Iterable[str], declared: Sequence[str]) -> dict[str, str]:
    """Find the event that each label means, so that one study file serves the raw and the label export.

    REDCap makes the unique name of an event from its label: small letters, `_` for blanks, no other signs, cut, and
    the number of the arm. Labels of projects with several arms end in `(Arm 2: Name)`.

    Parameters
    ----------
    texts : iterable of str
        Values of the event column.
    declared : sequence of str
        Events that the study file names.

    Returns
    -------
    dict of text to declared event
        Only where the text is not declared itself and exactly one declared event fits.

    Examples
    --------
    >>> events_by_label(["Before the course (Arm 2: Waiting)"], ["before_the_course_arm_1", "before_the_course_arm_2"])
    {'Before the course (Arm 2: Waiting)': 'before_the_course_arm_2'}
    """
    found = {}
    for text in texts:
        fitting = [] if text in declared else [name for name in declared if _means(text, name)]
        if len(fitting) == 1:
            found[text] = fitting[0]
    return found


def _means(label: str, name: str) -> bool:
    named, said = _NAME.fullmatch(name), _LABEL.fullmatch(label)
    if not named or not said or said["arm"] not in (None, named["arm"]):
        return False
    letters = _plain(said["event"])
    event = _plain(named["event"])
    return bool(event) and (letters == event or (len(named["event"]) >= LONGEST and letters.startswith(event)))


def _plain(text: str) -> str:
    return _SIGNS.sub("", text.casefold())
