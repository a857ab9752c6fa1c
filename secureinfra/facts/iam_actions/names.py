"""What is misspelled in a policy: actions, condition keys and types of resources that AWS's lists do not have."""

from __future__ import annotations

import functools
import pkgutil
import re
from collections.abc import Mapping

from secureinfra.facts.iam_actions import has_service, named_by, nearest_service
from secureinfra.suggest import nearest

__all__ = ["Misspelling", "misspelled_action", "misspelled_key", "misspelled_resource"]

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, with aws:SourceOwner, which SNS still sends.
_GLOBAL = """
    PrincipalArn PrincipalAccount PrincipalOrgPaths PrincipalOrgID PrincipalTag/* PrincipalIsAWSService PrincipalServiceName
    PrincipalServiceNamesList PrincipalType userid username AssumedRoot FederatedProvider TokenIssueTime MultiFactorAuthAge
    MultiFactorAuthPresent ChatbotSourceArn Ec2InstanceSourceVpc Ec2InstanceSourcePrivateIPv4 SourceIdentity SignInSessionArn
    SourceIp SourceVpc SourceVpcArn SourceVpce VpceAccount VpceOrgID VpceOrgPaths VpcSourceIp ResourceAccount ResourceOrgID
    ResourceOrgPaths ResourceTag/* CalledVia CalledViaFirst CalledViaLast CalledViaAWSMCP ViaAWSMCPService ViaAWSService
    CurrentTime EpochTime referer RequestedRegion RequestTag/* TagKeys SecureTransport SourceAccount SourceArn SourceOrgID
    SourceOrgPaths UserAgent IsMcpServiceAction SourceOwner
""".split()
# Keys that services set for credentials of their own: the same page.
_OF_CREDENTIALS = (
    "ec2:RoleDelivery ec2:SourceInstanceArn glue:RoleAssumedBy glue:CredentialIssuingService codebuild:BuildArn "
    "codebuild:ProjectArn lambda:SourceFunctionArn ssm:SourceInstanceArn identitystore:UserId"
).split()
_NEAR = 0.8


class Misspelling(str):
    """The name that was probably meant; empty where the lists have none like it."""

    __slots__ = ()


def misspelled_action(action: str) -> Misspelling | None:
    """What an action that does not exist probably means; `None` for one that exists, or whose service the list lacks.

    Args:
        action: `service:Action`; a pattern must match some action.
    """
    service, colon, name = action.partition(":")
    if not colon or "$" in action or "*" in service or "?" in service:
        return None
    if near := nearest_service(service.lower()):
        return Misspelling(f"{near}:{name}")
    if not has_service(service) or next(named_by(action), None) is not None:
        return None
    known = {one.lower(): one for one in named_by(f"{service}:*")}
    meant = nearest(action.lower(), known)
    return Misspelling(known[meant] if meant else "")


def misspelled_key(key: str) -> Misspelling | None:
    """What a condition key that does not exist probably means; `None` for one that exists, or that is like no other.

    Keys of identity providers are not in AWS's list, and younger keys are not either.
    """
    if "$" in key.partition("/")[0] or ":" not in key or _is_key(key):
        return None
    # `aws:RequestTag/team`: what follows the slash is the user's.
    start, slash, rest = key.partition("/")
    known = {one.partition("/")[0].lower(): one.partition("/")[0] for one in _keys().values()}
    meant = nearest(start.lower(), known, cutoff=_NEAR)
    prefix, _, _ = start.lower().partition(":")
    if meant is None or (not meant.startswith(f"{prefix}:") and prefix in _prefixes()):
        return None
    if meant == start.lower():
        return None
    return Misspelling(f"{known[meant]}{slash}{rest}")


def misspelled_resource(arn: str) -> Misspelling | None:
    """What a resource of a type that does not exist probably means; `None` if its type exists, or is like no other.

    Args:
        arn: of one resource or a pattern.
    """
    parts = arn.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6 or re.search(r"[*?$]", parts[2]):
        return None
    types = _types().get(parts[2])
    if types is None:
        near = nearest_service(parts[2]) if parts[2] else None
        return Misspelling(":".join((*parts[:2], near, *parts[3:]))) if near else None
    first = re.split("[/:]", parts[5])[0]
    if "*" in types or first in types or re.search(r"[*?$]", first) or not first:
        return None
    meant = nearest(first, types, cutoff=_NEAR)
    return Misspelling(":".join((*parts[:5], meant + parts[5][len(first) :]))) if meant else None


def _is_key(key: str) -> bool:
    lowered = key.lower()
    keys = _keys()
    start = lowered.partition("/")[0]
    # kms:EncryptionContext:${EncryptionContextKey}, aws:RequestTag/${TagKey}: what is in place of the variable is the user's.
    return lowered in keys or f"{start}/*" in keys or any(lowered.startswith(one) for one in _open_keys())


@functools.cache
def _keys() -> Mapping[str, str]:
    """Condition keys by their form in lower case, with `*` for what users choose."""
    listed = [re.sub(r"\$\{[^}]*\}", "*", key) for key in _lines()["keys"].split()]
    every = (*listed, *(f"aws:{name}" for name in _GLOBAL), *_OF_CREDENTIALS)
    return {key.lower(): key for key in every}


@functools.cache
def _open_keys() -> tuple[str, ...]:
    """How keys begin that end with what users choose."""
    return tuple(key.partition("*")[0] for key in _keys() if "*" in key)


@functools.cache
def _prefixes() -> frozenset[str]:
    return frozenset(key.partition(":")[0] for key in _keys())


@functools.cache
def _types() -> Mapping[str, frozenset[str]]:
    return {service: frozenset(types.split()) for service, types in _lines().items() if service != "keys"}


@functools.cache
def _lines() -> Mapping[str, str]:
    text = (pkgutil.get_data("secureinfra.facts.iam_actions", "names.txt") or b"").decode()
    parts = (line.partition(": ") for line in text.splitlines() if not line.startswith("#"))
    return {name: held for name, _, held in parts}
