"""Strangers: callers that a policy does not mean.

A stranger chooses its own account, organization, network and names, but owns none that the policy writes out and none of
the configuration's own. What it owns holds a fresh letter where its owner stands. "The meaning of public":
docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Container, Iterable
from dataclasses import replace

from secureinfra.facts.networks import INTERNET_BELOW
from secureinfra.proofs.conditions import network_of, operator
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import FRESH, has_fresh, is_fresh, is_symbol
from secureinfra.proofs.worlds import World, now_or_later

__all__ = ["deputies", "is_of_a_stranger", "members", "others", "strangers", "strangers_inside"]

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ACCOUNT_DIGITS = 12

# Keys of which each value has an owner, by where the owner stands in it.
_ACCOUNTS = frozenset(
    "aws:principalaccount aws:sourceaccount aws:sourceowner kms:calleraccount aws:vpceaccount s3:dataaccesspointaccount "
    "vpc-lattice-svcs:sourcevpcowneraccount".split()
)
_ARNS = frozenset(
    "aws:principalarn aws:sourcearn aws:sourcevpcarn s3:dataaccesspointarn ec2:sourceinstancearn lambda:sourcefunctionarn "
    "s3:x-amz-server-side-encryption-aws-kms-key-id aws:federatedprovider".split()
)
_IDS = frozenset(
    "aws:principalorgid aws:sourceorgid aws:vpceorgid aws:sourcevpc aws:sourcevpce vpc-lattice-svcs:sourcevpc "
    "aws:ec2instancesourcevpc".split()
)
_FIRST_PARTS = {
    "aws:principalorgpaths": "/",
    "aws:sourceorgpaths": "/",
    "aws:vpceorgpaths": "/",
    "aws:userid": ":",
}
# Only who stands in the VPC reaches a mount target: docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
_INSIDE = frozenset({"elasticfilesystem:accessedviamounttarget"})

_OF_IAM = re.compile(r"^(?:[^:]*:){5}(?:role/|user/|root$|federated-user/|assumed-role/)")

# Services that answer requests that are not signed; to the others every caller is a principal.
_ANSWER_ANYBODY = frozenset("s3 sqs sns execute-api es elasticfilesystem mediastore vpc-lattice-svcs lambda".split())

_OF_SERVICES = frozenset("aws:sourceaccount aws:sourcearn aws:sourceowner aws:sourceorgid aws:sourceorgpaths".split())
_OF_PRINCIPALS = frozenset(
    "aws:principalarn aws:principalaccount aws:principalorgid aws:principalorgpaths aws:userid aws:username kms:calleraccount "
    "aws:multifactorauthpresent aws:multifactorauthage aws:federatedprovider aws:tokenissuetime aws:sourceidentity".split()
)
_THROUGH_ENDPOINTS = frozenset(
    "aws:sourcevpc aws:sourcevpce aws:vpcsourceip aws:sourcevpcarn aws:vpceaccount aws:vpceorgid aws:vpceorgpaths".split()
)
# Networks that together hold more addresses have no single owner, like one that counts as the internet.
_MOST_ADDRESSES = {4: 1 << 28, 6: 1 << 104}


def strangers(statements: Iterable[Statement]) -> list[World]:
    """The kinds of callers that no policy means: signed, anonymous, and services that act for others.

    Args:
        statements: of the policies that are asked; the networks they name count as known callers, unless they are too wide.
    """
    owned = _owned_networks(statements)
    return [_world(kind, through, owned) for kind, through in _KINDS]


def strangers_inside() -> list[World]:
    """Strangers' principals in the network behind a VPC endpoint, who ask for resources of their own."""
    world = _world("signed", "", ())
    always = {**world.always, "aws:resourceaccount": FRESH, "s3:resourceaccount": FRESH}
    return [replace(world, always=always, never=world.never | {"aws:sourceip"}, allows=_allows_inside)]


def deputies(service: str) -> list[World]:
    """A service that acts for a stranger's resource.

    Args:
        service: the service principal.
    """
    world = _world("service", "", ())
    return [replace(world, caller=Caller("service", service=service))]


