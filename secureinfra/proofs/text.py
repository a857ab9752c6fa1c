"""Texts of policies: patterns with `*` and `?`, and values of which only Terraform knows a part.

A part that is not known is one letter here, of Unicode's private planes, so that a text stays a string:

- a *fresh* letter stands for something that the configuration names nowhere, which a caller may choose;
- a *symbol* stands for one fixed value that Terraform fills in, such as the id of a resource of this configuration;
- a *hole* stands for a value that may turn out to be anything, even a wildcard.

Answers are three-valued: `None` where it depends on a symbol or a hole.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "ANY_CASE",
    "FRESH",
    "HOLE",
    "STAR",
    "Truth",
    "all3",
    "any3",
    "fresh",
    "has_fresh",
    "is_fresh",
    "is_symbol",
    "longest_run",
    "matches",
    "meets",
    "negated",
    "shown",
    "symbol",
]

Truth = bool | None

FRESH = "\ue000"
"""What nothing in the configuration names."""
STAR, QUESTION = "\ue200", "\ue201"
"""The letters `*` and `?` themselves, where a pattern writes `${*}` and `${?}`."""
HOLE = "\U00100000"
"""What may turn out to be anything."""
ANY_CASE = 0xE100
"""First of 26 letters that stand for `a` or `A`, `b` or `B`: equal to either where the case does not matter."""

_FRESH = range(0xE000, 0xE100)
_ATOMS = range(0xF0000, 0xF8000)
_BLOBS = range(0xF8000, 0xFFFFE)
_UNSURE = re.compile("[\U000f0000-\U0010ffff]")
# The last part of an ARN: the type, the letter of a name, and what stands behind a slash or a colon.
_ARN_OF_OWN = re.compile(r"([a-z/:-]*)([\U000f0000-\U000ffffd])([:/].*)?", re.DOTALL)
_ANY_CASES = {ANY_CASE + position: chr(ord("a") + position) for position in range(26)}

_RUNS = ("*", HOLE)

_symbols: dict[tuple[str, bool], str] = {}
_taken = {False: 0, True: 0}
_names: dict[str, str] = {}
_owners: dict[str, str] = {}


def all3(answers: Iterable[Truth]) -> Truth:
    """Whether all hold; `None` where none fails and one is not known."""
    known: Truth = True
    for answer in answers:
        if answer is False:
            return False
        known = known if answer else None
    return known


def any3(answers: Iterable[Truth]) -> Truth:
    """Whether one holds; `None` where none does and one is not known."""
    known: Truth = False
    for answer in answers:
        if answer:
            return True
        known = None if answer is None else known
    return known


def negated(answer: Truth) -> Truth:
    """The opposite; what is not known stays so."""
    return None if answer is None else not answer


def symbol(name: str, *, whole: bool = False, of: str = "") -> str:
    """The letter that stands for one value of Terraform's; the same for the same name.

    Args:
        name: as Terraform writes it, e.g. `aws_s3_bucket.b.id`.
        whole: whether it may hold colons and slashes, as an ARN does.
        of: the address of the resource that it names, so that no other resource has this name; empty for other values.
    """
    if (name, whole) not in _symbols:
        letters = _BLOBS if whole else _ATOMS
        taken = _taken[whole]
        if taken == len(letters):
            return HOLE
        _symbols[name, whole] = letter = chr(letters[taken])
        _taken[whole] += 1
        _names[letter] = name
        if of:
            _owners[letter] = re.sub(r"\[[^\]]*\]", "", of)
    return _symbols[name, whole]


def is_symbol(letter: str) -> bool:
    """Whether a letter stands for a value that Terraform fills in."""
    return ord(letter) in _ATOMS or ord(letter) in _BLOBS


def is_fresh(letter: str) -> bool:
    """Whether a letter stands for something that the configuration names nowhere."""
    return ord(letter) in _FRESH


def has_fresh(text: str) -> bool:
    """Whether a part of it is something that the configuration names nowhere."""
    return any(map(is_fresh, text))


def shown(text: str) -> str:
    """A text as a reader knows it: symbols as Terraform's references."""
    parts = (f"${{{_names[letter]}}}" if letter in _names else letter for letter in text)
    return "".join(parts).replace(HOLE, "${...}").replace(STAR, "*").replace(QUESTION, "?")


def matches(pattern: str, text: str, *, wild: bool = True, ignore_case: bool = False) -> Truth:
    """Whether a text is one of those that a pattern describes.

    Args:
        pattern: with wildcards, symbols and holes.
        text: without wildcards; may hold fresh letters and symbols.
        wild: whether `*` and `?` are wildcards, rather than letters.
        ignore_case: whether `a` is `A`.
    """
    if ignore_case:
        pattern, text = pattern.translate(_ANY_CASES).lower(), text.translate(_ANY_CASES).lower()
    if not wild:
        pattern = pattern.replace("*", STAR).replace("?", QUESTION)
    if pattern in ("*", text):
        return None if HOLE in pattern else True
    text = text.replace("*", STAR).replace("?", QUESTION)
    if _compiled(pattern)(text):
        return True
    if _UNSURE.search(pattern) or _UNSURE.search(text):
        return None if not _name_others(pattern, text) and _may_match(pattern, text) else False
    return False


