"""IAM policies as typed values, rendered in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from secureinfra.errors import ConfigError
from secureinfra.policy.conditions import Condition
from secureinfra.values import is_token

PolicyKind = Literal["identity", "resource", "key", "trust", "endpoint", "boundary"]

# Quotas in characters without white space: IAM and STS quotas, S3 bucket policies, KMS key policies.
# docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, /AmazonS3/latest/userguide/bucket-policies.html,
# /kms/latest/developerguide/resource-limits.html, /vpc/latest/privatelink/vpc-endpoints-access.html
SIZE_LIMITS: dict[PolicyKind, int] = {
    "identity": 10_240,
    "resource": 20_480,
    "key": 32_768,
    "trust": 2_048,
    "endpoint": 20_480,
    "boundary": 6_144,
}

# `${aws:username}` is a variable of IAM; Terraform would read it as a reference of its own.
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_POLICY_VARIABLE = re.compile(r"(?<!\$)\$\{(?=(?:[a-z][a-z0-9-]*:[A-Za-z]|[*?$]\}))")


@dataclass(frozen=True)
class Principal:
    """Who a resource policy or trust policy speaks of.

    Args:
        kind: `AWS`, `Service`, `Federated` or `*`.
        ids: ARNs, account ids, service names; `("*",)` for everybody.
    """

    kind: Literal["AWS", "Service", "Federated", "*"]
    ids: tuple[str, ...]

    @classmethod
    def service(cls, *names: str) -> Principal:
        """AWS services, e.g. `cloudtrail.amazonaws.com`."""
        return cls("Service", names)

    @classmethod
    def arns(cls, *arns: str) -> Principal:
        """Roles, users or account roots by ARN."""
        return cls("AWS", arns)

    @classmethod
    def federated(cls, *arns: str) -> Principal:
        """Identity providers by ARN."""
        return cls("Federated", arns)

    @classmethod
    def everybody(cls) -> Principal:
        """Everybody: for a Deny, or for an Allow whose conditions limit it."""
        return cls("*", ("*",))

    def render(self) -> Any:
        """The principal as the policy language writes it."""
        return "*" if self.kind == "*" else {self.kind: list(self.ids)}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy.

    Args:
        actions: `service:Action`, wildcards only at the end of an action's name.
        resources: ARNs; left out in trust policies.
        effect: `Allow` or `Deny`.
        conditions: all must hold.
        principal: in resource and trust policies only.
        sid: letters and digits.
    """

    actions: Sequence[str] = ()
    resources: Sequence[str] = ()
    effect: Literal["Allow", "Deny"] = "Allow"
    conditions: Sequence[Condition] = ()
    principal: Principal | None = None
    not_principal: Principal | None = None
    not_actions: Sequence[str] = ()
    not_resources: Sequence[str] = ()
    sid: str = ""

    def __post_init__(self) -> None:
        for action in (*self.actions, *self.not_actions):
            if not is_token(action) and not _ACTION.fullmatch(action):
                raise ConfigError(f"action {action!r} is no action: write 'service:Action', e.g. 's3:GetObject'.")
        for resource in (*self.resources, *self.not_resources):
            if resource != "*" and not is_token(resource) and not resource.startswith("arn:"):
                raise ConfigError(
                    f"resource {resource!r} is no ARN: write e.g. 'arn:aws:s3:::bucket/*', or a reference."
                )
        if self.sid and not self.sid.isalnum():
            raise ConfigError(f"sid {self.sid!r} is no statement id: AWS takes letters and digits only.")

    def render(self) -> dict[str, Any]:
        """The statement as the policy language writes it."""
        parts: dict[str, Any] = {}
        if self.sid:
            parts["Sid"] = self.sid
        parts["Effect"] = self.effect
        if self.principal:
            parts["Principal"] = self.principal.render()
        if self.not_principal:
            parts["NotPrincipal"] = self.not_principal.render()
        for name, values in (
            ("Action", self.actions),
            ("NotAction", self.not_actions),
            ("Resource", self.resources),
            ("NotResource", self.not_resources),
        ):
            if values:
                parts[name] = list(values)
        if self.conditions:
            parts["Condition"] = _render_conditions(self.conditions)
        return parts


class PolicyDocument:
    """Statements that are written as one policy.

    Args:
        kind: where the policy is attached; decides what it may say and how long it may be.
        path: the construct that owns it, for error messages.
        statements: the first statements.
    """

    def __init__(self, kind: PolicyKind, path: str, statements: Iterable[Statement] = ()) -> None:
        self.kind, self.path = kind, path
        self.statements: list[Statement] = []
        for statement in statements:
            self.add(statement)

    def add(self, statement: Statement) -> None:
        """Add a statement; one that is there already is not added twice."""
        if statement not in self.statements:
            self.statements.append(statement)

    def __bool__(self) -> bool:
        return bool(self.statements)

    def render(self) -> dict[str, Any]:
        """The policy as the policy language writes it."""
        statements = [statement.render() for statement in _joined(self.statements)]
        _number_repeated_sids(statements)
        return {"Version": "2012-10-17", "Statement": statements}

    def to_json(self) -> str:
        """The policy as a plain JSON string, which scanners can read, with Terraform's references left alive.

        Raises:
            ConfigError: it is longer than AWS accepts.
        """
        text = _POLICY_VARIABLE.sub("$${", json.dumps(self.render(), ensure_ascii=False, separators=(",", ":")))
        limit = SIZE_LIMITS[self.kind]
        if len(text) > limit:
            raise ConfigError(
                f"{self.path}: its {self.kind} policy has {len(text):,} characters, AWS accepts {limit:,}: the apply would "
                "fail. Join statements, use prefixes instead of single objects, or divide it over several constructs."
            )
        return text


def _joined(statements: Iterable[Statement]) -> list[Statement]:
    """Statements that differ only in principals of one kind, or only in resources, as one each: shorter, same meaning."""
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
    if one.resources == two.resources and one.principal and two.principal and one.principal.kind == two.principal.kind:
        ids = tuple(dict.fromkeys((*one.principal.ids, *two.principal.ids)))
        principal = Principal(one.principal.kind, ids)
        return replace(one, principal=principal) if replace(two, principal=one.principal) == one else None
    if one.resources and two.resources and replace(two, resources=one.resources) == one:
        return replace(one, resources=tuple(dict.fromkeys((*one.resources, *two.resources))))
    return None


def _number_repeated_sids(statements: list[dict[str, Any]]) -> None:
    """Statement ids must be unique within a policy."""
    seen: dict[str, int] = {}
    for statement in statements:
        if sid := statement.get("Sid"):
            seen[sid] = seen.get(sid, 0) + 1
            if seen[sid] > 1:
                statement["Sid"] = f"{sid}{seen[sid]}"


def _render_conditions(conditions: Sequence[Condition]) -> dict[str, dict[str, list[str]]]:
    rendered: dict[str, dict[str, list[str]]] = {}
    for condition in conditions:
        keys = rendered.setdefault(condition.operator, {})
        if condition.key in keys:
            raise ConfigError(
                f"two conditions on {condition.operator} {condition.key}: AWS would keep only one. Write one condition "
                "with all the values."
            )
        keys[condition.key] = list(condition.values)
    return rendered
