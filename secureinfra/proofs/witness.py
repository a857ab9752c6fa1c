"""Witnesses: real requests made of candidates, each evaluated again."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterator, Sequence

from secureinfra.facts.iam_actions import named_by
from secureinfra.proofs.requests import Request
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import ANY_CASE, FRESH, Truth, all3, has_fresh, is_fresh, negated

__all__ = ["gets_through", "realized"]

_MOST_ACTIONS = 3_000
_WORDS = ("example", "other7", "0123456789abcdef0")
_DIGITS = 12
_PARTS = ("arn", "aws")
# What a reader understands at once, before others that a pattern stands for as well.
_TELLING = frozenset(
    "getobject putobject decrypt publish sendmessage getsecretvalue invoke invokefunction clientmount putevents putrecord "
    "batchgetimage query assumerole".split()
)


def gets_through(request: Request, boxes: Sequence[Statement], against: Sequence[Statement]) -> Truth:
    """Whether all of some statements apply to a request, and none of others."""
    taken = (negated(held.applies(request)) for held in against)
    return all3(itertools.chain((box.applies(request) for box in boxes), taken))


def realized(request: Request, boxes: Sequence[Statement], against: Sequence[Statement]) -> Request | None:
    """A real request of a candidate's kind that gets through; `None` where none was found.

    Args:
        request: a candidate, with fresh letters.
        boxes: statements that must all apply.
        against: statements of which none may apply.
    """
    for account in _accounts(request):
        for word in _WORDS:
            filled = _filled(request, account, word)
            for action in _actions(request, boxes):
                made = dataclasses.replace(filled, action=action)
                if _is_real(made) and gets_through(made, boxes, against):
                    return made
                if not has_fresh(request.action):
                    break
    return None


def _is_real(request: Request) -> bool:
    """Whether what is told of the caller can be: an account has 12 digits, and an ARN of IAM names a role or a user."""
    if request.caller.kind != "signed":
        return True
    parts = request.caller.arn.split(":", 5)
    return len(parts) == 6 and parts[5].startswith(("role/", "user/", "root")) and parts[4] == request.caller.account


def _accounts(request: Request) -> Iterator[str]:
    """Numbers of accounts that fit where fresh letters stand for one."""
    texts = [value for values in request.context.values() for value in values]
    parts = [part for text in (*texts, request.caller.account) for part in text.split(":")]
    partly = [part for part in parts if has_fresh(part) and any(letter.isdigit() for letter in part)]
    for part in dict.fromkeys(partly):
        named = [letter for letter in part if not is_fresh(letter)]
        free = sum(map(is_fresh, part))
        if all(letter.isdigit() for letter in named) and len(named) + free <= _DIGITS:
            yield from _numbers(part, _DIGITS - len(named) - free)
    yield from ("987654321098", "123456789012")


def _numbers(part: str, more: int) -> Iterator[str]:
    """The part with digits for its fresh letters, of which one takes all that are missing."""
    places = [position for position, letter in enumerate(part) if is_fresh(letter)]
    for digit in "970":
        for long in reversed(places):
            made = (
                (digit * (1 + more) if position == long else digit) if is_fresh(letter) else letter
                for position, letter in enumerate(part)
            )
            yield "".join(made)


def _filled(request: Request, account: str, word: str) -> Request:
    fill = functools.partial(_fill, account=account, word=word)
    context = {key: tuple(fill(value, key) for value in values) for key, values in request.context.items()}
    given = request.caller
    caller = dataclasses.replace(
        given,
        arn=context["aws:principalarn"][0] if "aws:principalarn" in context else fill(given.arn, "aws:principalarn"),
        account=fill(given.account, "aws:principalaccount"),
        service="sns.amazonaws.com" if has_fresh(given.service) else given.service,
    )
    resource = "*" if _is_all_fresh(request.resource) else fill(request.resource, "@resource")
    return dataclasses.replace(request, caller=caller, resource=resource, context=context)


def _fill(text: str, key: str, *, account: str, word: str) -> str:
    text = "".join(
        chr(ord(letter) - ANY_CASE + ord("a")) if ANY_CASE <= ord(letter) < ANY_CASE + 26 else letter for letter in text
    )
    if not has_fresh(text):
        return text
    if key.endswith(("account", "sourceowner")):
        return account
    parts = text.split(":", 5)
    if len(parts) == 6:
        parts = [_PARTS[i] if _is_all_fresh(part) and i < 2 else part for i, part in enumerate(parts)]
        if key == "aws:principalarn":
            parts[2], parts[3] = ("iam" if _is_all_fresh(parts[2]) else parts[2]), parts[3].strip(FRESH)
            # Paths of users may hold colons and slashes.
            parts[5] = f"user/{parts[5]}" if is_fresh(parts[5][:1] or "-") else parts[5]
        parts[4] = account if has_fresh(parts[4]) else parts[4]
    filled = ":".join(parts)
    word = _WORDS[-1] if key in ("aws:sourcevpc", "aws:sourcevpce") and word == _WORDS[0] else word
    prefix = "o-" if key.endswith("orgid") and _is_all_fresh(text) else ""
    return prefix + "".join(word if is_fresh(letter) else letter for letter in filled)


def _is_all_fresh(text: str) -> bool:
    return bool(text) and all(map(is_fresh, text))


def _actions(request: Request, boxes: Sequence[Statement]) -> Iterator[str]:
    if not has_fresh(request.action):
        # AWS's own spelling, where the list has it.
        yield next(iter(named_by(request.action)), request.action)
        return
    pattern = "".join("*" if is_fresh(letter) else letter for letter in request.action)
    parts = request.resource.split(":")
    near = parts[2] if len(parts) > 5 and not has_fresh(parts[2]) else ""
    found = itertools.chain(named_by(f"{near}:*") if near and pattern == "*" else (), named_by(pattern))
    fitting = (action for action in itertools.islice(found, _MOST_ACTIONS) if all(b.of_action(action) for b in boxes))
    yield from sorted(fitting, key=lambda action: action.partition(":")[2].lower() not in _TELLING)