def _name_others(pattern: str, text: str) -> bool:
    """Whether both are ARNs of the configuration's resources, and not of the same one."""
    parts, others = pattern.split(":", 5), text.split(":", 5)
    if len(parts) < 6 or len(others) < 6 or any(c in part for part in parts[:5] for c in ("*", "?", HOLE)):
        return False
    ours, theirs = _ARN_OF_OWN.fullmatch(parts[5]), _ARN_OF_OWN.fullmatch(others[5])
    if ours is None or theirs is None or ours[1] != theirs[1]:
        return False
    owner, other = _owners.get(ours[2]), _owners.get(theirs[2])
    ends = ord(ours[2]) in _ATOMS and ord(theirs[2]) in _ATOMS
    # Names of log groups hold slashes, but no colon:
    # docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    ends = ends or (ours[1] == "log-group:" and all((part or ":")[0] == ":" for part in (ours[3], theirs[3])))
    return bool(owner and other and owner != other) and (ends or not (ours[3] or theirs[3]))


@functools.lru_cache(65536)
def _compiled(pattern: str) -> Callable[[str], object]:
    """Whether a text surely matches: a hole never does, and `?` is not a symbol, which may have several letters."""
    if HOLE in pattern:
        return lambda text: None
    if "*" not in pattern and "?" not in pattern:
        return pattern.__eq__
    if pattern.endswith("*") and "*" not in (start := pattern[:-1]) and "?" not in start:
        return lambda text: text.startswith(start)
    written = (".*" if c == "*" else "[^\U000f0000-\U0010ffff]" if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(written), re.DOTALL).fullmatch


def _may_match(pattern: str, text: str) -> bool:
    """Whether some values of the symbols and holes make the text match."""

    @functools.cache
    def rest(i: int, j: int) -> bool:
        if i == len(pattern) and j == len(text):
            return True
        here, there = pattern[i : i + 1], text[j : j + 1]
        if here in _RUNS:
            return rest(i + 1, j) or (bool(there) and rest(i, j + 1))
        if here and is_symbol(here) and there and _absorbs(here, there):
            return rest(i + 1, j + 1) or rest(i, j + 1)
        if there and is_symbol(there) and here and _absorbs(there, here):
            return rest(i + 1, j + 1) or rest(i + 1, j)
        return bool(here and there) and here in ("?", there) and rest(i + 1, j + 1)

    if len(pattern) * len(text) > 40_000:
        return True
    return rest(0, 0)


def _absorbs(symbol: str, letter: str) -> bool:
    if ord(letter) in _FRESH:
        return False
    return ord(symbol) in _BLOBS or letter not in ":/"


def fresh(pattern: str, most: int = 0) -> Iterator[str]:
    """Texts of a pattern that lie in no other pattern unless the whole of it does.

    Each wildcard becomes a letter that no pattern names. Where other patterns hold `?`, one length of `*` does not stand
    for all: each is tried at all lengths up to `most`.

    Args:
        pattern: positive, with wildcards.
        most: 0 where no other pattern holds `?`; else 1 + the most `?` of any run without literals.
    """
    parts = pattern.replace("?", FRESH).replace(HOLE, "*").split("*")
    if len(parts) == 1 or not most:
        yield FRESH.join(parts)
        return
    lengths = [[]]  # type: list[list[int]]
    for _ in parts[1:]:
        lengths = [[*held, length] for held in lengths for length in range(most + 1)]
    for chosen in lengths:
        yield parts[0] + "".join(FRESH * length + part for length, part in zip(chosen, parts[1:], strict=True))


def longest_run(patterns: Iterable[str]) -> int:
    """1 + the most `?` that stand in one run of wildcards; 0 where none stands anywhere."""
    runs = [run.count("?") for pattern in patterns if "?" in pattern for run in re.findall(r"[*?]+", pattern)]
    return 1 + max(runs) if any(runs) else 0


def meets(one: str, other: str) -> frozenset[str]:
    """Patterns that together describe what two patterns both describe."""
    if other in (one, "*"):
        return frozenset((one,))
    if one == "*":
        return frozenset((other,))
    return _meets(one, other)


@functools.lru_cache(65536)
def _meets(one: str, other: str) -> frozenset[str]:
    if not one or not other:
        return frozenset(("",)) if not (one + other).strip("*" + HOLE) else frozenset()
    first, second = one[0], other[0]
    if first in _RUNS and second in _RUNS:
        both = _meets(one[1:], other) | _meets(one, other[1:])
        return frozenset("*" + rest.removeprefix("*") for rest in both)
    if first in _RUNS:
        return _meets(one[1:], other) | frozenset(second + rest for rest in _meets(one, other[1:]))
    if second in _RUNS:
        return _meets(other, one)
    if first == second or "?" in (first, second):
        letter = second if first == "?" else first
        return frozenset(letter + rest for rest in _meets(one[1:], other[1:]))
    return _meets_of_symbol(one, other) | _meets_of_symbol(other, one)


def _meets_of_symbol(one: str, other: str) -> frozenset[str]:
    """Where one begins with a symbol: some value of it may hold the other's letters; it stays, and stands for them."""
    if not is_symbol(one[0]) or not _absorbs(one[0], other[0]):
        return frozenset()
    return _meets(one, other[1:]) | frozenset(one[0] + rest for rest in _meets(one[1:], other[1:]))
