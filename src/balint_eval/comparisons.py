"""What is compared with what, by which methods, in which role: scores to the `comparisons` table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from balint_eval.errors import DataError, Problem
from balint_eval.quality import person_scores
from balint_eval.stats import cluster, independent, mixed, paired
from balint_eval.stats.adjust import adjust_p
from balint_eval.stats.reml import MixedModelError
from balint_eval.stats.result import Result
from balint_eval.study import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

CHANGE, DIFFERENCE = "change", "difference"
PRIMARY_METHOD = {CHANGE: "change_cr2", DIFFERENCE: "ancova_cr2"}
NO_GROUPS = "the data have no groups, so each person stands alone"


@dataclass(frozen=True, slots=True)
class Contrast:
    """One question: a change within an arm, or the difference between an arm and the reference."""

    kind: str
    wave_from: str
    wave_to: str
    arm: str
    reference_arm: str = ""

    @property
    def name(self) -> str:
        """Name in the tables, such as `after-before@balint-waiting`."""
        against = f"-{self.reference_arm}" if self.reference_arm else ""
        return f"{self.wave_to}-{self.wave_from}@{self.arm}{against}"


@dataclass(frozen=True)
class Sample:
    """The people of one contrast and one scale.

    Attributes
    ----------
    table : pandas.DataFrame
        person_id, pre, post, cluster (the group, or the person where there is none), treated.
    grouped : bool
        Whether the people have groups at all.
    """

    table: pd.DataFrame
    grouped: bool

    def column(self, name: str) -> np.ndarray:
        """Give one column as an array."""
        return self.table[name].to_numpy()

    def long(self) -> pd.DataFrame:
        """Give one row a person and wave."""
        melted = self.table.melt(["person_id", "cluster", "treated"], ["pre", "post"], "wave", "score")
        return melted.assign(wave=(melted["wave"] == "post").astype(int)).dropna(subset=["score"])


def enumerate_contrasts(study: Study) -> list[Contrast]:
    """List every contrast of a study: changes of each arm, then differences from the control arm."""
    control = study.control_arm
    contrasts = []
    for wave in (wave.name for wave in study.later_waves):
        contrasts += [Contrast(CHANGE, study.baseline.name, wave, arm.name) for arm in study.arms]
        if control:
            others = [arm.name for arm in study.arms if arm.name != control.name]
            contrasts += [Contrast(DIFFERENCE, study.baseline.name, wave, arm, control.name) for arm in others]
    return contrasts


def compare(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare every outcome in every contrast by every method, over all cohorts and within each.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    comparisons, diagnostics : pandas.DataFrame
        Contracts of these names.

    Raises
    ------
    DataError
        One person is in two cohorts.
    """
    _refuse_two_cohorts(participants)
    people = person_scores(scores).merge(
        participants[["cohort", "person_id", "group_id", "arm"]], on=["cohort", "person_id"], validate="m:1"
    )
    rows: list[dict[str, object]] = []
    terms: list[dict[str, object]] = []
    for cohort in _cohorts(participants):
        mine = people if cohort == ALL_COHORTS else people[people["cohort"] == cohort]
        for outcome in records(outcomes):
            values = mine[(mine["instrument"] == outcome["instrument"]) & (mine["scale"] == outcome["scale"])]
            for contrast in enumerate_contrasts(study):
                sample = _sample(values, contrast)
                if sample.table.empty:
                    continue
                place = {"cohort": cohort, "instrument": outcome["instrument"], "scale": outcome["scale"]}
                place |= {"contrast": contrast.name}
                rows += [
                    place | _row(result, contrast, outcome, study, cohort)
                    for result in _results(sample, contrast, study)
                ]
                terms += [place | term for term in _terms(sample, contrast)]
    comparisons = _adjusted(pd.DataFrame(rows, columns=TABLES["comparisons"].names), study.plan.adjust)
    diagnostics = pd.DataFrame(terms, columns=TABLES["diagnostics"].names)
    return check_table(comparisons, "comparisons"), check_table(diagnostics, "diagnostics")


def _refuse_two_cohorts(participants: pd.DataFrame) -> None:
    repeated = participants[participants.duplicated("person_id", keep=False)]
    if repeated.empty:
        return
    count, cohorts = repeated["person_id"].nunique(), ", ".join(sorted(repeated["cohort"].unique()))
    what = f"{count} {'person has' if count == 1 else 'people have'} the same id in two cohorts ({cohorts})"
    raise DataError(Problem("LK-TWOCOHORTS", what, "keep each person in one cohort, or make the ids different"))


def _cohorts(participants: pd.DataFrame) -> list[str]:
    names = sorted(participants["cohort"].unique())
    return [ALL_COHORTS, *names] if len(names) > 1 else [ALL_COHORTS]


def _sample(values: pd.DataFrame, contrast: Contrast) -> Sample:
    arms = [contrast.arm] + ([contrast.reference_arm] if contrast.reference_arm else [])
    mine = values[values["arm"].isin(arms) & values["wave"].isin([contrast.wave_from, contrast.wave_to])]
    wide = mine.pivot(index=["person_id", "group_id", "arm"], columns="wave", values="score").reset_index()
    wide = wide.reindex(columns=["person_id", "group_id", "arm", contrast.wave_from, contrast.wave_to])
    table = pd.DataFrame({
        "person_id": wide["person_id"],
        "pre": wide[contrast.wave_from].astype(float),
        "post": wide[contrast.wave_to].astype(float),
        "cluster": wide["group_id"].where(wide["group_id"] != "", wide["person_id"]).astype(str),
        "treated": (wide["arm"] == contrast.arm).astype(int),
    })  # fmt: skip
    complete = (
        table[["pre", "post"]].notna().any(axis=None) and table["post"].notna().any() and table["pre"].notna().any()
    )
    return Sample(table if complete else table.iloc[:0], bool((wide["group_id"] != "").any()))


