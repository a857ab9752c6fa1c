"""IAM policies as typed values, checked for where they are attached and rendered in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from secureinfra.config.problem import breaks, error_of
from secureinfra.controls import Control
from secureinfra.controls.iam.patterns import LIMITING_KEYS
from secureinfra.controls.iam.resource_policies import NO_USERS, NOT_PUBLIC
from secureinfra.controls.iam.trust import TRUST_NAMES_PRINCIPALS
from secureinfra.errors import ConfigError
from secureinfra.policy.statement import Principal, Statement

__all__ = ["SIZE_LIMITS", "PolicyDocument", "PolicyKind"]

PolicyKind = Literal["identity", "resource", "key", "trust", "endpoint", "boundary", "log"]

# Quotas in characters without white space: IAM and STS quotas, S3 bucket policies, KMS key policies.
# docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, /AmazonS3/latest/userguide/bucket-policies.html,
# /kms/latest/developerguide/resource-limits.html, /vpc/latest/privatelink/vpc-endpoints-access.html,
# /AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
SIZE_LIMITS: dict[PolicyKind, int] = {
    "identity": 10_240,
    "resource": 20_480,
    "key": 32_768,
    "trust": 2_048,
    "endpoint": 20_480,
    "boundary": 6_144,
    "log": 5_120,
}
# Operators that match a request if any one of the values matches.
_ANY_VALUE_WILL_DO = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})
_IDENTITY_BASED = frozenset({"identity", "boundary"})

# `${aws:username}` is an IAM variable; Terraform would read it as one of its references.
_POLICY_VARIABLE = re.compile(r"(?<!\$)\$\{(?=(?:[a-z][a-z0-9.-]*:[A-Za-z]|[*?$]\}))")
_REFERENCE = re.compile(r"(?<!\$)\$\{[^{}]*\}|TfToken\[[^\]]*\]")

# Minimum length of a resolved reference, by its last part; a role's ARN has at least 26 characters, `arn:aws:s3:::abc` 16.
_LEAST = {"partition}": 3, "account_id}": 12, "dns_suffix}": 10, "arn}": 16}


class PolicyDocument:
    """Statements that are written as one policy.

    Args:
        kind: where the policy is attached; decides what it may contain and how long it may be.
        path: the construct that owns it, for error messages.
        statements: the first statements.
    """

    def __init__(self, kind: PolicyKind, path: str, statements: Iterable[Statement] = ()) -> None:
        self.kind, self.path = kind, path
        self.statements: list[Statement] = []
        self.least: dict[str, int] = {}
        """Minimum length of references whose values are known better than by their last part."""
        for statement in statements:
            self.add(statement)

    def add(self, statement: Statement) -> None:
        """Add a statement, unless the policy already has it.

        Raises:
            ConfigError: this kind of policy does not accept such a statement.
            ControlError: it allows everyone or an IAM user.
        """
        if statement in self.statements:
            return
        if self.kind in _IDENTITY_BASED:
            self._judge_as_identity(statement)
        else:
            self._judge_as_resource(statement)
        self.statements.append(statement)

    def _judge_as_identity(self, statement: Statement) -> None:
        if statement.principal or statement.not_principal:
            raise ConfigError(
                f"{self.path}: an identity policy has no principal: it applies to its role. Remove principal= from the statement."
            )
        if not statement.resources and not statement.not_resources:
            raise ConfigError(
                f"{self.path}: {list(statement.actions)!r} names no resource: AWS would refuse it. Add resources=(arn, ...)."
            )

    def _judge_as_resource(self, statement: Statement) -> None:
        if not statement.principal and not statement.not_principal:
            raise ConfigError(
                f"{self.path}: a {self.kind} policy needs principals: {list(statement.actions)!r} has none. Add principal=..."
            )
        if self.kind == "trust" and (statement.resources or statement.not_resources):
            raise ConfigError(
                f"{self.path}: a trust policy applies to its own role only. Remove resources= from the statement."
            )
        if statement.effect == "Deny":
            return
        if statement.not_principal:
            self._refuse("NotPrincipal with Allow", NOT_PUBLIC)
        if statement.principal and statement.principal.users:
            self._refuse(f"principal {statement.principal.users[0]!r}", NO_USERS)
        if statement.principal and statement.principal.is_everybody and self.kind != "endpoint":
            if self.kind == "trust":
                self._refuse("principal '*'", TRUST_NAMES_PRINCIPALS)
            if not any(c.key.lower() in LIMITING_KEYS and c.demands_key for c in statement.conditions):
                self._refuse(f"{', '.join(statement.actions)} for everyone", NOT_PUBLIC)
            if stranger := _stranger(statement):
                self._refuse(f"a statement by which {stranger}", NOT_PUBLIC)

    def _refuse(self, broken: str, control: Control) -> None:
        raise error_of(self.path, [breaks(broken, control)])

    def __bool__(self) -> bool:
        return bool(self.statements)

    def render(self) -> dict[str, Any]:
        """The policy as the policy language writes it."""
        statements = [statement.render() for statement in _joined(self.statements)]
        _number_repeated_sids(statements)
        return {"Version": "2012-10-17", "Statement": statements}

    def to_json(self) -> str:
        """The policy as a plain JSON string, which scanners can read, with Terraform's references intact.

        Raises:
            ConfigError: it is longer than AWS accepts, even with the shortest possible references.
        """
        text = _POLICY_VARIABLE.sub("$${", json.dumps(self.render(), ensure_ascii=False, separators=(",", ":")))
        text = _REFERENCE.sub(_unescaped, text)
        size, limit = least_size(text, self.least), SIZE_LIMITS[self.kind]
        if size > limit:
            raise ConfigError(
                f"{self.path}: its {self.kind} policy has {size:,} characters, AWS accepts {limit:,}: the apply would "
                "fail. Merge statements, use prefixes instead of single objects, or split it over several constructs."
            )
        return text


def _unescaped(found: re.Match[str]) -> str:
    """An expression as Terraform reads it: quotes in it are its own, and not the JSON's around it."""
    return str(json.loads(f'"{found[0]}"')) if "\\" in found[0] else found[0]


