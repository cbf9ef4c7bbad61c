"""Questions of `init`: answered at the terminal, from a file, or left open."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from balint_eval.codebook.words import Language
from balint_eval.errors import Problem, StudyError
from balint_eval.init.texts import Message


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

    def ask(self, name: str, question: Message, choices: Sequence[str] = (), default: str = "") -> str:
        """Give the answer to a question.

        Parameters
        ----------
        name : str
            Key in a file of answers.
        question : Message
        choices : sequence of str
            What is allowed; empty allows any word.
        default : str
            What no answer means; `""` leaves the question open.

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
        answer = self._given(name, choices) or self._typed(question, choices, default) or default
        if not answer:
            self.open.append(name)
        return answer

    def _given(self, name: str, choices: Sequence[str]) -> str:
        answer = self.given.get(name, "")
        if answer and choices and answer not in choices:
            close = difflib.get_close_matches(answer, choices, 1, 0.5)
            mend = f"did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(choices)}"
            raise StudyError(Problem("CFG-ANSWER", f"'{answer}' is no answer to the question {name}", mend))
        return answer

    def _typed(self, question: Message, choices: Sequence[str], default: str) -> str:
        if self.typed is None:
            return ""
        self.say(question.text(self.language))
        if choices:
            self.say("  " + Message("choices", names=", ".join(choices)).text(self.language))
        ending = Message("default", default=default) if default else Message("leave_open")
        while True:
            answer = self.typed(f"  ({ending.text(self.language)}): ").strip()
            if not answer or not choices or answer in choices:
                return answer
            self.say("  " + Message("not_a_choice").text(self.language))

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
