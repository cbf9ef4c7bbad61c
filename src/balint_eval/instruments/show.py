"""The registry in words, for `balint-eval instruments`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from balint_eval.errors import StudyError
from balint_eval.instruments.evidence import MARKS, spelled_out, unverified
from balint_eval.instruments.facts import Cutoff, Norm, Reliability, Scale, UnkeyedScale
from balint_eval.instruments.model import Instrument, Structure
from balint_eval.instruments.registry import known_instruments, no_key, registry_entries, unknown_instrument
from balint_eval.instruments.versions import Entry

CONSTRUCTS = (
    "empathy", "burnout", "satisfaction", "engagement", "distress", "well_being", "resilience", "confidence",
    "attitude", "skill", "process", "reaction",
)  # fmt: skip
OWN_FORMS = (
    "Reaction forms, confidence items and other blocks of your own have no published key: declare them in the study\n"
    "file under own_instruments, or in a file of their own (config/instruments/README.md)."
)
WIDTH = 110


def list_instruments() -> str:
    """Give one line an instrument, by construct: name, items, key, scores, licence, title."""
    entries = registry_entries().values()
    rows = {entry.name: _row(entry) for entry in entries}
    head = ("name", "items", "key", "scores", "licence", "title")
    widths = [max(len(row[column]) for row in (head, *rows.values())) for column in range(5)]
    lines = [_aligned(head, widths)]
    for construct in CONSTRUCTS:
        mine = [rows[entry.name] for entry in entries if entry.measures == construct]
        lines += ["", construct.replace("_", "-"), *(_aligned(row, widths) for row in mine)] if mine else []
    versions = [name for name in known_instruments() if "@" in name]
    return "\n".join([*lines, "", *_wrapped("Versions: ", ", ".join(versions), ""), "", OWN_FORMS])


def _row(entry: Entry | Structure) -> tuple[str, ...]:
    keyed = entry.scales if isinstance(entry, Entry) else []
    scores = " ".join(scale.name for scale in keyed) or "-"
    items = str(entry.n_items or "?")
    return entry.name, items, entry.keyed, scores, entry.licence.status, entry.title


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.rjust(width) if place == 1 else cell.ljust(width) for place, (cell, width) in _places(row, widths)]
    return "  " + "  ".join([*cells, row[5]])


def _places(row: Sequence[str], widths: Sequence[int]) -> Iterator[tuple[int, tuple[str, int]]]:
    return enumerate(zip(row[:5], widths, strict=True))


def describe_instrument(name: str) -> str:
    """Give everything that is known of one instrument, or of a version as `NAME@version`.

    Raises
    ------
    StudyError
        There is no such instrument.
    """
    entry = registry_entries().get(name)
    if isinstance(entry, Structure):
        return "\n".join(_structure_lines(entry))
    known = known_instruments()
    if name not in known:
        raise StudyError(unknown_instrument(name))
    lines = _key_lines(known[name])
    lines += _version_lines(entry) if isinstance(entry, Entry) else []
    return "\n".join(lines + _source_lines(known[name]))


def _key_lines(instrument: Instrument) -> list[str]:
    response = instrument.response
    codes = ", ".join(f"{code:g}" for code in response.codes)
    ends = f" ({response.low} to {response.high})" if response.low else ""
    lines = _head_lines(instrument)
    lines += _wrapped("  form: ", f"{instrument.n_items} items, codes {codes}{ends}{_form_words(instrument)}")
    lines.append(f"  reversed: {_numbers(instrument.reverse)}")
    lines += [line for scale in instrument.scales for line in _scale_lines(instrument, scale)]
    lines += [line for scale in instrument.unkeyed for line in _unkeyed_lines(scale)]
    lines += _wrapped("  missing answers: ", _missing_words(instrument))
    return lines + _doubt_lines(instrument)


def _doubt_lines(instrument: Instrument) -> list[str]:
    """Say what is unverified, and in which scores."""
    doubted: dict[str, list[str]] = {}
    for scale in instrument.scales:
        for doubt in unverified(instrument, scale):
            doubted.setdefault(doubt, []).append(scale.name)
    return [
        line
        for doubt, names in doubted.items()
        for line in _wrapped("  unverified: ", f"{doubt} (decides {', '.join(names)})")
    ]


def _form_words(instrument: Instrument) -> str:
    return "".join([
        "; 'does not apply' counts as missing" if instrument.response.not_applicable else "",
        f"; optional: {_numbers(instrument.optional_items)}" if instrument.optional_items else "",
        f"; besides {instrument.extra}" if instrument.extra else "",
    ])  # fmt: skip


def _head_lines(entry: Instrument | Structure) -> list[str]:
    measured = entry.measures.replace("_", "-")
    place = "beside the levels" if entry.level in {"well_being", "process"} else f"level {entry.level}"
    return [
        *_wrapped(f"{entry.name}: ", entry.title),
        *_wrapped("  measures: ", f"{measured}; answered by: {entry.rater}"),
        *_wrapped("  Kirkpatrick: ", f"{place}; {entry.level_basis}"),
        *_wrapped("  source: ", entry.citation + (f", doi:{entry.doi}" if entry.doi else "")),
    ]


def _scale_lines(instrument: Instrument, scale: Scale) -> list[str]:
    made = f"items {_numbers(scale.items)}" if scale.items else f"scales {', '.join(scale.of)}"
    rule = "the one answer as it is," if scale.rule == "category" else f"{scale.rule} of"
    factor = f" x {scale.multiply:g}" if scale.multiply != 1 else ""
    needed = f"; needs {_answers(instrument.required_answers(scale))}" if scale.items else "; needs all of them"
    low, high = scale.range
    text = f"{rule} {made}{factor}; {low:g} to {high:g}, higher is {scale.higher_is}{needed}"
    return _wrapped(f"  score {scale.name}: ", f"{scale.label}; {text}" if scale.label else text)


def _answers(number: int) -> str:
    return f"{number} answer{'s' * (number > 1)}"


def _unkeyed_lines(scale: UnkeyedScale) -> list[str]:
    size = f", {scale.n_items} items" if scale.n_items else ""
    reason = "not scored, its item positions are not known here"
    return _wrapped(f"  score {scale.name}: ", f"{scale.label}{size}; {reason}")


def _missing_words(instrument: Instrument) -> str:
    rule = instrument.missing
    if rule.published:
        return f"{rule.text} [{MARKS[rule.mark]}]"
    return "no rule of the authors is known; the package asks for half of the items, and marks such scores"


def _version_lines(entry: Entry) -> list[str]:
    return [
        line
        for version in entry.versions
        for line in _wrapped(f"  version {entry.name}@{version.name}: ", f"{version.text} [{MARKS[version.mark]}]")
    ]


def _source_lines(entry: Instrument | Structure) -> list[str]:
    cutoffs = entry.cutoffs if isinstance(entry, Instrument) else []
    risk = entry.risk_items if isinstance(entry, Instrument) else []
    lines = [line for cutoff in cutoffs for line in _wrapped("  cut-off: ", _cutoff_words(cutoff))]
    lines += [line for norm in entry.norms for line in _wrapped("  norm: ", _norm_words(norm))]
    lines += [line for known in entry.reliability for line in _wrapped("  reliability: ", _reliability_words(known))]
    lines += [line for fact in entry.facts for line in _wrapped("  known: ", fact)]
    note = f" ({entry.licence.note})" if entry.licence.note else ""
    lines += _wrapped("  licence of the wording: ", f"{entry.licence.status}{note}; the package holds none of it")
    marks = "; ".join(f"{group}: {spelled_out(values)}" for group, values in entry.evidence.items())
    lines += _wrapped("  evidence: ", marks)
    lines += _wrapped("  safeguarding: ", _risk_words(risk)) if risk else []
    return lines + [line for trap in entry.traps for line in _wrapped("  beware: ", trap)]


def _risk_words(items: list[int]) -> str:
    return (
        f"item {_numbers(items)} asks about danger to the person's own life. Say before the study who reads "
        "answers above the lowest code, how soon, and what happens then; an evaluation that reads answers weeks "
        "later must not ask it"
    )


def _structure_lines(entry: Structure) -> list[str]:
    form = f"{entry.n_items} items" if entry.n_items else "number of items not known"
    form += f", codes {', '.join(f'{code:g}' for code in entry.codes)}" if entry.codes else ""
    refusal = no_key(entry.name)
    lines = [*_head_lines(entry), f"  form: {form}"]
    lines += _wrapped("  not scored: ", f"{entry.why}; {refusal.mend if refusal else ''}")
    lines += [line for scale in entry.unkeyed for line in _unkeyed_lines(scale)]
    return lines + _source_lines(entry)


def _cutoff_words(cutoff: Cutoff) -> str:
    side = "a bound at" if cutoff.op == "bound" else cutoff.op
    metric = {"raw": "", "mean": " on the mean of items", "T": " on T scores, not on the sums given here"}
    people = f" for {cutoff.people}" if cutoff.people else ""
    note = f" ({cutoff.note})" if cutoff.note else ""
    where = f"{cutoff.scale} {side} {cutoff.value:g}{metric[cutoff.metric]}{people}"
    return f"{where}: {cutoff.label}; {cutoff.source}{note} [{MARKS[cutoff.mark]}]"


def _norm_words(norm: Norm) -> str:
    sd = f" (SD {_span(norm.sd, norm.sd_to)})" if norm.sd is not None else ""
    n = f", n {norm.n}" if norm.n else ""
    note = f" ({norm.note})" if norm.note else ""
    mean = _span(norm.mean, norm.mean_to)
    return f"{norm.scale} {mean}{sd}; {norm.population}{n}; {norm.source}{note} [{MARKS[norm.mark]}]"


def _reliability_words(known: Reliability) -> str:
    n = f", n {known.n}" if known.n else ""
    after = f" after {known.interval}" if known.interval else ""
    note = f" ({known.note})" if known.note else ""
    value = _span(known.value, known.value_to)
    return f"{known.scale} {known.kind} {value}{after}; {known.population}{n}{note} [{MARKS[known.mark]}]"


def _span(low: float, high: float | None) -> str:
    return f"{low:g}" if high is None else f"{low:g} to {high:g}"


def _numbers(items: Iterable[int]) -> str:
    """Give positions with runs of three or more joined: `1, 2, 5 to 9`."""
    runs: list[list[int]] = []
    for item in items:
        if runs and item == runs[-1][-1] + 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    return ", ".join(f"{r[0]} to {r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs) or "none"


def _wrapped(start: str, text: str, indent: str = "      ") -> list[str]:
    """Give a text in lines of readable length, the first behind its heading."""
    return wrap(start + text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
