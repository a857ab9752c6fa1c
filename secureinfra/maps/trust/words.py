"""Conditions of statements in a few words: who they leave."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

from secureinfra.proofs.conditions import Condition, operator
from secureinfra.proofs.statements import OWN_ACCOUNT
from secureinfra.proofs.text import HOLE, shown

__all__ = ["short", "words_of"]

_SUBJECT = re.compile(
    r"repo:([^:]+):(?:environment:([^:]+)|ref:refs/heads/([^:]+)|ref:refs/tags/([^:]+)|(pull_request))$"
)
_HIDDEN = frozenset({"aws:securetransport", "aws:principalisawsservice"})
_SUBJECTS = (":sub", ":job_workflow_ref")
# Further claims of a token; its subject says more.
_OF_TOKENS = (":aud", ":repository_id", ":repository_owner_id")
_PLAIN = {
    "aws:multifactorauthpresent": "with MFA",
    "aws:sourcevpc": "from one VPC",
    "aws:sourcevpce": "through a VPC endpoint",
    "aws:vpcsourceip": "from the VPC",
    "sts:externalid": "external id",
}


def words_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """What conditions ask for, a few words each; what every request needs, such as TLS, is left out.

    Args:
        conditions: of a statement that allows.
    """
    return tuple(dict.fromkeys(word for held in conditions for word in _of_condition(held)))


def _of_condition(held: Condition) -> Iterator[str]:
    key, parsed = held.key.lower(), operator(held.operator)
    if HOLE in key:
        yield "under a condition that is not known"
    elif key in _HIDDEN or key.endswith(_OF_TOKENS):
        return
    elif parsed is not None and parsed.negated:
        yield f"unless {held.key}"
    elif key.endswith(_SUBJECTS):
        yield from (_subject(shown(value)) for value in held.values)
    elif key.endswith(":ref"):
        yield from (f"on {_ref(shown(value))}" for value in held.values)
    elif key in _WORDED:
        yield _WORDED[key](held.values)
    elif key.startswith("kms:encryptioncontext"):
        yield "one encryption context"
    else:
        yield _PLAIN.get(key, f"by {held.key}")


def _accounts(values: tuple[str, ...]) -> str:
    if values == (OWN_ACCOUNT,):
        return "only for this account"
    return _listed("only for account", values)


def _ref(value: str) -> str:
    kind, _, name = value.removeprefix("refs/").partition("/")
    word = {"heads": "branch", "tags": "tag"}.get(kind, kind)
    return f"{word} {name}"


def _sources(values: tuple[str, ...]) -> str:
    return "one source" if len(values) == 1 and "*" not in values[0] else "its own sources"


def _organization(values: tuple[str, ...]) -> str:
    return f"organization {shown(values[0]).partition('/')[0]}"


def _services(values: tuple[str, ...]) -> str:
    return f"through {', '.join(dict.fromkeys(shown(value).partition('.')[0].upper() for value in values))} only"


def _listed(word: str, values: tuple[str, ...]) -> str:
    return f"{word} {shown(values[0])}" + (f" +{len(values) - 1}" if len(values) > 1 else "")


def _subject(value: str) -> str:
    """The subject of a token, of GitHub Actions in words."""
    found = _SUBJECT.match(value)
    if found is None:
        return f"subject {value.removeprefix('repo:')}"
    repository, environment, branch, tag, _ = found.groups()
    if environment:
        return f"{repository} in environment {environment}"
    return f"{repository} on {f'branch {branch}' if branch else f'tag {tag}' if tag else 'pull requests'}"


def short(text: str) -> str:
    """A service principal without its domain and region: `ecs-tasks` for `ecs-tasks.amazonaws.com`."""
    plain = re.sub(r"\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)$", "", text)
    return re.sub(r"\.(?:\$\{[^}]*\}|[a-z]{2}(?:-[a-z]+)+-\d)$", "", plain)


_WORDED: dict[str, Callable[[tuple[str, ...]], str]] = {
    "aws:sourceaccount": _accounts,
    "kms:calleraccount": _accounts,
    "aws:principalaccount": _accounts,
    "aws:sourcearn": _sources,
    "aws:principalorgid": _organization,
    "aws:sourceorgid": _organization,
    "aws:principalorgpaths": _organization,
    "aws:sourceorgpaths": _organization,
    "kms:viaservice": _services,
    "aws:sourceip": functools.partial(_listed, "from"),
    "s3:prefix": functools.partial(_listed, "below"),
}
