"""Researcher report: assumptions, threats, methods, reproducibility and references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from balint_eval.language import Language, marked
from balint_eval.report import steps
from balint_eval.report.cells import table
from balint_eval.report.material import Material
from balint_eval.report.model import (
    Block,
    BulletList,
    Definition,
    DefinitionList,
    Paragraph,
    Reference,
    ReferenceList,
    Section,
)
from balint_eval.report.references import WORKS, cited
from balint_eval.report.wording import ADJUSTMENTS, method

_ASSUMPTIONS: Mapping[str, str] = {
    "change_cr2": marked(
        "Mean change: groups are independent of one another; within a group anything may be correlated."
    ),
    "ancova_cr2": marked(
        "ANCOVA: the later score is linear in the earlier one with the same slope in each arm; groups are independent."
    ),
    "change_difference_cr2": marked("Difference in mean change: groups are independent of one another."),
    "rank_cr2": marked("Ranks: groups are independent; the shapes are alike when it is read as a shift."),
    "group_means_t": marked("Group means: groups are independent, their means roughly normal, each counted alike."),
    "mixed_model": marked("Mixed model: normal group, person and residual terms; missing at random given the model."),
    "paired_t": marked("Paired t-test: persons are independent, which people of one group are not."),
    "wilcoxon": marked("Wilcoxon test: persons are independent and changes symmetric."),
    "person_change_t": marked("t-test on changes: persons are independent, which people of one group are not."),
    "mann_whitney": marked(
        "Mann-Whitney test: persons are independent; the shapes are alike when it is read as a shift."
    ),
    "permutation": marked(
        "Permutation: arms were given to groups by lot, or changes are symmetric when nothing happens."
    ),
    "level_cr2": marked("Difference at one wave: groups are independent; where people started is not known."),
    "mixed_model_partially_nested": marked(
        "Mixed model with groups in one arm: normal group and residual terms, residuals of another spread in each arm."
    ),
    "jzs_bayes_factor": marked("Bayes factor: group means are normal, and the prior on the effect was reasonable."),
    "level_t": marked("t-test on scores: persons are independent, which people of one group are not."),
}


def used_methods(material: Material) -> list[str]:
    """Give the methods of the comparisons, in the order of the vocabulary."""
    used = {str(row["method"]) for row in material.rows("comparisons")}
    return [name for name in _ASSUMPTIONS if name in used] + sorted(used - set(_ASSUMPTIONS))


def assumptions(material: Material) -> Section:
    """Say what each method takes for granted."""
    items = tuple(material.say(_ASSUMPTIONS[name]) for name in used_methods(material) if name in _ASSUMPTIONS)
    scores = material.say(
        "All methods: the scores have equal steps, and those who answered stand for those who did not."
    )
    return Section(material.say("Assumptions"), "assumptions", (BulletList((scores, *items)),) if items else ())


def threats(material: Material) -> Section:
    """Name what else could explain the results in this design."""
    items = [
        material.say("Response shift: people may judge themselves by another standard after the course."),
        material.say("Social desirability: forms given out by the programme invite friendly answers."),
        material.say("Selection: results speak for people with both scores."),
    ]
    if steps.no_control(material):
        items = [
            material.say(
                "History and maturation: without a control arm, time and other teaching cannot be told apart."
            ),
            material.say("Regression to the mean: people who start low tend to score higher later whatever happens."),
            material.say("Testing: answering the same form twice can move the score."),
            *items,
        ]
    elif material.study.plan.allocation == "not_random":
        items = [
            material.say("Selection into arms: arms were not formed at random and may have differed before."),
            *items,
        ]
    if steps.few_groups(material):
        items.append(material.say("Few groups: one leader or one unusual group can carry the result."))
    if all(row["rater"] == "self" for row in material.outcomes):
        items.append(material.say("Self-report: no outcome was rated by someone else."))
    return Section(material.say("Threats to validity"), "threats", (BulletList(tuple(items)),))


def methods(material: Material) -> Section:
    """Give a methods paragraph that a paper can take over."""
    used = used_methods(material)
    if not used:
        return Section(material.say("Methods"), "methods", ())
    planned = material.language.listed(
        list(dict.fromkeys(method(str(row["method"]), material.language) for row in material.main_rows))
    )
    parts = [
        material.say("The planned comparison was: {planned}.", planned=planned) if planned else "",
        *(material.say(sentence) for name, sentence in _SENTENCES if name in used),
        *(material.say(_FURTHER[name]) for name in _further(material)),
        _adjustment(material),
        material.say(
            "Standardised sizes are named with their denominator and corrected for small samples (Hedges, 1981)."
        ),
        _missing_values(material, used),
    ]
    return Section(material.say("Methods paragraph"), "methods", (Paragraph(" ".join(part for part in parts if part)),))


def _missing_values(material: Material, used: Sequence[str]) -> str:
    if any(name.endswith("_imputed") for name in used):
        return material.say(
            "Missing items were treated by each instrument's rule; no planned comparison uses an imputed score."
        )
    return material.say("Missing items were treated by each instrument's rule; no other value was imputed.")


_CR2 = marked(
    "Standard errors were cluster-robust with the CR2 correction and Bell-McCaffrey degrees of freedom, clusters being "
    "the groups (Bell & McCaffrey, 2002; Pustejovsky & Tipton, 2018)."
)
_CR2_ALONE = marked(
    "Nobody's group was known, so every person stood alone in the CR2 standard errors (Bell & McCaffrey, 2002; "
    "Pustejovsky & Tipton, 2018); where people met in groups, these are too small."
)
_EXACT_LINKS = marked(
    "Codes that people made themselves were linked when all elements agreed, or all but one and nobody else was near, "
    "or by a decision made without the answers; the planned comparison was repeated with equal codes only."
)
_ANSWERED_ONCE = marked("The planned comparison was repeated without people who answered twice in a wave.")
_IMPUTED = marked(
    "As sensitivity analyses the missing one of two scores was imputed by Bayesian normal regression on the other, arm "
    "and random effects of groups, the planned comparison repeated and pooled by Rubin's rules (Rubin, 1987; Barnard & "
    "Rubin, 1999), and the imputed later scores of those lost shifted until the conclusion turned."
)
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("ancova_cr2", marked("Arms were compared by analysis of covariance on the earlier score.")),
    ("change_cr2", marked("Change within an arm was the mean of the persons' changes.")),
    ("change_difference_cr2", marked("A difference in mean change is given beside it.")),
    ("rank_cr2", marked("Changes were also compared on pooled mid-ranks.")),
    ("group_means_t", marked("The same comparison was made on group means by a t-test.")),
    (
        "permutation",
        marked("It was repeated by permutation of whole groups, with the smallest p-value attainable stated."),
    ),
    ("level_cr2", marked("What was not asked at the baseline was compared between arms at the later wave alone.")),
    (
        "mixed_model",
        marked(
            "A linear mixed model was fitted by REML, with the variance of groups over time, and tested with "
            "Kenward-Roger degrees of freedom (Kenward & Roger, 1997)."
        ),
    ),
    (
        "paired_t",
        marked("Paired t-tests on persons are given for comparison with earlier papers and ignore the groups."),
    ),
    (
        "mixed_model_partially_nested",
        marked(
            "A linear mixed model with a random effect of groups in the one arm that had them, and a residual variance "
            "for each arm, was fitted by REML and tested with Kenward-Roger degrees of freedom (Kenward & Roger, 1997)."
        ),
    ),
    (
        "jzs_bayes_factor",
        marked(
            "Bayes factors (Jeffreys-Zellner-Siow, Cauchy prior of scale 0.707) are those of the t-tests on group "
            "means, or on persons where there were no groups (Rouder et al., 2009)."
        ),
    ),
    ("wilcoxon", marked("So are Wilcoxon signed-rank tests.")),
    ("mann_whitney", marked("Mann-Whitney tests between arms ignore the groups, too.")),
    ("change_cr2_exact_links", _EXACT_LINKS),
    ("ancova_cr2_exact_links", _EXACT_LINKS),
    ("change_cr2_imputed", _IMPUTED),
    ("ancova_cr2_imputed", _IMPUTED),
    ("change_cr2_answered_once", _ANSWERED_ONCE),
    ("ancova_cr2_answered_once", _ANSWERED_ONCE),
)


def _adjustment(material: Material) -> str:
    robust = any(name.endswith("cr2") for name in used_methods(material))
    name = material.study.plan.adjust
    adjusted = (
        material.say("No adjustment for multiple tests was made.")
        if name == "none"
        else material.say("Within each family p-values were adjusted by {name}.", name=material.say(ADJUSTMENTS[name]))
    )
    grouped = any(row["n_groups"] for row in material.rows("comparisons"))
    robust_errors = material.say(_CR2 if grouped else _CR2_ALONE)
    return f"{robust_errors} {adjusted}" if robust else adjusted


_KNOWN: Mapping[str, str] = {
    "generated": marked("Generated"),
    "command": marked("Command"),
    "study_sha256": marked("SHA-256 of the study file"),
    "study_file": marked("Study file"),
    "python": marked("Python"),
    "platform": marked("Platform"),
    "seed": marked("Seed"),
    "packages": marked("Package versions"),
    "inputs": marked("SHA-256 of the inputs"),
    "decisions": marked("Decisions"),
    "versions": marked("Versions"),
    "code": marked("SHA-256 of the code, by stage"),
    "study": marked("Study"),
    "file": marked("File"),
    "sha256": marked("SHA-256"),
}


_IN_THE_MANIFEST = frozenset({"settings", "outputs"})
"""Too long for a page; `manifest.json` holds them."""


def reproducibility(material: Material) -> Section:
    """Print everything that is needed to make the report again."""
    scalars: list[Definition] = []
    blocks: list[Block] = []
    for key, value in material.provenance.items():
        if key in _IN_THE_MANIFEST:
            continue
        name = material.say(_KNOWN.get(key, key.replace("_", " ")))
        if isinstance(value, Mapping):
            blocks.append(_mapping(material.language, key, name, [(str(k), str(v)) for k, v in value.items()]))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            blocks += _sequence(material.language, key, name, list(value))
        else:
            scalars.append(Definition(name, str(value)))
    first: tuple[Block, ...] = (DefinitionList(tuple(scalars)),) if scalars else ()
    more = Paragraph(
        material.say("The settings as resolved and the digests of all outputs stand in manifest.json."), "note"
    )
    return Section(
        material.say("Reproducibility"), "reproducibility", (*first, *blocks, *((more,) if first or blocks else ()))
    )


def _mapping(language: Language, key: str, name: str, rows: Sequence[tuple[str, str]]) -> Block:
    return table(f"provenance-{key}", name, (language.say("Name"), language.say("Value")), rows, [], "manifest")


def _sequence(language: Language, key: str, name: str, values: list[object]) -> list[Block]:
    if not values:
        return []
    if all(isinstance(value, Mapping) for value in values):
        heads = tuple(dict.fromkeys(str(head) for value in values if isinstance(value, Mapping) for head in value))
        rows = [tuple(str(value.get(head, "")) for head in heads) for value in values if isinstance(value, Mapping)]
        titles = tuple(language.say(_KNOWN.get(head, head)) for head in heads)
        return [table(f"provenance-{key}", name, titles, rows, [], "manifest")]
    if all(isinstance(value, tuple | list) and len(value) == 2 for value in values):
        pairs = [(str(value[0]), str(value[1])) for value in values if isinstance(value, tuple | list)]
        return [_mapping(language, key, name, pairs)]
    return [Paragraph(f"{name}:"), BulletList(tuple(str(value) for value in values))]


_FURTHER = {
    "random_effects": marked(
        "Cohorts were pooled by random effects (REML) with the interval of Hartung and Knapp (2001), its factor never "
        "below 1, and the Q-profile interval of the variance between cohorts (Viechtbauer, 2007)."
    ),
    "proportions": marked(
        "Shares of people at or beyond a mark were compared by least squares and logistic regression with CR2 errors, "
        "and where nobody had a group by the tests of McNemar and Fisher with Newcombe's (1998) score intervals."
    ),
    "joint_tests": marked(
        "Whether any of the arms differ was tested by the approximate Hotelling's T-squared test of CR2 (Tipton & "
        "Pustejovsky, 2015)."
    ),
    "individual_change": marked(
        "Change of single people was held against the error of the scores (Jacobson & Truax, 1991; Christensen & "
        "Mendoza, 1986; Maassen, 2004)."
    ),
}


def _further(material: Material) -> list[str]:
    """Name what was done beside the comparisons."""
    pooled = any(row["cohorts"] > 1 for row in material.rows("pooled"))
    individual = any(isfinite(row["reliability"]) for row in material.rows("individual_change"))
    shares = bool(material.rows("proportions"))
    joint = any(isfinite(row["p_value"]) for row in material.rows("joint_tests"))
    further = {"random_effects": pooled, "joint_tests": joint, "proportions": shares, "individual_change": individual}
    return [name for name, done in further.items() if done]


def references(material: Material) -> Section:
    """List the works cited: methods used and instruments."""
    looked_at = [name for name in ("baseline_slopes", "edges") if material.rows(name)]
    names = [*used_methods(material), *_further(material), *looked_at]
    works = {WORKS[name] for name in cited(names, material.study.plan.adjust)}
    for row in material.outcomes:
        instrument = material.file.instruments.get(row["instrument"])
        if row["citation"]:
            doi = instrument.doi if instrument else ""
            works.add(Reference(str(row["citation"]).removesuffix(f" doi:{doi}"), doi))
    entries = tuple(sorted(works, key=lambda work: work.text.casefold()))
    return Section(material.say("References"), "references", (ReferenceList(entries),) if entries else ())
