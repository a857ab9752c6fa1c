"""Suggests the name that was meant by a misspelled one, for all errors."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name closest to a given one; `None` if none is close.

    Args:
        name: the given name.
        known: the names to choose from.
        cutoff: how similar they must be, from 0 (anything) to 1 (equal).
    """
    import difflib  # noqa: PLC0415 - only for what is misspelled

    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", *, cutoff: float = 0.6) -> str:
    """The nearest name as a question, `Did you mean 'versioned'?`, or other advice if no name is close.

    Args:
        name: the given name.
        known: the names to choose from.
        otherwise: the sentence to use instead.
        cutoff: as for `nearest`.
    """
    near = nearest(name, known, cutoff=cutoff)
    return f"Did you mean {near!r}?" if near else otherwise


def hint(name: str, known: Iterable[str]) -> str:
    """The same, to append to a sentence: with a leading space, and empty if no name is close."""
    text = did_you_mean(name, known)
    return f" {text}" if text else ""