def members(account: str) -> list[World]:
    """Callers of an account that nothing distinguishes from its others: no name, tag, second factor or secret.

    Args:
        account: its number, or the symbol of it.
    """
    world = _world("signed", "internet", ())
    arn = f"arn:aws:iam::{account}:role/{FRESH}"
    always = {**world.always, "aws:principalarn": arn, "aws:principalaccount": account, "kms:calleraccount": account}
    never = (world.never - _THROUGH_ENDPOINTS) | {"aws:multifactorauthage"}
    allows = functools.partial(_allows_members, account)
    return [replace(world, caller=Caller("signed", arn, account), always=always, never=never, allows=allows)]


def others(own: Container[str]) -> list[World]:
    """Callers of any other account, whether a policy names it or not.

    Args:
        own: the numbers of the account that is meant, and its symbol.
    """
    worlds = (_world("signed", "internet", ()), _world("anonymous", "internet", ()), _world("service", "", ()))
    allows = functools.partial(_allows_others, own)
    return [replace(world, never=world.never - _THROUGH_ENDPOINTS, allows=allows) for world in worlds]


_KINDS = (
    ("anonymous", "internet"),
    ("signed", "internet"),
    ("signed", "endpoint"),
    ("anonymous", "endpoint"),
    ("service", ""),
)
_EVERY_REQUEST = {"aws:securetransport": "true", "aws:currenttime": "1800000000", "aws:epochtime": "1800000000"}


def _world(kind: str, through: str, owned: tuple[_Network, ...]) -> World:
    always = {**_EVERY_REQUEST, "aws:viaawsservice": "false", "aws:principalisawsservice": "false"}
    # Some services, such as SNS, tell of signed callers, too, for whose account they ask.
    never = frozenset({"aws:sourceip", *_OF_PRINCIPALS, *_THROUGH_ENDPOINTS} if kind == "service" else ())
    defaults = {"aws:sourceaccount": FRESH, "aws:sourcearn": f"arn:aws:s3:::{FRESH}"}
    caller = Caller("anonymous")
    if kind == "signed":
        arn = f"arn:aws:iam::{FRESH}:role/{FRESH}"
        caller = Caller("signed", arn, FRESH)
        always |= {
            "aws:principalarn": arn,
            "aws:principalaccount": FRESH,
            "kms:calleraccount": FRESH,
            "aws:userid": f"AROA{FRESH}:{FRESH}",
            "aws:principaltype": "AssumedRole",
        }
    elif kind == "anonymous":
        never |= _OF_PRINCIPALS | _OF_SERVICES
        always["aws:principaltype"] = "Anonymous"
    else:
        caller = Caller("service", service=FRESH)
        always |= {"aws:principalisawsservice": "true"}
        never = never | {"aws:principaltype"}
    if through == "internet":
        always["aws:sourceip"] = _address_outside(owned)
        never |= _THROUGH_ENDPOINTS
    elif through == "endpoint":
        always |= {"aws:sourcevpce": f"vpce-{FRESH}", "aws:sourcevpc": f"vpc-{FRESH}"}
        never |= {"aws:sourceip"}
    return World(caller, always, frozenset(never), functools.partial(_allows, kind, owned), defaults)


def _allows(kind: str, owned: tuple[_Network, ...], key: str, value: str) -> bool:
    if key == "@action":
        service = value.partition(":")[0]
        return kind != "anonymous" or service in _ANSWER_ANYBODY or has_fresh(service)
    if key == "aws:principalisawsservice":
        return value == ("true" if kind == "service" else "false")
    if key == "aws:sourceip":
        return _is_outside(value, owned)
    return now_or_later(key, value) and is_of_a_stranger(key, value)


def _allows_inside(key: str, value: str) -> bool:
    if key == "@resource":
        return _is_strangers_arn(value) if value.count(":") > 4 else has_fresh(value)
    if key in ("aws:resourceaccount", "s3:resourceaccount"):
        return _is_strangers_account(value)
    if key in ("aws:resourceorgid", "aws:resourceorgpaths"):
        return has_fresh(value.partition("/")[0])
    # The endpoint and its network are the configuration's own.
    return key in _THROUGH_ENDPOINTS or _allows("signed", (), key, value)


