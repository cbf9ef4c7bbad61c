"""Self-made codes of a study: in questions of their own, or in one column with a form that can be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from balint_eval.codebook.words import LANGUAGES, Language
from balint_eval.ingest.linkage.elements import code_of, join_parts
from balint_eval.init.code_parts import (
    FEWEST_PARTS,
    FITTING,
    GIVEN_OUT,
    NAMES,
    Part,
    asked_parts,
    parts_in_heading,
    parts_in_pattern,
    sign_between,
)
from balint_eval.init.columns import Column, overlap
from balint_eval.init.files import SAME_PEOPLE, Given
from balint_eval.init.people import Roles
from balint_eval.init.questions import Asker
from balint_eval.init.texts import Message
from balint_eval.study_model import CodeElement, Linkage

SELF_MADE, GIVEN = "self_made", "given_out"


@dataclass(frozen=True)
class CodeDraft:
    """The code that people made, as it was seen.

    Attributes
    ----------
    parts : list of (name, Part)
        In the order of the code.
    separator : str
        Sign between the elements of a whole code.
    why : Message
    whole : bool
        Some file holds the whole code in one column.
    """

    parts: list[tuple[str, Part]]
    separator: str
    why: Message
    whole: bool

    @property
    def linkage(self) -> Linkage:
        """The linkage that a study file would say."""
        elements = [CodeElement(name=name, kind=part.kind, length=part.length) for name, part in self.parts]
        return Linkage(method="code", elements=elements, separator=self.separator)

    def described(self) -> str:
        """Give the elements in a few words."""
        return ", ".join(f"{name} ({part.kind}{f' {part.length}' * bool(part.length)})" for name, part in self.parts)

    def rows(self, language: Language) -> list[dict[str, Any]]:
        """Give the rows of the codebook's sheet."""
        last = len(self.parts) - 1
        return [
            {
                "element": name, "kind": part.kind, "length": part.length or "",
                "separator": self.separator if at < last else "", "note": self.why.text(language),
            }
            for at, (name, part) in enumerate(self.parts)
        ]  # fmt: skip

    def open_lengths(self) -> list[int]:
        """Give the positions of elements whose length has to be known and is not."""
        cut = self.whole and not self.separator
        fixed = {"day", "month"}
        return [at for at, (_, part) in enumerate(self.parts) if cut and not part.length and part.kind not in fixed]


def settle_code(people: Sequence[Given], roles: Mapping[str, Roles], asker: Asker) -> CodeDraft | None:
    """Find the code that people made themselves; the columns that ask for its elements are entered into `roles`.

    Parameters
    ----------
    people : sequence of Given
        Exports, rosters and attendance lists.
    roles : mapping of file to Roles
        With the person's column where it was found; changed where several questions make the code.
    asker : Asker

    Returns
    -------
    CodeDraft or None
        None where ids were given out, or where no form can be seen.
    """
    exports = [file for file in people if file.kind == "export"]
    asked = {
        file.shown: named
        for file in people
        if file.kind in {"export", "roster"} and not _found_again(file, people, roles)
        if (named := _named(asked_parts(file.columns), asker.language))
    }
    if any(file.shown in asked for file in exports):
        listed = [file for file in people if file.kind in {"export", "roster"}]
        return _of_questions(asked, listed, roles)
    return _of_whole_codes([file for file in exports if roles[file.shown].person], roles, asker)


def _found_again(file: Given, people: Sequence[Given], roles: Mapping[str, Roles]) -> bool:
    """Tell whether the file has an id of its own by which people come back: no code is needed then."""
    if not roles[file.shown].person:
        return False
    ids = file.column(roles[file.shown].person)
    others = [
        other.column(roles[other.shown].person) for other in people if other is not file and roles[other.shown].person
    ]
    if any(overlap(ids.codes, other.codes) >= SAME_PEOPLE for other in others):
        return True
    return bool(roles[file.shown].wave) and len(ids.texts) >= 1.5 * len(ids.counts)


def _named(found: Sequence[tuple[Column, Part]], language: Language) -> dict[str, tuple[Column, Part]]:
    """Name the elements: what they are about, with a number where two are about the same."""
    named: dict[str, tuple[Column, Part]] = {}
    for column, part in found:
        named[_free_name(part, named, language)] = (column, part)
    return named


