"""Imports run one way, in the order of CONTRIBUTING.md; the light commands import nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "balint_eval"
LAYERS = [
    {"errors"},
    {"hashing", "tables", "settings_words", "office_files", "kinds", "rounding", "threads", "typesetting"},
    {"strict_yaml", "processes", "folders"},
    {"instruments"},
    {"study_items", "jalali", "codebook"},
    {"study_dates", "study_paths", "language"},
    {"study_exports", "study_context", "study_languages"},
    {"study_model"},
    # The rules of a study file are called by its reader, and only name its types.
    {"study", "study_rules", "study_linkage", "study_outcomes"},
    {"ingest", "score_arrays", "stats", "simulate", "batches"},
    {"scoring", "replicates"},
    {"doctor", "consistency", "published"},
    {"quality"},
    {"contrasts", "retest", "relinked"},
    {"completed"},
    {
        *(
            "missingness",
            "assumptions",
            "balance",
            "baseline_dependence",
            "clustering",
            "comparisons",
            "dose",
            "heterogeneity",
        ),
        *("influence", "planned", "proportions", "arm_means", "growth"),
    },
    {"kirkpatrick", "disclosure", "notices", "pooling", "individual_change", "appraisal"},
    {"plots"},
    {"report"},
    {"codecheck", "crate"},
    {"merging", "kept_readings"},
    {"cohort_stages"},
    {"provenance", "pipeline"},
    {"told", "progress", "verify", "set_aside", "batch_tables"},
    {"stages", "lock", "check", "release"},
    {"clear_up"},
    {"begin", "init", "power_report", "chosen_figures", "wide_export", "bibtex", "cohort_reports"},
    {"closing", "speaker"},
    {"read_first", "snakemake_process"},
    {"run"},
    {"api"},
    {"commands"},
    {"command_words"},
    {"__init__", "cli", "__main__"},
    # Made by hand only (`make generate`): it reads everything, the command line too.
    {"attribute_docs"},
    {"reference"},
]
FOUNDATIONS = {
    f"balint_eval.ingest.{name}"
    for name in (
        "cell_text", "control", "delimited", "delimiter", "grid", "opendocument", "opendocument_cell", "packed",
        "plain_opendocument", "plain_sheet", "sheet_markup", "sheet_rules", "source", "text", "workbook",
        "workbook_guard",
    )
}  # fmt: skip
"""Parts of `ingest` that know files and texts and no study; the codebook is read by them."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
HEAVY = (
    "pandas",
    "numpy",
    "scipy",
    "matplotlib",
    "statsmodels",
    "pingouin",
    "pydantic",
    "snakemake",
    "openpyxl",
    "yaml",
)


def room(module):
    return module.split("/")[0].removesuffix(".py")


def imports_of(module):
    """Give (name, only for types) of everything a module imports of this package, and whether any is relative."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "balint_eval"
                else [node.module or ""]
            )
            found += [(name, id(node) in typed, node.level) for name in names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, id(node) in typed, 0) for alias in node.names]
    return found


def own(found):
    inner = [(name.split(".")[1], typed) for name, typed, _ in found if name.startswith("balint_eval.")]
    return [(name, typed) for name, typed in inner if name in LEVEL]


@pytest.mark.parametrize("module", MODULES)
def test_one_way(module):
    here = room(module)
    assert here in LEVEL, "a new module needs its place in LAYERS"
    found = imports_of(module)
    assert not [name for name, _, level in found if level], "no relative imports"
    above = own([entry for entry in found if entry[0] not in FOUNDATIONS])
    upward = {name for name, typed in above if not typed and LEVEL[name] > LEVEL[here]}
    assert not upward, f"{module} imports {upward}, which stands above it"
    sideways = {
        name
        for name, typed in own(found)
        if not typed and name != here and LEVEL[name] == LEVEL[here] and here != "study"
    }
    allowed = {"cli"} if here == "__main__" else {"study", "study_linkage"} if here == "study_rules" else set()
    assert sideways <= allowed | {"lock", "stages"} | ({"pipeline"} if here in {"check"} else set())


@pytest.mark.parametrize("name", sorted(FOUNDATIONS))
def test_foundations_rest_on_errors_and_each_other(name):
    found = imports_of(f"{name.removeprefix('balint_eval.').replace('.', '/')}.py")
    inner = {module for module, typed, _ in found if module.startswith("balint_eval.") and not typed}
    assert inner <= FOUNDATIONS | {"balint_eval.errors"}


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) == "stats"])
def test_stats_sees_arrays_only(module):
    names = {name for name, _, _ in imports_of(module)}
    assert not [name for name in names if name.startswith("balint_eval") and not name.startswith("balint_eval.stats")]
    assert not {"pathlib", "yaml", "csv"} & {name.split(".")[0] for name in names}


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) in {"plots", "report"}])
def test_pages_and_figures_compute_nothing(module):
    assert not [
        name for name, _, _ in imports_of(module) if name.startswith(("balint_eval.stats", "scipy", "statsmodels"))
    ]


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys\nfrom balint_eval.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "evaluate a study" in ran.stdout
    assert ran.stderr == ""
