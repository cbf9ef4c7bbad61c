"""What a study file says about dates is checked before any export is read."""

import pytest

from balint_eval.errors import StudyError


@pytest.fixture
def faults(folder):
    def read():
        with pytest.raises(StudyError) as caught:
            folder.read()
        return [(problem.code, problem.column, problem.what, problem.mend) for problem in caught.value.problems]

    return read


@pytest.mark.parametrize("day", ["31.01.2026", "2026-02-30", "1404-12-30", "soon", "2026-1-1"])
def test_days_of_a_wave(folder, faults, day):
    folder.content["waves"][0]["from"] = day
    assert [fault[:2] for fault in faults()] == [("CFG-WINDOW", "waves.0.from")]


def test_days_need_no_quotes(folder):
    text = folder.write().read_text(encoding="utf-8")
    text = text.replace("role: baseline", "role: baseline\n  from: 2026-01-01\n  until: 1404-11-11")
    folder.write(text)
    from balint_eval.study import read_study

    wave = read_study(folder.folder / "study.yaml").study.waves[0]
    assert (wave.from_, wave.until) == ("2026-01-01", "1404-11-11")


def test_a_wave_that_ends_before_it_begins(folder, faults):
    folder.content["waves"][0].update({"from": "2026-03-01", "until": "2026-02-01"})
    assert [fault[:2] for fault in faults()] == [("CFG-WINDOW", "waves.0.until")]


def test_waves_told_by_date_lie_apart(folder, faults):
    folder.export(0).pop("wave")
    folder.export(0)["wave_from"] = {"date": True}
    ((code, column, what, _),) = faults()
    assert (code, column) == ("CFG-WINDOW", "cohorts.0.exports.0.wave_from")
    assert "no wave has from or until" in what
    folder.content["waves"][0]["until"] = "2026-02-01"
    folder.content["waves"][1]["from"] = "2026-02-01"
    ((code, column, what, _),) = faults()
    assert (code, column) == ("CFG-WINDOW", "waves.1")
    assert "overlap" in what


@pytest.mark.parametrize(
    "given", [{"column": "w"}, {"date": True, "column": "w", "values": [{"value": "1", "wave": "before"}]}, {}]
)
def test_one_way_to_tell_the_wave(folder, faults, given):
    folder.export(0).pop("wave")
    folder.export(0)["wave_from"] = given
    assert [fault[0] for fault in faults()] == ["CFG-WAVE"]


@pytest.mark.parametrize(("zone", "near"), [("Asia/Teheran", "Asia/Tehran"), ("../etc/passwd", ""), ("Iran time", "")])
def test_time_zones(folder, faults, zone, near):
    folder.content["time_zone"] = zone
    folder.export(1)["time_zone"] = "UTC"
    ((code, column, _, mend),) = faults()
    assert (code, column) == ("CFG-ZONE", "time_zone")
    assert near in mend


def test_formats(folder, faults):
    folder.export(1)["date_format"] = "dd/mm/yyyy"
    folder.cohort["sessions"] = {"file": "s.csv", "date_format": "%d/%m"}
    assert [fault[:2] for fault in faults()] == [
        ("CFG-DATEFORMAT", "cohorts.0.exports.1.date_format"),
        ("CFG-DATEFORMAT", "cohorts.0.sessions.date_format"),
    ]


def test_answer_sets(folder, faults):
    folder.items(0)["answer_set"] = "agree"
    assert [fault[:2] for fault in faults()] == [("CFG-REFERENCE", "cohorts.0.exports.0.items.0.answer_set")]
