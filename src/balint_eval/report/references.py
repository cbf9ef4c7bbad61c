"""Works that stand behind the methods; works on instruments come from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from balint_eval.report.model import Reference

WORKS: Mapping[str, Reference] = {
    "bell_2002": Reference(
        "Bell, R. M., & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with "
        "multi-stage samples. Survey Methodology, 28(2), 169-181."
    ),
    "pustejovsky_2018": Reference(
        "Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and "
        "hypothesis testing in fixed effects models. Journal of Business & Economic Statistics, 36(4), 672-683.",
        "10.1080/07350015.2016.1247004",
    ),
    "kenward_1997": Reference(
        "Kenward, M. G., & Roger, J. H. (1997). Small sample inference for fixed effects from restricted maximum "
        "likelihood. Biometrics, 53(3), 983-997.",
        "10.2307/2533558",
    ),
    "hedges_1981": Reference(
        "Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related estimators. "
        "Journal of Educational Statistics, 6(2), 107-128.",
        "10.3102/10769986006002107",
    ),
    "hedges_2007": Reference(
        "Hedges, L. V. (2007). Effect sizes in cluster-randomized designs. Journal of Educational and Behavioral "
        "Statistics, 32(4), 341-370.",
        "10.3102/1076998606298043",
    ),
    "holm_1979": Reference(
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
        "Statistics, 6(2), 65-70."
    ),
    "hochberg_1988": Reference(
        "Hochberg, Y. (1988). A sharper Bonferroni procedure for multiple tests of significance. Biometrika, "
        "75(4), 800-802.",
        "10.1093/biomet/75.4.800",
    ),
    "benjamini_1995": Reference(
        "Benjamini, Y., & Hochberg, Y. (1995). Controlling the false discovery rate: A practical and powerful "
        "approach to multiple testing. Journal of the Royal Statistical Society B, 57(1), 289-300.",
        "10.1111/j.2517-6161.1995.tb02031.x",
    ),
    "lakens_2013": Reference(
        "Lakens, D. (2013). Calculating and reporting effect sizes to facilitate cumulative science: A practical "
        "primer for t-tests and ANOVAs. Frontiers in Psychology, 4, 863.",
        "10.3389/fpsyg.2013.00863",
    ),
    "hartung_2001": Reference(
        "Hartung, J., & Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with "
        "binary outcome. Statistics in Medicine, 20(24), 3875-3889.",
        "10.1002/sim.1009",
    ),
    "viechtbauer_2007": Reference(
        "Viechtbauer, W. (2007). Confidence intervals for the amount of heterogeneity in meta-analysis. Statistics in "
        "Medicine, 26(1), 37-52.",
        "10.1002/sim.2514",
    ),
    "tipton_2015": Reference(
        "Tipton, E., & Pustejovsky, J. E. (2015). Small-sample adjustments for tests of moderators and model fit using "
        "robust variance estimation in meta-regression. Journal of Educational and Behavioral Statistics, 40(6), "
        "604-634.",
        "10.3102/1076998615606099",
    ),
    "rouder_2009": Reference(
        "Rouder, J. N., Speckman, P. L., Sun, D., Morey, R. D., & Iverson, G. (2009). Bayesian t tests for accepting "
        "and rejecting the null hypothesis. Psychonomic Bulletin & Review, 16(2), 225-237.",
        "10.3758/PBR.16.2.225",
    ),
    "newcombe_1998": Reference(
        "Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: Comparison of "
        "eleven methods. Statistics in Medicine, 17(8), 873-890.",
        "10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    ),
    "jacobson_1991": Reference(
        "Jacobson, N. S., & Truax, P. (1991). Clinical significance: A statistical approach to defining meaningful "
        "change in psychotherapy research. Journal of Consulting and Clinical Psychology, 59(1), 12-19.",
        "10.1037/0022-006X.59.1.12",
    ),
    "christensen_1986": Reference(
        "Christensen, L., & Mendoza, J. L. (1986). A method of assessing change in a single subject: An alteration of "
        "the RC index. Behavior Therapy, 17(3), 305-308.",
        "10.1016/S0005-7894(86)80060-0",
    ),
    "maassen_2004": Reference(
        "Maassen, G. H. (2004). The standard error in the Jacobson and Truax reliable change index: The classical "
        "approach to the assessment of reliable change. Journal of the International Neuropsychological Society, "
        "10(6), 888-893.",
        "10.1017/S1355617704106097",
    ),
    "blomqvist_1977": Reference(
        "Blomqvist, N. (1977). On the relation between change and initial value. Journal of the American Statistical "
        "Association, 72(360), 746-749.",
        "10.1080/01621459.1977.10479951",
    ),
    "oldham_1962": Reference(
        "Oldham, P. D. (1962). A note on the analysis of repeated measurements of the same subjects. Journal of "
        "Chronic Diseases, 15(10), 969-977.",
        "10.1016/0021-9681(62)90116-9",
    ),
    "barnett_2005": Reference(
        "Barnett, A. G., van der Pols, J. C., & Dobson, A. J. (2005). Regression to the mean: What it is and how to "
        "deal with it. International Journal of Epidemiology, 34(1), 215-220.",
        "10.1093/ije/dyh299",
    ),
    "terwee_2007": Reference(
        "Terwee, C. B., Bot, S. D. M., de Boer, M. R., van der Windt, D. A. W. M., Knol, D. L., Dekker, J., Bouter, "
        "L. M., & de Vet, H. C. W. (2007). Quality criteria were proposed for measurement properties of health status "
        "questionnaires. Journal of Clinical Epidemiology, 60(1), 34-42.",
        "10.1016/j.jclinepi.2006.03.012",
    ),
    "rubin_1987": Reference("Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley."),
    "barnard_1999": Reference(
        "Barnard, J., & Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation. Biometrika, "
        "86(4), 948-955.",
        "10.1093/biomet/86.4.948",
    ),
    "andridge_2011": Reference(
        "Andridge, R. R. (2011). Quantifying the impact of fixed effects modeling of clusters in multiple imputation "
        "for cluster randomized trials. Biometrical Journal, 53(1), 57-74.",
        "10.1002/bimj.201000140",
    ),
    "barr_kirkpatrick": Reference(
        "Kirkpatrick, D. L., & Kirkpatrick, J. D. (2006). Evaluating training programs: The four levels (3rd ed.). "
        "Berrett-Koehler."
    ),
}
_BY_METHOD: Mapping[str, tuple[str, ...]] = {
    "change_cr2": ("bell_2002", "pustejovsky_2018"),
    "ancova_cr2": ("bell_2002", "pustejovsky_2018", "hedges_2007"),
    "mixed_model": ("kenward_1997",),
    "mixed_model_partially_nested": ("kenward_1997",),
    "change_cr2_imputed": ("rubin_1987", "barnard_1999", "andridge_2011"),
    "ancova_cr2_imputed": ("rubin_1987", "barnard_1999", "andridge_2011"),
    "random_effects": ("hartung_2001", "viechtbauer_2007"),
    "jzs_bayes_factor": ("rouder_2009",),
    "joint_tests": ("tipton_2015",),
    "proportions": ("bell_2002", "pustejovsky_2018", "newcombe_1998"),
    "baseline_slopes": ("blomqvist_1977", "oldham_1962", "barnett_2005"),
    "edges": ("terwee_2007",),
    "individual_change": ("jacobson_1991", "christensen_1986", "maassen_2004"),
}
_BY_ADJUSTMENT: Mapping[str, tuple[str, ...]] = {
    "holm": ("holm_1979",),
    "hochberg": ("hochberg_1988",),
    "bh": ("benjamini_1995",),
}


def cited(methods: Iterable[str], adjustment: str) -> list[str]:
    """Give the names of the works that the methods and the adjustment rest on."""
    always = ("hedges_1981", "lakens_2013", "barr_kirkpatrick")
    by_method = [work for name in methods for work in _BY_METHOD.get(name, ())]
    return list(dict.fromkeys([*always, *by_method, *_BY_ADJUSTMENT.get(adjustment, ())]))
