"""A key has a checksum; what decides a score changes it, what does not leaves it."""

import re
from importlib.resources import files

import pytest

from balint_eval.errors import StudyError
from balint_eval.instruments.checksum import key_sha256
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments, read_entry, read_instrument, registry_entries

KEYS = files("balint_eval.instruments") / "keys"
TEQ = (KEYS / "teq.yaml").read_text(encoding="utf-8")


def test_every_stored_checksum_is_that_of_its_key():
    known = known_instruments()
    for entry in registry_entries().values():
        if entry.keyed == "none":
            continue
        stored = {entry.name: entry.key_sha256}
        stored |= {f"{entry.name}@{version.name}": version.key_sha256 for version in entry.versions}
        assert stored == {name: key_sha256(known[name]) for name in stored}
        assert all(re.fullmatch("[0-9a-f]{64}", value) for value in stored.values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reverse: [2, 4, 7, 10, 11, 12, 14, 15]", "reverse: [2, 4, 7, 10, 11, 12, 14]"),
        ("codes: [0, 1, 2, 3, 4]\n", "codes: [1, 2, 3, 4, 5]\n"),
        ("rule: sum", "rule: mean"),
        ("    higher_is: better\n", "    higher_is: better\n    min_answered: 4\n"),
        ("n_items: 16", "n_items: 17"),
        ("published: false", "published: true\n  most_missing_on_form: 3"),
    ],
)
def test_a_changed_key_is_not_read(old, new):
    changed = TEQ.replace(old, new)
    assert changed != TEQ
    changed = changed.replace("range: [0, 64]", "range: [16, 80]") if "[1, 2, 3" in new else changed
    changed = changed.replace("range: [0, 64]", "range: [0, 4]") if "mean" in new else changed
    with pytest.raises(StudyError, match=r"CFG-SCALEHASH: teq\.yaml: the key of TEQ is not the published one"):
        read_entry(changed, "teq.yaml")


def test_a_changed_version_is_not_read():
    text = (KEYS / "olbi.yaml").read_text(encoding="utf-8")
    changed = text.replace("reverse: [1, 5, 7, 10, 13, 14, 15, 16]", "reverse: [1, 5, 7, 10, 13, 14, 15]", 1)
    with pytest.raises(StudyError, match="the key of OLBI@one_is_strongly_disagree is not the published one"):
        read_entry(changed, "olbi.yaml")


def test_words_do_not_enter_the_checksum():
    changed = TEQ.replace("Toronto Empathy Questionnaire", "TEQ").replace('label: "Empathy"', 'label: "E"')
    assert read_entry(changed, "teq.yaml").title == "TEQ"


def test_order_does_not_enter_the_checksum():
    iri = known_instruments()["IRI"]
    turned = iri.model_copy(update={"reverse": iri.reverse[::-1], "scales": iri.scales[::-1]})
    assert key_sha256(turned) == key_sha256(iri)


def own(folder, **changes):
    """A file of a user's own that holds the published TEQ, with changes."""
    content = known_instruments()["TEQ"].model_dump(mode="json", exclude_defaults=True) | changes
    path = folder.folder / "mine.yaml"
    path.write_text(Instrument.model_validate(content).model_dump_json(exclude_defaults=True))
    return path


def test_a_published_name_with_another_key_is_refused(folder):
    path = own(folder, reverse=[2, 4])
    with pytest.raises(StudyError) as caught:
        read_instrument(path, "mine.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.row, problem.column) == ("CFG-SCALEHASH", "mine.yaml", 1, "name")
    assert problem.mend == "give your version a name of its own"
    folder.content["instrument_files"] = ["mine.yaml"]
    with pytest.raises(StudyError, match=r"CFG-SCALEHASH: mine\.yaml"):
        folder.read()


def test_a_published_name_with_the_published_key_is_fine(folder):
    assert read_instrument(own(folder, title="Our translation")).title == "Our translation"
    renamed = own(folder, reverse=[2, 4], name="TEQ_ours")
    assert read_instrument(renamed).reverse == [2, 4]