def _allows_members(account: str, key: str, value: str) -> bool:
    if key in ("aws:principalaccount", "kms:calleraccount"):
        return value == account
    if key == "aws:principalarn":
        parts = value.split(":", 5)
        return len(parts) == 6 and parts[4] == account and _is_any(parts[5].partition("/")[2] or parts[5])
    if key == "sts:externalid" or key.startswith("aws:principaltag/"):
        return _is_any(value)
    if key == "aws:multifactorauthpresent":
        return value == "false"
    return key in _THROUGH_ENDPOINTS or _allows("signed", (), key, value)


def _is_any(text: str) -> bool:
    return all(map(is_fresh, text))


def _allows_others(own: Container[str], key: str, value: str) -> bool:
    if key in _ACCOUNTS:
        return value not in own and not any(map(is_symbol, value))
    if key in _ARNS:
        parts = value.split(":", 5)
        named = len(parts) == 6 and parts[2] != "s3" and parts[4]
        return parts[4] not in own and not any(map(is_symbol, parts[4])) if named else _is_strangers_arn(value)
    if key == "aws:principalisawsservice":
        return True
    return key not in _INSIDE and now_or_later(key, value)


def is_of_a_stranger(key: str, value: str) -> bool:
    """Whether a stranger's request can carry a value of a key.

    Args:
        key: in lower case.
        value: with fresh letters for what nothing names.
    """
    if key in _ACCOUNTS:
        return _is_strangers_account(value)
    if key == "aws:principalarn" and not (is_fresh(value.split(":", 5)[-1][:1] or "-") or _OF_IAM.search(value)):
        return False
    if key in _ARNS:
        return _is_strangers_arn(value)
    if key in _IDS or key in _FIRST_PARTS:
        owner = value.partition(_FIRST_PARTS.get(key, "\0"))[0]
        return has_fresh(owner) and not any(map(is_symbol, owner))
    return key not in _INSIDE or value == "false"


def _is_strangers_account(value: str) -> bool:
    """Whether a text can be the number of an account that is not written out: 12 digits, not all of them named."""
    named = [letter for letter in value if not is_fresh(letter)]
    return has_fresh(value) and len(named) < _ACCOUNT_DIGITS and all(letter.isdigit() for letter in named)


def _is_strangers_arn(value: str) -> bool:
    parts = value.split(":", 5)
    if len(parts) < 6:  # no ARN: those that a wildcard makes of the same pattern have all six
        return False
    service, account, resource = parts[2], parts[4], parts[5]
    if account and service != "s3":
        return _is_strangers_account(account)
    # Names of buckets are unique in the world, so that a bucket's ARN needs no account.
    owner = resource.partition("/")[0] if service == "s3" else resource
    return has_fresh(owner) and not any(map(is_symbol, owner))


def _owned_networks(statements: Iterable[Statement]) -> tuple[_Network, ...]:
    """The networks that policies name, as far as they can belong to known callers."""
    named = {
        network
        for statement in statements
        for condition in statement.conditions
        if (parsed := operator(condition.operator)) is not None and parsed.family == "address"
        for value in condition.values
        if (network := network_of(value)) is not None
    }
    return (
        *_narrow(
            ipaddress.collapse_addresses(network for network in named if isinstance(network, ipaddress.IPv4Network))
        ),
        *_narrow(
            ipaddress.collapse_addresses(network for network in named if isinstance(network, ipaddress.IPv6Network))
        ),
    )


def _narrow(joined: Iterable[_Network]) -> list[_Network]:
    narrow = [network for network in joined if network.prefixlen >= INTERNET_BELOW[network.version]]
    if not narrow or sum(network.num_addresses for network in narrow) > _MOST_ADDRESSES[narrow[0].version]:
        return []
    return narrow


def _is_outside(value: str, owned: tuple[_Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return not any(address in network for network in owned)


def _address_outside(owned: tuple[_Network, ...]) -> str:
    examples = ("203.0.113.7", "198.51.100.7", "192.0.2.7", *(f"{first}.8.8.8" for first in range(8, 200)))
    return next(address for address in examples if _is_outside(address, owned))
