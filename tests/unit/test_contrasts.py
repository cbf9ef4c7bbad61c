"""Samples are arranged once for all tables of a study, and never remembered beyond it."""

from __future__ import annotations

import pytest

from balint_eval import contrasts
from balint_eval.cohort_stages import ingest_all, score
from balint_eval.contrasts import each_sample, samples_remembered
from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.kirkpatrick import list_outcomes
from balint_eval.merging import merge
from balint_eval.study import read_study


@pytest.fixture
def scored(folder):
    rows = [(f"p{n}", 1 + n % 5, 1 + n % 3, 5 - n % 4) for n in range(12)]
    later = [(code, *((answer % 5) + 1 for answer in answers)) for code, *answers in rows]
    file = read_study(folder.waves(rows, later).write())
    parts = [
        {**each.tables, **score(each.tables, file, cohort)}
        for cohort, each in ingest_all(file, pseudonymiser(bytes(range(32))))
    ]
    merged = merge(parts)
    return merged["scores"], merged["participants"], list_outcomes(file), file.study


def test_remembered_samples_are_the_same(scored, monkeypatch):
    made = []
    arranged = contrasts._Arranged
    monkeypatch.setattr(contrasts, "_Arranged", lambda *tables: made.append(1) or arranged(*tables))
    alone = [sample.pre.tolist() for *_, sample in each_sample(*scored)]
    with samples_remembered():
        inside = [[sample.pre.tolist() for *_, sample in each_sample(*scored)] for _ in range(3)]
    assert inside == [alone] * 3
    assert alone
    assert len(made) == 2


def test_other_tables_are_arranged_anew(scored):
    scores, *rest = scored
    with samples_remembered():
        before = [sample.pre.sum() for *_, sample in each_sample(scores, *rest)]
        raised = [sample.pre.sum() for *_, sample in each_sample(scores.assign(score=scores["score"] + 1), *rest)]
    assert all(later > earlier for later, earlier in zip(raised, before, strict=True))


def test_nothing_is_remembered_outside(scored):
    scores, *rest = scored
    before = [sample.pre.sum() for *_, sample in each_sample(scores, *rest)]
    scores["score"] += 1
    assert [sample.pre.sum() for *_, sample in each_sample(scores, *rest)] != before
