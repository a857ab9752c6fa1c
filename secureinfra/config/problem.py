"""What is wrong with a configuration, as data: where, what was given, what is wrong, why it matters, what to do instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from secureinfra.config.words import PYTHON, Text, Words, said
from secureinfra.controls import Control
from secureinfra.errors import ConfigError, ControlError

Path = tuple[str | int, ...]
"""Path to a value: names and list positions."""

UNSAID: Final = object()
"""Stands for a value that a problem does not show."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a configuration. Error texts are rendered from it and never parsed.

    Rendered, it says `<subject> <what>: <why>. <instead>`; see STYLE.md.

    Args:
        at: path to the value, e.g. `("targets", 1, "region")`; a single name may be given as a string. For a value that is
            missing or unknown, its own name comes last. Empty if the combination of values is wrong.
        what: what is wrong, following the subject: `is out of range`.
        why: why it matters.
        instead: what to do, as a sentence; a function of `Words` if it differs between Python and YAML.
        subject: what the sentence is about; by default the name and value, `zones=9`. Set it if the value
            must not be shown.
        given: the value; looked up by default.
        control: the id of the control that it breaks.
        owner: the class that reports it, after its outer classes.
        wants_text: whether text is expected but another type was given.

    Example:
        >>> Problem("zones", "is out of range", given=9, instead="Use 1 to 4").text
        'zones=9 is out of range. Use 1 to 4.'
    """

    at: Path | str
    what: str
    why: str = ""
    instead: Text = ""
    subject: str | None = None
    given: Any = UNSAID
    control: str = ""
    owner: str = ""
    wants_text: bool = False

    @property
    def path(self) -> Path:
        """Path to the value."""
        return (self.at,) if isinstance(self.at, str) else self.at

    @property
    def text(self) -> str:
        """The problem, worded for Python."""
        return self.rendered(PYTHON)

    def rendered(self, words: Words) -> str:
        """The problem as a sentence or two, without the path of the construct or the location in a file."""
        head = " ".join(filter(None, (self.owner, self._subject(words), self.what)))
        text = f"{head}: {self.why}" if self.why else head
        if instead := said(self.instead, words):
            text = f"{text.rstrip('.')}.{'' if instead.startswith(chr(10)) else ' '}{instead}"
        return text if text.endswith((".", "?")) else f"{text}."

    def _subject(self, words: Words) -> str:
        names = self._names()
        return names if self.given is UNSAID else f"{names}={words.given(self.given)}"

    def _names(self) -> str:
        return ".".join(map(str, self.path)) if self.subject is None else self.subject

    def about(self, config: Any) -> Problem:
        """The same problem, with the value from a configuration and with items called by their names."""
        if self.subject is not None or self.given is not UNSAID or not self.path:
            return self
        subject, held = "", config
        for key in self.path:
            held = _held(held, key)
            name = getattr(held, "name", None)
            called = isinstance(key, int) and isinstance(name, str)
            joint = "" if not subject else " " if called or subject.endswith("'") else "."
            subject += joint + (repr(name) if called else str(key))
        return replace(self, subject=subject, given=UNSAID if held is None or hasattr(held, "__dict__") else held)

    def within(self, owner: str, at: Path = ()) -> Problem:
        """The same problem, reported for the enclosing configuration."""
        together = f"{owner}: {self.owner}" if self.owner else owner
        return replace(self.moved((*at, *self.path)), owner=together)

    def moved(self, at: Path) -> Problem:
        """The same problem for a value at another path; its sentence stays as it is."""
        return replace(self, at=at, subject=self._names())


def _held(holder: Any, key: str | int) -> Any:
    if isinstance(key, int) or isinstance(holder, Mapping):
        try:
            return holder[key]
        except (LookupError, TypeError):
            return None
    return getattr(holder, key, None)


def error_of(path: str, problems: Iterable[Problem], *, words: Words = PYTHON) -> ConfigError:
    """One error for all problems of one configuration.

    Args:
        path: path of the construct; empty if there is none.
        problems: what is wrong.
        words: wording, for Python or YAML.
    """
    kept = tuple(problems)
    prefix = f"{path}: " if path else ""
    kind = ControlError if all(problem.control for problem in kept) else ConfigError
    return kind("\n".join(prefix + problem.rendered(words) for problem in kept), path=path, problems=kept)


def breaks(broken: str, control: Control, at: Path = (), more: str = "") -> Problem:
    """The problem that a control is broken, and what to do.

    Args:
        broken: what breaks it, e.g. `port 22 open to 0.0.0.0/0`; empty if the subject says so.
        control: the control.
        at: where.
        more: what else to do.
    """

    def instead(words: Words) -> str:
        if not control.waivable:
            return f"Remove it: no waiver is accepted for this control.{more and f' {more}'}"
        return f"\n  Remove it, or add {words.waiver(control.id)}.{more and f' {more}'}"

    what = f"{broken} breaks control {control.id}".strip()
    return Problem(at, what, control.why, instead, subject="", control=control.id)


def last_of(items: Iterable[object], item: object) -> int:
    """The last position of an item in a sequence: of duplicates, the last one is reported."""
    return max(number for number, one in enumerate(items) if one == item)
