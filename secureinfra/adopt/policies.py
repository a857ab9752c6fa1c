"""Policies that exist, as statements of a program: nothing that was allowed or denied is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.source import Call

_MAKERS = {"AWS": "Principal.arns", "Service": "Principal.service", "Federated": "Principal.federated"}
_FIELDS = {"Action": "actions", "Resource": "resources", "NotAction": "not_actions", "NotResource": "not_resources"}


def statements_in(text: Any) -> list[dict[str, Any]]:
    """The statements of a policy; none of an empty text.

    Raises:
        Unfit: it is not a policy.
    """
    if not text:
        return []
    try:
        held = json.loads(text)["Statement"]
    except (ValueError, TypeError, KeyError):
        raise Unfit("its policy is not readable as JSON") from None
    found = held if isinstance(held, list) else [held]
    if not all(isinstance(one, dict) for one in found):
        raise Unfit("its policy is not readable as JSON")
    return found


def calls_of(statement: Mapping[str, Any]) -> Iterator[Call]:
    """A statement as calls of `Statement`: one for each kind of principal.

    Raises:
        Unfit: it has something that no call says.
    """
    if unknown := set(statement) - {"Sid", "Effect", "Principal", "Condition", *_FIELDS}:
        raise Unfit(f"its policy has {', '.join(sorted(unknown))}, which is not carried over")
    named: dict[str, Any] = {}
    sid = str(statement.get("Sid", ""))
    if re.fullmatch("[A-Za-z0-9]+", sid):
        named["sid"] = sid
    if statement.get("Effect") != "Allow":
        named["effect"] = str(statement.get("Effect"))
    named |= {name: listed(statement[key]) for key, name in _FIELDS.items() if key in statement}
    conditions = tuple(
        Call("Condition", (operator, key, listed(values)))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    )
    if conditions:
        named["conditions"] = conditions
    for principal in _principals(statement.get("Principal")):
        yield Call("Statement", named={**({"principal": principal} if principal else {}), **named})


def _principals(principal: Any) -> list[Call | None]:
    if principal is None:
        return [None]
    if principal == "*":
        return [Call("Principal.everybody")]
    if not isinstance(principal, Mapping) or set(principal) - set(_MAKERS):
        raise Unfit("its policy has a principal of a kind that is not carried over")
    if any("*" in listed(ids) for ids in principal.values()):
        return [Call("Principal.everybody")]
    return [Call(_MAKERS[kind], listed(ids)) for kind, ids in principal.items()]


def listed(value: Any) -> tuple[str, ...]:
    """One or several values of the policy language, which writes a single one without a list."""
    values = value if isinstance(value, list) else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)


def is_tls_only(statement: Mapping[str, Any]) -> bool:
    """Whether a statement denies requests without TLS to everyone, and nothing else."""
    condition = statement.get("Condition") or {}
    denies = statement.get("Effect") == "Deny" and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    return (
        denies
        and set(condition) == {"Bool"}
        and {key.lower(): listed(values) for key, values in condition["Bool"].items()}
        == {"aws:securetransport": ("false",)}
    )


def is_account_root(statement: Mapping[str, Any], account: str | None) -> bool:
    """Whether a statement of a key's policy leaves the key to the IAM policies of its account."""
    principal = statement.get("Principal")
    ids = listed(principal["AWS"]) if isinstance(principal, Mapping) and set(principal) == {"AWS"} else ()
    roots = {account, *(one for one in ids if re.fullmatch(rf"arn:[a-z-]+:iam::{account}:root", one))}
    allows = statement.get("Effect") == "Allow" and "Condition" not in statement
    return allows and bool(ids) and set(ids) <= roots and "kms:*" in listed(statement.get("Action", ()))


def canonical(policy: Any) -> Any:
    """A policy in a form that is equal for equal ones: statements and values without order, single values as lists."""
    try:
        held = json.loads(str(policy).replace("$${", "${"))
    except ValueError:
        return policy
    statements = held.get("Statement", []) if isinstance(held, Mapping) else []
    return sorted(
        json.dumps(_plain(one), sort_keys=True)
        for one in (statements if isinstance(statements, list) else [statements])
    )


def _plain(held: Any) -> Any:
    if not isinstance(held, Mapping):
        return sorted(listed(held))
    if set(held) == {"AWS"} and "*" in listed(held["AWS"]):
        return ["*"]
    return {key: value if key in ("Effect", "Sid") else _plain(value) for key, value in held.items()}


def policy_changes(old: Any, new: Any) -> str:
    """The statements that a policy gets and loses, by their ids: `+DenyOldTls, -Partner`; empty if they have none."""
    before, now = (dict.fromkeys(canonical(policy)) if policy else {} for policy in (old, new))
    signs = [f"+{_called(one)}" for one in now if one not in before] + [
        f"-{_called(one)}" for one in before if one not in now
    ]
    return ", ".join(sorted(signs))


def _called(statement: str) -> str:
    held = json.loads(statement)
    return str(held.get("Sid") or f"{held.get('Effect')} {' '.join(held.get('Action', held.get('NotAction', ())))}")