def _stranger(statement: Statement) -> str:
    """A request from outside that a statement allows, in words; empty if there is none for certain, whatever references become."""
    # Late: few statements are for everyone.
    from secureinfra.proofs.outside import lets_strangers_in  # noqa: PLC0415
    from secureinfra.proofs.statements import read_policy  # noqa: PLC0415
    from secureinfra.proofs.text import HOLE  # noqa: PLC0415

    text = json.dumps({"Version": "2012-10-17", "Statement": [statement.render()]}, ensure_ascii=False)
    # What Terraform fills in may be anything; variables of IAM are the proofs' own business.
    known = _REFERENCE.sub(lambda found: found[0] if _POLICY_VARIABLE.match(found[0]) else HOLE, text)
    held = read_policy(json.loads(known))
    verdict = lets_strangers_in(held[0], held)
    return verdict.told() if verdict.answer == "BROKEN" else ""


def least_size(text: str, least: Mapping[str, int] = MappingProxyType({})) -> int:
    """Minimum number of characters of a policy, once Terraform has resolved its references.

    Args:
        text: the policy.
        least: minimum length of references that are known better than by their last part.
    """
    references = _REFERENCE.findall(text)
    written = len(text) - sum(map(len, references)) - text.count("$${")
    return written + sum(least.get(one, _LEAST.get(one.rpartition(".")[2], 1)) for one in references)


def _joined(statements: Iterable[Statement]) -> list[Statement]:
    """Statements that differ only in principals of one kind, in resources, or in the values that one condition takes, as
    one each: shorter, same meaning."""
    joined: list[Statement] = []
    for statement in statements:
        for position, other in enumerate(joined):
            both = _join(other, statement)
            if both is not None:
                joined[position] = both
                break
        else:
            joined.append(statement)
    return joined


def _join(one: Statement, two: Statement) -> Statement | None:
    first, second = one.principal, two.principal
    if first and second and first.kind == second.kind and _but(one, "principal") == _but(two, "principal"):
        return replace(one, principal=Principal(first.kind, tuple(dict.fromkeys((*first.ids, *second.ids)))))
    if one.resources and two.resources and _but(one, "resources") == _but(two, "resources"):
        return replace(one, resources=(*one.resources, *two.resources))
    if _but(one, "conditions") == _but(two, "conditions"):
        return _join_conditions(one, two)
    return None


def _join_conditions(one: Statement, two: Statement) -> Statement | None:
    """Both as one, if they differ in a single condition and only in values of which any may match."""
    if len(one.conditions) != len(two.conditions):
        return None
    differing = [pair for pair in zip(one.conditions, two.conditions, strict=True) if pair[0] != pair[1]]
    if len(differing) != 1:
        return None
    first, second = differing[0]
    if (first.operator, first.key) != (second.operator, second.key) or first.operator not in _ANY_VALUE_WILL_DO:
        return None
    both = replace(first, values=tuple(dict.fromkeys((*first.values, *second.values))))
    return replace(one, conditions=tuple(both if condition is first else condition for condition in one.conditions))


def _but(statement: Statement, left_out: str) -> list[Any]:
    """Everything in a statement except one part."""
    return [value for name, value in vars(statement).items() if name != left_out]


def _number_repeated_sids(statements: list[dict[str, Any]]) -> None:
    """Statement ids must be unique within a policy."""
    seen: set[str] = set()
    for statement in statements:
        if sid := statement.get("Sid"):
            names = (sid, *(f"{sid}{number}" for number in range(2, len(statements) + 2)))
            statement["Sid"] = next(name for name in names if name not in seen)
            seen.add(statement["Sid"])
