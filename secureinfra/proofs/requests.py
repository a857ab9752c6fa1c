"""Requests: who asks AWS for which action on which resource, and what AWS knows of it beside."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Literal

from secureinfra.proofs.text import shown

__all__ = ["Caller", "CallerKind", "Request"]

CallerKind = Literal["anonymous", "signed", "service", "federated"]


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Args:
        kind: `anonymous` for an unsigned request; `signed` for a user or role; `service` for an AWS service that acts by
            itself; `federated` for a caller that an identity provider vouches for, in a request to assume a role.
        arn: of the user or role, for a role's session the role's; empty unless signed.
        account: of the user or role.
        service: the service principal, e.g. `sns.amazonaws.com`; of the provider, where federated.
        session: the ARN of a role's session, where it is one.
    """

    kind: CallerKind
    arn: str = ""
    account: str = ""
    service: str = ""
    session: str = ""

    @property
    def is_root(self) -> bool:
        """Whether it is an account's root user."""
        return self.arn.endswith(":root")

    def __str__(self) -> str:
        """The caller in words, as a message names it."""
        if self.kind == "anonymous":
            return "an anonymous caller"
        return (
            _short(shown(self.arn or self.service)) if self.kind == "signed" else f"the service {shown(self.service)}"
        )


@dataclass(frozen=True)
class Request:
    """One request.

    Args:
        caller: who asks.
        action: e.g. `s3:GetObject`, in AWS's own case.
        resource: its ARN.
        context: condition keys in lower case with their values; a key that is not there is absent.
    """

    caller: Caller
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        """The request in words, with all its context."""
        return self.told(self.context)

    def told(self, keys: Container[str]) -> str:
        """The request in words: `an anonymous caller could s3:GetObject arn:aws:s3:::b/x from 198.51.100.7`.

        Args:
            keys: the condition keys, in lower case, that are worth telling.
        """
        on = f" {_short(shown(self.resource))}" if self.resource not in ("", "*") else ""
        origin = next((key for key in _ORIGINS if key in self.context), "")
        where = f" from {shown(self.context[origin][0])}" if origin else ""
        hidden = {origin, *_OF_THE_CALLER}
        beside = [(key, values) for key, values in sorted(self.context.items()) if key in keys and key not in hidden]
        told = ", ".join(f"{_AWS_CASE.get(key, key)} {', '.join(map(shown, values))}" for key, values in beside)
        return f"{self.caller} could {shown(self.action)}{on}{where}{f' with {told}' if told else ''}"


def _short(arn: str) -> str:
    """The ARN of a resource of the configuration as Terraform writes it."""
    return re.sub(
        r"arn:aws:[^$]*(?:\$\{the region of [^}]*\})?:\$\{[^}]*\}:[a-z:/]*\$\{the name of ([^}]*)\}", r"${\1.arn}", arn
    )


_ORIGINS = ("aws:sourceip", "aws:sourcevpce")
# What a message need not repeat: the name of the caller says it.
_OF_THE_CALLER = frozenset({"aws:principalarn", "aws:principalaccount", "kms:calleraccount", "aws:userid"})
_AWS_CASE = {
    key.lower(): key
    for key in (
        "aws:CurrentTime aws:MultiFactorAuthPresent aws:PrincipalOrgID aws:PrincipalOrgPaths aws:Referer aws:SecureTransport "
        "aws:SourceAccount aws:SourceArn aws:SourceIp aws:SourceOrgID aws:SourceOrgPaths aws:SourceOwner aws:SourceVpc "
        "aws:SourceVpce aws:VpcSourceIp aws:ViaAWSService aws:PrincipalIsAWSService aws:RequestedRegion aws:UserAgent "
        "aws:ResourceAccount aws:ResourceOrgID aws:PrincipalType"
    ).split()
}
