"""`balint-eval init --template`: each design is a study that check finds in order and that gives results."""

import pytest

from balint_eval.cli import main
from balint_eval.command_words import TEMPLATES
from balint_eval.init.templates import DESIGNS, study_text
from balint_eval.pipeline import evaluate
from balint_eval.study import read_study


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "key" / "k"))


def test_the_command_knows_every_design():
    assert list(TEMPLATES) == list(DESIGNS)


EVERY_DAY = "waiting_list"


@pytest.mark.parametrize(
    "name", [name if name == EVERY_DAY else pytest.param(name, marks=pytest.mark.thorough) for name in TEMPLATES]
)
def test_a_template_is_in_order_as_it_is(capsys, name):
    assert main(["init", "--template", name]) == 0
    assert f"check {name}/study.yaml" in capsys.readouterr().out
    assert main(["check", f"{name}/study.yaml"]) == 0
    said = capsys.readouterr()
    assert "is in order: 1 cohort." in said.out
    assert "(refuse)" not in said.out
    assert said.err == ""


@pytest.mark.thorough
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_gives_what_its_design_can(capsys, name):
    main(["init", "--template", name])
    tables = evaluate(f"{name}/study.yaml", key=bytes(range(32))).tables
    claims = tables["claims"]
    design = DESIGNS[name]
    primary = tables["comparisons"].query("role == 'primary' and instrument == 'TEQ'")
    assert set(primary["method"]) == {"ancova_cr2" if len(design.groups) > 1 else "change_cr2"}
    assert (primary["estimate"] > 0).any()
    assert set(claims["instrument"]) >= {"TEQ", "PSS10"} | ({"CARE"} if design.patients else set())


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_key_has_a_comment_above_it(name, language):
    lines = study_text(name, language).splitlines()
    keys = [at for at, line in enumerate(lines) if line[:1].isalpha()]
    assert len(keys) >= 9
    assert all(lines[at - 1].startswith("#") for at in keys)


def test_nothing_is_overwritten(capsys, tmp_path):
    assert main(["init", "--template", "single_cohort", "--output", "mine"]) == 0
    (tmp_path / "mine" / "study.yaml").unlink()
    capsys.readouterr()
    assert main(["init", "--template", "controlled", "--output", "mine"]) == 2
    assert "CFG-EXISTS: mine/people.csv" in capsys.readouterr().err
    assert not (tmp_path / "mine" / "study.yaml").exists()


def test_the_study_file_is_the_design(capsys):
    main(["init", "--template", "two_sites"])
    study = read_study("two_sites/study.yaml").study
    assert study.cohorts[0].roster.site == "site"
    assert [wave.role for wave in study.waves] == ["baseline", "post"]
