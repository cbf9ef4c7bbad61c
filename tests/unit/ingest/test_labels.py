"""Labels and codes in one text, on any text whatever."""

from hypothesis import given
from hypothesis import strategies as st

from balint_eval.ingest.labels import coded_label, label_key
from balint_eval.ingest.text import ZWNJ, clean_text

PERSIAN = st.text(alphabet="ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءئؤيكةآأإً ُِّٰ" + ZWNJ + " .،-()", max_size=30)
WORDS = st.text(alphabet="abcdefgh ابپتکی", min_size=2, max_size=20).filter(lambda text: len(label_key(text)) > 1)


@given(st.one_of(st.text(), PERSIAN))
def test_the_key_of_a_key_is_itself(text):
    assert label_key(label_key(text)) == label_key(text)


@given(st.one_of(st.text(), PERSIAN))
def test_tidying_first_changes_no_key(text):
    """The rules do not depend on the order in which they are used."""
    assert label_key(clean_text(text)) == label_key(text)
    assert label_key(text.casefold()) == label_key(text)


@given(
    PERSIAN.filter(lambda text: any(map(str.isalpha, text))),
    st.sampled_from([" ", "\u00a0", ZWNJ, "\u200f", ".", "ـ", "ً"]),
    st.integers(0, 30),
)
def test_what_people_type_differently_changes_no_key(text, sign, place):
    assert label_key(text[:place] + sign + text[place:]) == label_key(text)


@given(WORDS, st.integers(-9, 120), st.sampled_from(["{c} - {t}", "{c}= {t}", "({c}) {t}", "{t} ({c})", "{c}. {t}"]))
def test_every_way_to_write_code_and_label_says_the_same(label, code, form):
    assert coded_label(form.format(c=code, t=label)) == coded_label(f"{label} [{code}]")
    assert coded_label(form.format(c=code, t=label)).code == code


@given(WORDS, st.integers(0, 99), st.integers(0, 99))
def test_a_label_with_digits_carries_no_code(label, one, other):
    for text in (f"{one}-{other} {label}", f"{one} {label}", f"{one}+ {label}", f"{one} - {other} {label}", f"{one}"):
        assert coded_label(text) is None
