"""Rules between the parts of a study file: what names what, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from balint_eval.errors import Problem
from balint_eval.instruments.checksum import key_sha256
from balint_eval.instruments.registry import known_instruments
from balint_eval.settings_words import Location
from balint_eval.strict_yaml import Document
from balint_eval.study_dates import date_faults
from balint_eval.study_items import Fault, items_faults, unknown_name
from balint_eval.study_languages import language_faults
from balint_eval.study_linkage import linkage_faults
from balint_eval.study_paths import path_faults

if TYPE_CHECKING:
    from balint_eval.instruments.model import Scale
    from balint_eval.study import StudyFile
    from balint_eval.study_exports import Export
    from balint_eval.study_model import Cohort, Outcome

_DEVICES = frozenset(f"{device}{number}" for device in ("com", "lpt") for number in range(10))
RESERVED = frozenset({"all", "summary", "con", "nul", "prn", "aux"}) | _DEVICES
"""Names of totals in our tables, and of devices on Windows, whatever stands behind a full stop."""


def broken_references(file: StudyFile, document: Document) -> Iterator[Problem]:
    """Give every name that refers to nothing, and every setting that contradicts another."""
    faults = (
        _name_faults(file, document), _wave_faults(file), _month_faults(file), _arm_faults(file),
        _delayed_control_faults(file), _instrument_faults(file), _outcome_faults(file), _export_faults(file),
        path_faults(file), _plan_faults(file), _date_faults(file), linkage_faults(file), language_faults(file),
    )  # fmt: skip
    for found in faults:
        # Several exports may show the same fault of one setting.
        for location, code, what, mend in dict.fromkeys(found):
            path = ".".join(str(part) for part in location)
            value = document.texts.get(location, "")
            yield Problem(code, what, mend, document.shown_as, document.line(location), path, value)


def _name_faults(file: StudyFile, document: Document) -> Iterator[Fault]:
    yield from _reserved(file.study.name, ("name",), document)
    for section in ("cohorts", "waves", "arms", "own_instruments", "answer_sets"):
        seen: dict[str, tuple[str, int]] = {}
        for index, entry in enumerate(getattr(file.study, section)):
            location = (section, index, "name")
            folded = entry.name.casefold()
            yield from _reserved(entry.name, location, document)
            if folded in seen:
                other, first = seen[folded]
                line = document.line((section, first, "name"))
                what = f"the names '{other}' (line {line}) and '{entry.name}' collide: capitals do not count"
                yield location, "CFG-IDCOLLIDE", what, "choose different names"
            seen.setdefault(folded, (entry.name, index))


def _reserved(name: str, location: Location, document: Document) -> Iterator[Fault]:
    """Refuse what a file system takes for something else; Windows cuts blanks and full stops off."""
    written, reason = document.texts.get(location, name), ""
    if name.casefold().split(".")[0] in RESERVED:
        reason = f"the name '{name}' is reserved for files or totals"
    elif name.endswith("."):
        reason = f"the name '{name}' ends with a full stop, which Windows cuts off"
    elif written != name:
        reason = f"the name '{written}' begins or ends with a blank"
    if reason:
        yield location, "CFG-IDRESERVED", reason, "choose another name"


def _wave_faults(file: StudyFile) -> Iterator[Fault]:
    roles = [wave.role for wave in file.study.waves]
    if len(roles) > 1 and "baseline" not in roles:
        yield ("waves",), "CFG-WAVES", "no wave has the role baseline", "give it to the first wave"
    for index, role in enumerate(roles):
        if role == "baseline" and index > 0:
            what = f"the wave '{file.study.waves[index].name}' is a baseline and not the first wave"
            yield (
                ("waves", index, "role"),
                "CFG-WAVES",
                what,
                "list the one baseline first; later waves are compared with it",
            )


def _month_faults(file: StudyFile) -> Iterator[Fault]:
    """Refuse times of some waves only, and times that do not rise."""
    months = [wave.months for wave in file.study.waves]
    if any(time is None for time in months) and any(time is not None for time in months):
        index = months.index(None)
        what = f"the wave '{file.study.waves[index].name}' does not say its months, and others do"
        yield ("waves", index), "CFG-WAVES", what, "give months of every wave, or of none"
    given = [(index, time) for index, time in enumerate(months) if time is not None]
    for (_, earlier), (index, later) in pairwise(given):
        if later <= earlier:
            what = f"the months of '{file.study.waves[index].name}' ({later:g}) are not after {earlier:g}"
            yield ("waves", index, "months"), "CFG-WAVES", what, "list the waves in order of time"


def _arm_faults(file: StudyFile) -> Iterator[Fault]:
    """Hold the start of a delayed arm to the waves: the first is no delay, after the last it never starts."""
    names = [wave.name for wave in file.study.waves]
    for index, arm in enumerate(file.study.arms):
        at = ("arms", index, "starts_after")
        if arm.starts_after and arm.starts_after not in names:
            yield at, *unknown_name("wave", arm.starts_after, set(names))
        elif arm.starts_after == names[0]:
            what = f"the arm '{arm.name}' starts after the first wave, as every arm does"
            yield at, "CFG-ARMS", what, "leave starts_after out"
        elif arm.starts_after == names[-1]:
            what = f"the arm '{arm.name}' starts after the last wave, so nothing of its programme is seen"
            yield at, "CFG-ARMS", what, "leave starts_after out: the arm is a control throughout"


def _delayed_control_faults(file: StudyFile) -> Iterator[Fault]:
    names = [wave.name for wave in file.study.waves]
    control, primary = file.study.control_arm, file.study.primary_wave
    started = control.starts_after if control else ""
    if control and {started, primary} <= set(names) and names.index(primary) > names.index(started):
        what = f"at the main wave '{primary}' the control arm '{control.name}' takes part itself"
        yield ("plan",), "CFG-PLAN", what, f"set plan.primary_wave to '{started}' or an earlier wave"


def _instrument_faults(file: StudyFile) -> Iterator[Fault]:
    """Refuse a changed scale under a published name: its results would be taken for the published ones."""
    for index, own in enumerate(file.study.own_instruments):
        known = known_instruments().get(own.name)
        if known is not None and known != own:
            declared, found = key_sha256(known)[:12], key_sha256(own)[:12]
            apart = f"checksum {found}, published {declared}" if declared != found else "the keys agree, a fact differs"
            what = f"the package knows another instrument '{own.name}' ({apart})"
            yield ("own_instruments", index, "name"), "CFG-SCALEHASH", what, "give your version a name of its own"


def _outcome_faults(file: StudyFile) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for index, outcome in enumerate(file.study.outcomes):
        at = ("outcomes", index)
        instrument = file.instruments.get(outcome.instrument)
        if instrument is None:
            yield (*at, "instrument"), *unknown_name("instrument", outcome.instrument, file.instruments)
        elif outcome.scale not in (names := {scale.name for scale in instrument.scales}):
            yield (*at, "scale"), *unknown_name(f"scale of {instrument.name}", outcome.scale, names)
        elif (outcome.instrument, outcome.scale) in seen:
            what = f"the outcome {outcome.instrument} {outcome.scale} is listed twice"
            yield at, "CFG-OUTCOMEDUP", what, "keep one of them"
        else:
            yield from _cut_off_faults(outcome, instrument.scale(outcome.scale), at)
        seen.add((outcome.instrument, outcome.scale))


def _cut_off_faults(outcome: Outcome, scale: Scale, at: Location) -> Iterator[Fault]:
    """Refuse a mark that has everybody or nobody on its side, whatever they answer."""
    if outcome.cut_off is None:
        return
    (low, high), mark = scale.range, outcome.cut_off.value
    told = low < mark <= high if outcome.cut_off.side == "at_or_above" else low <= mark < high
    if not told:
        what = f"the cut-off {mark:g} parts nobody: {scale.name} runs from {low:g} to {high:g}"
        yield (*at, "cut_off", "value"), "CFG-CUTOFF", what, "give a mark inside the scale's range"


def _export_faults(file: StudyFile) -> Iterator[Fault]:
    waves = {wave.name for wave in file.study.waves}
    arms = {arm.name for arm in file.study.arms}
    for c, cohort in enumerate(file.study.cohorts):
        for e, export in enumerate(cohort.exports):
            at = ("cohorts", c, "exports", e)
            yield from _wave_name_faults(export, waves, at)
            yield from _wide_faults(file, export, waves, at)
            yield from _content_faults(file, export, at)
        for r, rule in enumerate(cohort.roster.ranges if cohort.roster else []):
            if cohort.roster and rule.column not in cohort.roster.covariates:
                where = ("cohorts", c, "roster", "ranges", r, "column")
                yield where, *unknown_name("covariate of the roster", rule.column, cohort.roster.covariates)
        if cohort.arm and cohort.arm not in arms:
            yield ("cohorts", c, "arm"), *unknown_name("arm", cohort.arm, arms)
        yield from _group_faults(cohort, c)


def _group_faults(cohort: Cohort, at: int) -> Iterator[Fault]:
    """Refuse one group for everybody beside a column that says the group of each."""
    named = [export.group for export in cohort.exports if export.group]
    named += [cohort.roster.group] if cohort.roster and cohort.roster.group else []
    if cohort.group and named:
        what = f"everybody is in the group '{cohort.group}' here, and the column '{named[0]}' says the group of each"
        yield ("cohorts", at, "group"), "CFG-COLUMNS", what, "keep one of them: group here is for a single group"


def _wave_name_faults(export: Export, waves: set[str], at: Location) -> Iterator[Fault]:
    if export.wave and export.wave not in waves:
        yield (*at, "wave"), *unknown_name("wave", export.wave, waves)
    for v, value in enumerate(export.wave_from.values if export.wave_from else []):
        if value.wave and value.wave not in waves:
            yield (*at, "wave_from", "values", v, "wave"), *unknown_name("wave", value.wave, waves)
    for i, items in enumerate(export.items):
        for w, name in enumerate(items.waves):
            if name not in waves:
                yield (*at, "items", i, "waves", w), *unknown_name("wave", name, waves)


def _wide_faults(file: StudyFile, export: Export, waves: set[str], at: Location) -> Iterator[Fault]:
    """Refuse a column that is read for two waves, and others' ratings in a file where a row is a person."""
    if not export.wide:
        return
    for wave in export.answered_on if isinstance(export.answered_on, dict) else ():
        if wave not in waves:
            yield (*at, "answered_on", wave), *unknown_name("wave", wave, waves)
    if export.ratings:
        what = "a file with several waves in a row holds a row a person, so ratings by others have no place in it"
        yield (*at, "ratings"), "CFG-WAVE", what, "give the ratings in a file of their own"
    first: dict[str, str] = {}
    for i, items in enumerate(export.items):
        instrument = file.instruments.get(items.instrument)
        for name in items.column_names(instrument.n_items) if instrument else ():
            if first.setdefault(name, items.waves[0]) != items.waves[0]:
                what = f"the column '{name}' is read for two waves, '{first[name]}' and '{items.waves[0]}'"
                yield (*at, "items", i, "columns"), "CFG-COLUMNS", what, "name the columns of each wave"


