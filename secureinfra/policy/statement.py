"""One statement of a policy and its principal: typed, and refused where AWS would refuse or misunderstand it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from secureinfra.config.rules import is_token
from secureinfra.errors import ConfigError
from secureinfra.facts.arns import ACCOUNT_ID, arn
from secureinfra.facts.iam_actions import nearest_service
from secureinfra.facts.iam_actions.names import misspelled_action, misspelled_resource
from secureinfra.policy.conditions import Condition

_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_PRINCIPALS = {
    "AWS": (
        re.compile(rf"\*|{ACCOUNT_ID}|" + arn("(iam|sts)", "[^*?]+", region="", account=f"({ACCOUNT_ID}|cloudfront)")),
        "write the ARN of a role, e.g. 'arn:aws:iam::111122223333:role/deploy'; AWS takes no wildcard in it; for many "
        "roles use Principal.everybody() with the condition principal_arn('arn:aws:iam::111122223333:role/team/*')",
    ),
    "Service": (
        re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)"),
        "write e.g. 'cloudtrail.amazonaws.com'",
    ),
    "Federated": (
        re.compile(arn("iam", "(oidc|saml)-provider/[^*?]+", region="") + "|[a-z0-9.-]+"),
        "write the ARN of an identity provider",
    ),
    "*": (re.compile(r"\*"), "write Principal.everybody()"),
}
_USER = re.compile(arn("iam", "user/.*", region=""))

# Keys that a request through a VPC endpoint carries and a request over the internet does not.
_THROUGH_ENDPOINT = frozenset({"aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce"})


@dataclass(frozen=True)
class Principal:
    """The principal of a resource policy or trust policy.

    Args:
        kind: `AWS`, `Service`, `Federated` or `*`.
        ids: ARNs, account ids, service names; `("*",)` for everyone.

    Raises:
        ConfigError: an id is invalid, or has a wildcard, which AWS does not accept here.
    """

    kind: Literal["AWS", "Service", "Federated", "*"]
    ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.ids:
            raise ConfigError(f"a principal of kind {self.kind!r} has no ids: {_PRINCIPALS[self.kind][1]}.")
        pattern, hint = _PRINCIPALS[self.kind]
        for id in self.ids:
            if not is_token(id) and not pattern.fullmatch(id):
                kind = "an AWS" if self.kind == "AWS" else f"a {self.kind}"
                raise ConfigError(f"principal {id!r} is not {kind} principal: {hint}.")

    @classmethod
    def service(cls, *names: str) -> Principal:
        """AWS services, e.g. `cloudtrail.amazonaws.com`."""
        return cls("Service", names)

    @classmethod
    def arns(cls, *arns: str) -> Principal:
        """Roles or account roots by ARN."""
        return cls("AWS", arns)

    @classmethod
    def federated(cls, *arns: str) -> Principal:
        """Identity providers by ARN."""
        return cls("Federated", arns)

    @classmethod
    def everybody(cls) -> Principal:
        """Everyone (`*`): for a Deny, or for an Allow that is limited by conditions."""
        return cls("*", ("*",))

    @property
    def is_everybody(self) -> bool:
        """Whether it is everyone, as `*` or `{"AWS": "*"}`."""
        return "*" in self.ids

    @property
    def users(self) -> tuple[str, ...]:
        """The IAM users among the ids."""
        return tuple(id for id in self.ids if _USER.fullmatch(id))

    def render(self) -> Any:
        """The principal as the policy language writes it."""
        return "*" if self.kind == "*" else {self.kind: list(self.ids)}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy.

    Args:
        actions: `service:Action`, `*` and `?` allowed within an action's name.
        resources: ARNs; left out in trust policies.
        effect: `Allow` or `Deny`.
        conditions: all must hold.
        principal: in resource and trust policies only.
        not_principal: everyone except these; with a Deny only.
        not_actions: every action except these.
        not_resources: every resource except these.
        sid: letters and digits.
        new_actions: those of the actions that AWS added after this library's list was made, so that they are not held
            against it.

    Raises:
        ConfigError: it is malformed, contradicts itself, names an action or a type of resource that does not exist, or
            would not be enforced as meant.
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
    new_actions: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("actions", "resources", "not_actions", "not_resources", "conditions", "new_actions"):
            object.__setattr__(self, name, _unique(name, getattr(self, name)))
        for problem in (*self._form(), *self._sense()):
            raise ConfigError(problem)

    def _form(self) -> Iterator[str]:
        """Problems that AWS would reject as malformed."""
        if self.effect not in ("Allow", "Deny"):
            yield f"effect {self.effect!r} is not an effect: write 'Allow' or 'Deny'."
        for action in (*self.actions, *self.not_actions):
            yield from _action_problems(action, acknowledged=action in self.new_actions)
        for resource in (*self.resources, *self.not_resources):
            yield from _resource_problems(resource)
        if self.sid and not (self.sid.isalnum() and self.sid.isascii()):
            yield f"sid {self.sid!r} is not a statement id: AWS takes letters and digits only."
        for one, other in (("actions", "not_actions"), ("resources", "not_resources"), ("principal", "not_principal")):
            if getattr(self, one) and getattr(self, other):
                yield f"a statement has both {one} and {other}: AWS takes one of them. Write two statements."
        for action in self.new_actions:
            if action not in (*self.actions, *self.not_actions):
                yield f"new_actions names {action!r}, which is not among the actions of the statement. Add it there too."
        if not self.actions and not self.not_actions:
            yield "a statement has no action: it would have no effect. Add actions=('service:Action', ...)."

    def _sense(self) -> Iterator[str]:
        """Problems that AWS would accept, and then not enforce as meant."""
        keys = [(condition.operator, condition.key.lower()) for condition in self.conditions]
        for operator, key in dict.fromkeys(keys):
            if keys.count((operator, key)) > 1:
                yield (
                    f"two conditions on {operator} {key}: AWS would keep only one. Write one condition with all the values."
                )
        yield from self._contradictions()
        demanded = self._demanded()
        if "aws:vpcsourceip" in demanded and not demanded & {"aws:sourcevpc", "aws:sourcevpce"}:
            yield (
                "a condition on aws:VpcSourceIp names no VPC: a VPC of any account may use the same addresses. Write "
                "from_private_network(..., vpc=...), which names both."
            )
        outside = any(c.negated and c.key.lower() == "aws:sourceip" for c in self.conditions)
        if self.effect == "Deny" and outside and not any(c.key == "aws:ViaAWSService" for c in self.conditions):
            yield (
                "a Deny for addresses outside a range also blocks what AWS services do for the caller, e.g. Athena "
                "reading S3. Write conditions=outside_ip(...), which exempts them."
            )

    def _contradictions(self) -> Iterator[str]:
        demanded = self._demanded()
        if "aws:sourceip" in demanded and demanded & _THROUGH_ENDPOINT:
            yield (
                "conditions on aws:SourceIp and on a VPC endpoint are never both true: a request carries one or the "
                "other. Write two statements."
            )
        for one in self.conditions:
            for other in self.conditions:
                same = one.key.lower() == other.key.lower() and one is not other
                if same and one.base == "Null" and one.values == ("true",) and other.key.lower() in demanded:
                    yield f"conditions require that {one.key} is absent and that it has a value: they are never both true."
                if same and other.base == one.base.replace("Equals", "NotEquals") and one.values == other.values:
                    yield f"conditions require that {one.key} is and is not {list(one.values)!r}: they are never both true."

    def _demanded(self) -> set[str]:
        """Keys that a request must carry for the statement to hold."""
        return {condition.key.lower() for condition in self.conditions if condition.demands_key}

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
            rendered: dict[str, dict[str, list[str]]] = {}
            for condition in self.conditions:
                rendered.setdefault(condition.operator, {})[condition.key] = list(condition.values)
            parts["Condition"] = rendered
        return parts


def _unique(name: str, given: Any) -> tuple[Any, ...]:
    if isinstance(given, str | Condition):
        raise ConfigError(f"{name}={given!r} is one value: write a tuple, ({given!r},).")
    values = tuple(dict.fromkeys(given))
    for value in values:
        if isinstance(value, tuple | list):
            raise ConfigError(
                f"{name} contains a tuple: unpack it with a star, {name}=(*from_private_network(...), ...)."
            )
        if not isinstance(value, Condition if name == "conditions" else str):
            kind = "Condition" if name == "conditions" else "string"
            raise ConfigError(f"{name} holds {value!r}, which is not a {kind}.")
    return values


def _action_problems(action: str, *, acknowledged: bool) -> Iterator[str]:
    if is_token(action):
        return
    if not _ACTION.fullmatch(action):
        lowered = _lowered(action)
        hint = f"write {lowered!r}" if _ACTION.fullmatch(lowered) else "write 'service:Action', e.g. 's3:GetObject'"
        yield f"action {action!r} is not an action: {hint}."
    elif near := nearest_service(action.partition(":")[0]) if ":" in action else None:
        service, _, name = action.partition(":")
        yield f"action {action!r} names an unknown service: AWS has no {service!r}. Did you mean '{near}:{name}'?"
    elif not acknowledged and (meant := misspelled_action(action)) is not None:
        hint = f" Did you mean {str(meant)!r}?" if meant else ""
        yield (
            f"action {action!r} is not in AWS's list of actions: the statement would grant or deny nothing.{hint} If AWS added "
            f"it since, acknowledge that with new_actions=({action!r},)."
        )


def _lowered(action: str) -> str:
    service, colon, name = action.partition(":")
    return service.lower() + colon + name


def _resource_problems(resource: str) -> Iterator[str]:
    if resource == "*" or resource.startswith(("${", "TfToken[")):
        return
    parts = resource.split(":", 5)
    if not resource.startswith("arn:") or (not is_token(resource) and "*" not in resource and len(parts) < 6):
        yield f"resource {resource!r} is not an ARN: write e.g. 'arn:aws:s3:::bucket/*', or a reference."
    elif len(parts) == 6 and parts[4].isdigit() and len(parts[4]) != 12:
        yield f"resource {resource!r} names account {parts[4]!r}, which is not an account id: it has 12 digits."
    elif meant := misspelled_resource(resource):
        yield f"resource {resource!r} is of a type that AWS does not have: it matches nothing. Did you mean {str(meant)!r}?"