def _free_name(part: Part, taken: Mapping[str, object], language: Language) -> str:
    name = NAMES[part.about][LANGUAGES.index(language)]
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def _of_questions(
    asked: Mapping[str, Mapping[str, tuple[Column, Part]]], files: Sequence[Given], roles: Mapping[str, Roles]
) -> CodeDraft | None:
    """Take the elements that every file asks for; what only some ask for cannot be compared."""
    first = next(asked[file.shown] for file in files if file.shown in asked)
    common = [name for name in first if all(name in named for named in asked.values())]
    if len(common) < FEWEST_PARTS:
        return None
    parts = []
    for name in common:
        given = [named[name][1] for named in asked.values()]
        lengths = [part.length for part in given if part.length]
        # Of letters the first so many count, so the shortest length serves every file.
        parts.append((name, replace(given[0], length=min(lengths, default=0))))
    for shown, named in asked.items():
        roles[shown].person, roles[shown].candidates = "", []
        roles[shown].elements = {named[name][0].name: name for name in common}
        for name, (column, _) in named.items():
            known = name in common
            roles[shown].uses[column.name] = (
                "code_element" if known else "ignore",
                Message("element_asked" if known else "element_not_everywhere"),
            )
    whole = [_person(file, roles) for file in files if file.shown not in asked and roles[file.shown].person]
    separator = sign_between([text for column in whole for text in column.counts])
    return CodeDraft(parts, separator, Message("element_asked"), bool(whole))


def _person(file: Given, roles: Mapping[str, Roles]) -> Column:
    return file.column(roles[file.shown].person)


def _of_whole_codes(files: Sequence[Given], roles: Mapping[str, Roles], asker: Asker) -> CodeDraft | None:
    """Find the form of codes in one column: as the heading describes it, or as it can be seen."""
    columns = [_person(file, roles) for file in files]
    texts = list(dict.fromkeys(text for column in columns for text in column.counts))
    sign = sign_between(texts)
    for column in columns:
        draft = _draft(parts_in_heading(column.words), sign, Message("code_in_heading"), asker.language)
        if draft and share_in_form(texts, draft.linkage) >= FITTING:
            return draft
    if any(GIVEN_OUT.search(column.words) for column in columns):
        return None
    draft = _draft(parts_in_pattern(texts), sign, Message("code_in_pattern", share=f"{FITTING:.0%}"), asker.language)
    if draft is None:
        return None
    question = Message("ask_person_code", form=draft.described())
    titles = {SELF_MADE: Message("code_self_made"), GIVEN: Message("code_given_out")}
    answer = asker.ask("person_code", question, (SELF_MADE, GIVEN), SELF_MADE, titles=titles)
    return draft if answer == SELF_MADE else None


def _draft(parts: Sequence[Part], sign: str, why: Message, language: Language) -> CodeDraft | None:
    named: dict[str, Part] = {}
    for part in parts:
        named[_free_name(part, named, language)] = part
    return CodeDraft(list(named.items()), sign, why, whole=True) if named else None


def share_in_form(texts: Sequence[str], linkage: Linkage) -> float:
    """Give the share of whole codes that can be cut into the elements."""
    complete = Counter(all(code_of(text, linkage, parted=False)) for text in texts)
    return complete[True] / len(texts) if texts else 0.0


def codes_of(file: Given, roles: Roles, draft: CodeDraft | None) -> frozenset[str]:
    """Give the different ids or codes of a file, in the form in which they are compared.

    Parameters
    ----------
    file : Given
    roles : Roles
    draft : CodeDraft or None
        The elements of the code, None where ids were given out.
    """
    if draft is None:
        return file.column(roles.person).codes if roles.person else frozenset()
    if roles.elements:
        by_name = {name: file.column(column).cells for column, name in roles.elements.items()}
        raw = [join_parts(row) for row in zip(*(by_name[name] for name, _ in draft.parts), strict=True)]
        return _complete(raw, draft.linkage, parted=True)
    return _complete(file.column(roles.person).texts, draft.linkage, parted=False) if roles.person else frozenset()


def _complete(raw: Sequence[str], linkage: Linkage, *, parted: bool) -> frozenset[str]:
    codes = (code_of(text, linkage, parted=parted) for text in raw)
    return frozenset("|".join(code) for code in codes if all(code))
