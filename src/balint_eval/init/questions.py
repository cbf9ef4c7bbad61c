"""Questions of `init`: answered at the terminal, from a file, or left open."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from balint_eval.codebook.words import Language
from balint_eval.errors import Problem, StudyError
from balint_eval.ingest.text import ascii_digits
from balint_eval.init.texts import Message


@dataclass(frozen=True)
class Further:
    """Answers that are allowed beside the choices offered.

    Attributes
    ----------
    hint : Message
        Said under the choices.
    read : callable
        Gives the answer as it is kept, or a sentence that says why it is none.
    """

    hint: Message
    read: Callable[[str], str | Message]


@dataclass
class Asker:
    """Asks what cannot be seen.

    Attributes
    ----------
    language : str
    given : mapping of question to answer
        From a file of answers.
    typed : callable or None
        Reads one line from a person; None where nobody is there to answer.
    say : callable
        Shows one line.
    """

    language: Language
    given: Mapping[str, str] = field(default_factory=dict)
    typed: Callable[[str], str] | None = None
    say: Callable[[str], None] = print
    asked: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    _has_asked: bool = False

    def ask(
        self,
        name: str,
        question: Message,
        choices: Sequence[str] = (),
        default: str = "",
        *,
        titles: Mapping[str, Message] | None = None,
        further: Further | None = None,
    ) -> str:
        """Give the answer to a question.

        Parameters
        ----------
        name : str
            Key in a file of answers.
        question : Message
        choices : sequence of str
            What is offered; empty allows any word.
        default : str
            What no answer means; `""` leaves the question open.
        titles : mapping of choice to Message, optional
            What each choice means.
        further : Further, optional
            What else is allowed.

        Returns
        -------
        str
            `""` where it stays open.

        Raises
        ------
        StudyError
            A file of answers gives something that is not allowed.
        """
        self.asked.append(name)
        answer = self._given(name, choices, further) or self._typed(question, choices, default, titles or {}, further)
        answer = answer or default
        if not answer:
            self.open.append(name)
        return answer

    def _given(self, name: str, choices: Sequence[str], further: Further | None) -> str:
        answer = self.given.get(name, "")
        found = _read(answer, choices, further) if answer else ""
        if isinstance(found, Message):
            close = difflib.get_close_matches(answer, choices, 1, 0.5)
            mend = f"did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(choices)}"
            why = "" if found.key == "not_a_choice" else f": {found.text('en').rstrip('.')}"
            raise StudyError(Problem("CFG-ANSWER", f"'{answer}' is no answer to the question {name}{why}", mend))
        return found

    def _typed(
        self,
        question: Message,
        choices: Sequence[str],
        default: str,
        titles: Mapping[str, Message],
        further: Further | None,
    ) -> str:
        if self.typed is None:
            return ""
        if not self._has_asked:
            self.say(Message("questions_begin").text(self.language))
            self._has_asked = True
        self.say("")
        self.say(question.text(self.language))
        for line in self._offered(choices, titles):
            self.say(f"  {line}")
        if further is not None:
            self.say("  " + further.hint.text(self.language))
        ending = Message("default", default=default) if default else Message("leave_open")
        while True:
            answer = self.typed(f"  ({ending.text(self.language)}): ").strip()
            numbered = dict(zip(map(str, range(1, len(choices) + 1)), choices, strict=True))
            found = _read(numbered.get(ascii_digits(answer), answer), choices, further) if answer else ""
            if not isinstance(found, Message):
                return found
            self.say("  " + found.text(self.language))

    def _offered(self, choices: Sequence[str], titles: Mapping[str, Message]) -> Iterator[str]:
        """Give a line a choice, each with its number."""
        width = max(map(len, choices), default=0)
        for number, choice in enumerate(choices, start=1):
            said = titles[choice].text(self.language) if choice in titles else ""
            yield f"{number}  {choice.ljust(width)}  {said}".rstrip()

    def refuse_unknown(self) -> None:
        """Refuse answers to questions that were not asked: a name mistyped would be lost.

        Raises
        ------
        StudyError
            With the nearest question for each.
        """
        problems = []
        for name in sorted(set(self.given) - set(self.asked)):
            close = difflib.get_close_matches(name, self.asked, 1, 0.4)
            asked = ", ".join(self.asked) or "none"
            mend = f"did you mean '{close[0]}'?" if close else f"questions asked: {asked}"
            problems.append(Problem("CFG-ANSWER", f"the question '{name}' was not asked", mend))
        if problems:
            raise StudyError(problems)


def _read(answer: str, choices: Sequence[str], further: Further | None) -> str | Message:
    """Give the answer as it is kept, capitals or not; a sentence where it is none."""
    same = [choice for choice in choices if choice.casefold() == answer.casefold()]
    if same or (not choices and further is None):
        return same[0] if same else answer
    return further.read(answer) if further is not None else Message("not_a_choice")


def read_answers(path: Path) -> dict[str, str]:
    """Read a file of answers: `question: answer`, one a line.

    Raises
    ------
    StudyError
        The file cannot be read, or is not a mapping of questions to answers.
    """
    from balint_eval.strict_yaml import read_yaml

    document = read_yaml(path)
    if not isinstance(document.values, dict):
        what = "a file of answers maps questions to answers"
        raise StudyError(
            Problem("CFG-ANSWER", what, "write one line a question, such as `primary: TEQ.total`", path.as_posix())
        )
    # Each answer as it is written: `007` and `yes` are text here.
    return {str(name): document.texts.get((name,), "").strip() for name in document.values}