def _content_faults(file: StudyFile, export: Export, at: Location) -> Iterator[Fault]:
    if not export.items and not export.comments:
        yield at, "CFG-ITEMS", "the export names neither items nor comments", "say under items: which columns to read"
    ids = [export.person_id, *(entry.column for entry in export.code_columns)]
    other_use = dict.fromkeys(ids, "the person id") | dict.fromkeys(export.comments, "a comment")
    for i, items in enumerate(export.items):
        for name in set(items.columns).intersection(other_use) if isinstance(items.columns, list) else ():
            what = f"the column '{name}' is named as an item and as {other_use[name]}"
            yield (*at, "items", i, "columns"), "CFG-COLUMNS", what, "name each column for one use"
        known = {entry.name for entry in file.study.answer_sets}
        if items.answer_set and items.answer_set not in known:
            yield (*at, "items", i, "answer_set"), *unknown_name("answer set", items.answer_set, known)
        yield from items_faults(file.instruments, file.with_answers(items), (*at, "items", i), export.missing_codes)
        for other in export.items[:i]:
            apart = items.waves and other.waves and not {*items.waves} & {*other.waves}
            if other.instrument == items.instrument and not apart:
                what = f"the items of {items.instrument} are given twice for the same wave"
                yield (*at, "items", i, "instrument"), "CFG-ITEMS", what, "keep one, or say under waves: which is when"


