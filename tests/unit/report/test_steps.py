"""Rules by which the educator's page chooses its steps and limits."""

from types import SimpleNamespace

import pytest

from balint_eval.report.steps import few_groups, groups_unknown


def material(groups, audience="internal", plan="all"):
    people = [{"arm": "balint", "group_id": group} for group in groups]
    study = SimpleNamespace(plan=SimpleNamespace(groups=plan), arms=[SimpleNamespace(name="balint")])
    return SimpleNamespace(audience=audience, study=study, own_rows=lambda name: people, rows=lambda name: [])


@pytest.mark.parametrize(
    ("given", "unknown", "few"),
    [
        (material(["", ""]), True, True),
        (material(["a", ""]), False, True),
        (material("abcdef"), False, False),
        (material(["", ""], plan="none"), False, False),
        (material(["", ""], audience="release"), False, True),
    ],
)
def test_groups_that_nobody_knows_are_not_called_few(given, unknown, few):
    assert groups_unknown(given) is unknown
    assert few_groups(given) is few