def _results(sample: Sample, contrast: Contrast, study: Study) -> Iterator[Result]:
    level = study.plan.confidence
    methods = _change_methods if contrast.kind == CHANGE else _difference_methods
    for method in methods(sample, level):
        result = method()
        yield result if sample.grouped else replace(result, n_groups=0)


def _change_methods(sample: Sample, level: float) -> list[Callable[[], Result]]:
    pre, post, group = sample.column("pre"), sample.column("post"), sample.column("cluster")
    methods: list[Callable[[], Result]] = [
        lambda: _noted(cluster.change_cr2(pre, post, group, level), sample),
        lambda: paired.paired_t(pre, post, level),
        lambda: paired.wilcoxon(pre, post, level),
    ]
    if sample.grouped:
        methods += [
            lambda: cluster.group_means_change(pre, post, group, level),
            lambda: cluster.rank_cr2_change(pre, post, group, level),
            lambda: mixed.change_mixed(*_one_arm(sample), conf_level=level),
        ]
    return methods


def _difference_methods(sample: Sample, level: float) -> list[Callable[[], Result]]:
    pre, post, group, treated = (sample.column(name) for name in ("pre", "post", "cluster", "treated"))
    methods: list[Callable[[], Result]] = [
        lambda: _noted(cluster.ancova_cr2(pre, post, treated, group, level), sample),
        lambda: cluster.change_difference_cr2(pre, post, treated, group, level),
        lambda: independent.change_t(pre, post, treated, level),
        lambda: independent.mann_whitney(pre, post, treated, level),
    ]
    if sample.grouped:
        methods += [
            lambda: cluster.group_means_difference(pre, post, treated, group, level),
            lambda: mixed.controlled_mixed(*_one_arm(sample), sample.long()["treated"].to_numpy(), conf_level=level),
        ]
    return methods


def _noted(result: Result, sample: Sample) -> Result:
    if sample.grouped:
        return result
    return replace(result, note="; ".join(note for note in (NO_GROUPS, result.note) if note))


def _one_arm(sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give score, wave, person and group, one row a person and wave."""
    long = sample.long()
    return long["score"].to_numpy(), long["wave"].to_numpy(), long["person_id"].to_numpy(), long["cluster"].to_numpy()


def _terms(sample: Sample, contrast: Contrast) -> list[dict[str, object]]:
    """Describe the mixed model's random part; nothing where there is no model."""
    if not sample.grouped:
        return []
    try:
        if contrast.kind == CHANGE:
            fit = mixed.fit_change(*_one_arm(sample))
        else:
            fit = mixed.fit_controlled(*_one_arm(sample), sample.long()["treated"].to_numpy())
    except MixedModelError:
        return []
    if not fit.converged:
        return []
    return list(_variance_rows(mixed.describe_fit(fit)))


def _variance_rows(facts: dict[str, str | float | int | bool]) -> Iterator[dict[str, object]]:
    variances = {name.removeprefix("variance_"): float(v) for name, v in facts.items() if name.startswith("variance_")}
    total = sum(variances.values())
    common = {"singular": facts["singular"], "formula": facts["formula"]}
    for name, variance in variances.items():
        yield {"term": name, "variance": variance, "share": variance / total if total else np.nan, **common}
    yield {"term": "icc", "variance": np.nan, "share": facts["icc"], **common}


def _row(
    result: Result, contrast: Contrast, outcome: dict[str, object], study: Study, cohort: str
) -> dict[str, object]:
    role = _role(result.method, contrast, outcome, study, cohort)
    tested = role in {"primary", "secondary"}
    return asdict(result) | asdict(contrast) | {
        "role": role,
        "family": _family(outcome, contrast, study) if tested else "",
        "kirkpatrick_level": outcome["level"],
    }  # fmt: skip


def _role(method: str, contrast: Contrast, outcome: dict[str, object], study: Study, cohort: str) -> str:
    main_kind = DIFFERENCE if study.control_arm else CHANGE
    if cohort != ALL_COHORTS:
        return "by_cohort"
    if contrast.kind != main_kind:
        return "by_arm"
    if method != PRIMARY_METHOD[contrast.kind]:
        return "sensitivity"
    is_main = outcome["role"] == "primary" and contrast.wave_to == study.primary_wave
    return "primary" if is_main else "secondary"


def _family(outcome: dict[str, object], contrast: Contrast, study: Study) -> str:
    """Name the family: outcomes of one role (or one declared family) at one later wave."""
    name = str(outcome["family"])
    return name if contrast.wave_to == study.primary_wave else f"{name}, {contrast.wave_to}"


def _adjusted(comparisons: pd.DataFrame, method: str) -> pd.DataFrame:
    adjusted = pd.Series(np.nan, index=comparisons.index)
    tested = comparisons[comparisons["family"] != ""]
    for _, rows in tested.groupby("family", sort=True):
        adjusted[rows.index] = adjust_p(rows["p_value"].to_numpy(dtype=float), method)  # type: ignore[arg-type]
    return comparisons.assign(p_adjusted=adjusted)