def _plan_faults(file: StudyFile) -> Iterator[Fault]:
    later = {wave.name for wave in file.study.later_waves}
    if file.study.plan.primary_wave and file.study.plan.primary_wave not in later:
        yield ("plan", "primary_wave"), *unknown_name("later wave", file.study.plan.primary_wave, later)
    if file.study.control_arm and file.study.plan.allocation == "none":
        what = "the study has a control arm and does not say how people came into their arm"
        yield ("plan",), "CFG-PLAN", what, "set plan.allocation to people, groups or not_random"
    yield from _further_contrast_faults(file)


def _further_contrast_faults(file: StudyFile) -> Iterator[Fault]:
    arms, control = {arm.name for arm in file.study.arms}, file.study.control_arm
    seen: set[frozenset[str]] = set()
    for index, pair in enumerate(file.study.plan.further_contrasts):
        at, both = ("plan", "further_contrasts", index), frozenset((pair.arm, pair.against))
        for key in ("arm", "against"):
            if getattr(pair, key) not in arms:
                yield (*at, key), *unknown_name("arm", getattr(pair, key), arms)
        if len(both) == 1:
            yield at, "CFG-PLAN", f"the arm '{pair.arm}' is compared with itself", "name two arms"
        elif control and control.name in both:
            what = f"every arm is compared with the control arm '{control.name}' already"
            yield at, "CFG-PLAN", what, "take this pair out"
        elif both in seen:
            yield at, "CFG-PLAN", f"'{pair.arm}' and '{pair.against}' are compared twice", "keep one of the two"
        seen.add(both)


def _date_faults(file: StudyFile) -> Iterator[Fault]:
    yield from date_faults(file.study)
