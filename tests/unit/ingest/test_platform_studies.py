"""Whole small studies from the files of a platform to the comparisons: the same as from plain tables."""

import platform_files as made
import pytest

from balint_eval.pipeline import evaluate

KEY = bytes(range(32))
WORDS = ["disagree strongly", "disagree", "neither", "agree", "agree strongly"]
# Twelve people in three groups; answers before and after, by item.
PEOPLE = [f"P{n:02}" for n in range(12)]
GROUPS = [f"g{n % 3}" for n in range(12)]
BEFORE = [[1 + n % 3, 1 + (n // 2) % 4, 5 - n % 4] for n in range(12)]
AFTER = [[min(5, a + 1 + n % 2), min(5, b + (n % 3 > 0)), max(1, c - n % 2)] for n, (a, b, c) in enumerate(BEFORE)]
COMPARED = ["outcome", "instrument", "scale", "method", "n_pre", "n_post", "n_paired", "mean_pre", "mean_post",
    "estimate", "std_error", "p_value", "effect"]  # fmt: skip


def rows(answers):
    return list(zip(PEOPLE, GROUPS, answers, strict=True))


def plain(folder):
    for wave, answers in (("before", BEFORE), ("after", AFTER)):
        people = [[code, group, *cells] for code, group, cells in rows(answers)]
        folder.rows(f"{wave}.csv", *people, header=["code", "group", "q1", "q2", "q3"])
    for export in folder.cohort["exports"]:
        export["group"] = "group"
    return folder


def write(folder, name, content):
    (folder.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def limesurvey(folder):
    """Codes A1 to A5 under question codes before; full answers under full texts, anonymised, afterwards."""
    head, texts = made.LIME_CODES, made.LIME_TEXTS
    items = [f"G01Q01[SQ00{n}]" for n in (1, 2, 3)]
    before = [[str(n), "2026-01-02 10:00:00", "2", "en", "1", "2026-01-02 09:50:00", "2026-01-02 10:00:00", code, group,
        *[f"A{cell}" for cell in cells]] for n, (code, group, cells) in enumerate(rows(BEFORE), start=1)]  # fmt: skip
    before.append(["99", "", "1", "en", "1", "2026-01-02 09:50:00", "2026-01-02 09:51:00", "P99", "g1", "A1", "", ""])
    marker = "1980-01-01 00:00:00"
    after = [[str(n), marker, "2", "en", "1", marker, marker, code, group,
        *[WORDS[cell - 1] for cell in cells]]
        for n, (code, group, cells) in enumerate(rows(AFTER), start=1)]  # fmt: skip
    questions = ["How is it? [calm]", "How is it? [useful]", "How is it? [tiring]"]
    write(folder, "pre.csv", made.limesurvey_table([*head, "code", "group", *items], before))
    write(folder, "post.csv", made.limesurvey_table([*texts, "Your code", "Your group", *questions], after))
    folder.cohort["exports"] = [
        {"file": "pre.csv", "wave": "before", "person_id": "code", "group": "group",
         "items": [{"instrument": "TRY", "columns": "G01Q01_SQ{item:03}",
                    "answers": [{"answer": f"A{code}", "code": code} for code in range(1, 6)]}]},
        {"file": "post.csv", "wave": "after", "person_id": "Your code", "group": "Your group",
         "items": [{"instrument": "TRY", "columns": questions,
                    "answers": [{"answer": word, "code": code} for code, word in enumerate(WORDS, start=1)]}]},
    ]  # fmt: skip
    return folder


def limesurvey_spss(folder):
    """Both waves as the SPSS export: a data file without header beside its syntax file."""
    names = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "code",
        "group",
        "G01Q01_SQ001",
        "G01Q01_SQ002",
        "G01Q01_SQ003",
    ]
    variables = [(name, "A20", name, ()) for name in names]
    for wave, answers in (("before", BEFORE), ("after", AFTER)):
        people = [[str(n), "2026-01-02 10:00:00", "3", "en", code, group, *map(str, cells)]
            for n, (code, group, cells) in enumerate(rows(answers), start=1)]  # fmt: skip
        write(folder, f"{wave}.dat", made.table(people, quote="'"))
        write(folder, f"{wave}.sps", made.limesurvey_spss_syntax(variables))
    folder.cohort["exports"] = [
        {"file": f"{wave}.dat", "syntax": f"{wave}.sps", "wave": wave, "person_id": "code", "group": "group",
         "answered_on": "", "items": [{"instrument": "TRY", "columns": "G01Q01_SQ{item:03}"}]}
        for wave in ("before", "after")]  # fmt: skip
    return folder


def kobotoolbox(folder):
    """Labels before; XML names in groups, a row of HXL tags and a rejected response afterwards."""
    start, end = made.MOMENT.format(1), made.MOMENT.format(2)

    def people(answers, validation):
        return [[start, end, code, group, *map(str, cells), str(n), f"uuid-{n}", "2026-01-02T10:09:00", validation, "",
            "submitted_via_web", "", "", str(n)] for n, (code, group, cells) in enumerate(rows(answers))]  # fmt: skip

    before = [["start", "end", "Your code", "Your group", "I listen", "I ask", "I tire", *made.KOBO_META]]
    after = [["start", "end", "who/code", "who/group", "scale/q1", "scale/q2", "scale/q3", *made.KOBO_META]]
    after.append(["#date", "#date", "#meta+id", "#meta", "", "", "", *[""] * len(made.KOBO_META)])
    rejected = people([[1, 1, 1]] * 12, "Not approved")[:1]
    write(folder, "pre.csv", made.table([*before, *people(BEFORE, "")], ";"))
    write(folder, "post.csv", made.table([*after, *people(AFTER, "Approved"), *rejected], ";"))
    folder.cohort["exports"] = [
        {"file": "pre.csv", "wave": "before", "person_id": "Your code", "group": "Your group",
         "items": [{"instrument": "TRY", "columns": ["I listen", "I ask", "I tire"]}]},
        {"file": "post.csv", "wave": "after", "person_id": "code", "group": "group",
         "items": [{"instrument": "TRY", "columns": "q{item}"}]},
    ]  # fmt: skip
    return folder


def wide(folder):
    """Both waves in one row."""
    people = [[code, group, *a, *b] for (code, group, a), (_, _, b) in zip(rows(BEFORE), rows(AFTER), strict=True)]
    folder.rows("both.csv", *people, header=["code", "group", "a1", "a2", "a3", "b1", "b2", "b3"])
    folder.cohort["exports"] = [
        {"file": "both.csv", "person_id": "code", "group": "group",
         "items": [{"instrument": "TRY", "columns": f"{letter}{{item}}", "waves": [wave]}
                   for letter, wave in (("a", "before"), ("b", "after"))]}]  # fmt: skip
    return folder


_PLAIN = {}


@pytest.fixture
def expected(new_folder):
    """The tables from plain files, computed once."""
    if not _PLAIN:
        _PLAIN.update(evaluate(plain(new_folder("plain")).write(), key=KEY).tables)
    return _PLAIN


@pytest.mark.parametrize(
    ("make", "platforms", "left_out"),
    [
        (limesurvey, ["limesurvey", "limesurvey"], {"unfinished": 1}),
        pytest.param(limesurvey_spss, ["limesurvey", "limesurvey"], {}, marks=pytest.mark.thorough),
        (kobotoolbox, ["kobotoolbox", "kobotoolbox"], {"not_approved": 1}),
        (wide, ["plain"], {}),
    ],
)
def test_a_study_gives_the_same_results_as_from_plain_tables(folder, expected, make, platforms, left_out):
    tables = evaluate(make(folder).write(), key=KEY).tables
    assert tables["sources"]["platform"].tolist() == platforms
    counts = tables["flow"].query("file != '' and reason not in ['received', 'used']")
    assert dict(zip(counts["reason"], counts["rows"], strict=True)) == left_out
    key = ["person_id", "wave", "instrument", "item"]
    found, wanted = (
        t["responses"].sort_values(key)[[*key, "value"]].reset_index(drop=True) for t in (tables, expected)
    )
    assert found.equals(wanted)
    columns = [column for column in COMPARED if column in expected["comparisons"]]
    assert tables["comparisons"][columns].equals(expected["comparisons"][columns])
    assert len(tables["comparisons"]) > 3
