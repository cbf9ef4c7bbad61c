"""Pseudonyms: text ids by one stated rule, and a key that is made once and kept private."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from balint_eval.errors import EnvironmentProblem, StudyError
from balint_eval.ingest.pseudonyms import (
    fingerprint,
    key_path,
    make_new_key,
    pseudonymiser,
    read_key,
    refuse_changed_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [("007", "7"), ("1E5", "100000"), ("2E5", "200000"), ("TRUE", "1"), ("NA", "null"), ("00000000", "0"),
     ("AB 1", "AB1"), ("A-1", "A1"), ("0", "O"), ("None", ""), ("1.0", "1")],
)  # fmt: skip
def test_different_people(pseudonym, one, other):
    assert pseudonym(one) != pseudonym(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ab12", "AB12 "), ("ab12", "\u00a0ab12\u200f"), ("a\u200cb", "ab"), ("۱۲۳", "123"), ("٣", "3"), ("علي", "علی"),
     ("كار", "کار"), ("A–1", "A-1"), ("é", "e\u0301"), ("a  b", "a b"), ("ＡＢ", "ab")],
)  # fmt: skip
def test_the_same_person(pseudonym, one, other):
    assert pseudonym(one) == pseudonym(other)


def test_form_and_key(pseudonym):
    assert pseudonym("ab12").startswith("P")
    assert len(pseudonym("ab12")) == 17
    assert pseudonymiser(b"x" * 31 + b"y")("ab12") != pseudonym("ab12")


def test_key_is_made_once_and_private(tmp_path):
    path = tmp_path / "deep" / "k"
    key = read_key(path)
    assert len(key) == 32
    assert read_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["k"]


def test_two_jobs_at_once_read_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: read_key(tmp_path / "k"), range(16)))) == 1


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [(b"short", 0o600, "shorter than 32"), (b"x" * 32, 0o600, "one byte"), (bytes(range(32)), 0o644, "other users")],
)
def test_weak_keys(tmp_path, content, mode, says):
    path = tmp_path / "k"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(StudyError, match="CFG-KEYWEAK") as caught:
        read_key(path)
    assert says in str(caught.value)
    assert path.read_bytes() == content


def test_no_place_for_a_key(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentProblem, match="BALINT_EVAL_KEY_FILE"):
        read_key(tmp_path / "file" / "k")


def test_place_of_the_key(monkeypatch):
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", "/somewhere/k")
    assert key_path().as_posix() == "/somewhere/k"
    monkeypatch.delenv("BALINT_EVAL_KEY_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/conf")
    assert key_path().as_posix() == f"/conf{os.sep}balint-eval/pseudonyms.key"


def test_a_key_within_the_study_or_a_git_repository_is_refused(tmp_path):
    study = tmp_path / "study"
    (study / "sub").mkdir(parents=True)
    for place in (study / "k", study / "sub" / "k"):
        with pytest.raises(StudyError, match="CFG-KEYPLACE") as caught:
            read_key(place, away_from=[tmp_path / "elsewhere", study])
        assert "BALINT_EVAL_KEY_FILE" in str(caught.value)
        assert not place.exists()
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    with pytest.raises(StudyError, match="the git repository") as caught:
        read_key(repository / "deep" / "k")
    assert not (repository / "deep").exists()
    assert len(read_key(tmp_path / "beside" / "k", away_from=[study])) == 32


def test_a_link_into_the_study_is_refused(tmp_path):
    study = tmp_path / "study"
    study.mkdir()
    (tmp_path / "link").symlink_to(study)
    with pytest.raises(StudyError, match="CFG-KEYPLACE"):
        read_key(tmp_path / "link" / "k", away_from=[study])


def test_a_changed_key_is_refused_with_both_fingerprints(tmp_path):
    old, new = bytes(range(32)), bytes(range(1, 33))
    linkage = tmp_path / "linkage.csv"
    refuse_changed_key(new, linkage)
    linkage.write_text(
        f"person_id,raw_id,key_fingerprint\nP1,A1,key {fingerprint(old)}\nP2,A2,key {fingerprint(old)}\n"
    )
    refuse_changed_key(old, linkage)
    with pytest.raises(StudyError, match="CFG-KEYCHANGED") as caught:
        refuse_changed_key(new, linkage)
    assert fingerprint(old) in str(caught.value)
    assert fingerprint(new) in str(caught.value)
    linkage.write_text("person_id,raw_id\nP1,A1\n")
    refuse_changed_key(new, linkage)
    linkage.write_text("person_id,raw_id,key_fingerprint\n")
    refuse_changed_key(new, linkage)


def test_a_fingerprint_is_eight_digits_and_tells_keys_apart():
    old, new = fingerprint(bytes(range(32))), fingerprint(bytes(range(1, 33)))
    assert re.fullmatch("[0-9a-f]{8}", old)
    assert old != new


def test_a_new_key_is_made_once(tmp_path):
    path, mark = make_new_key(tmp_path / "k")
    assert mark == fingerprint(read_key(path))
    with pytest.raises(StudyError, match="never overwritten"):
        make_new_key(path)
    assert mark == fingerprint(read_key(path))
