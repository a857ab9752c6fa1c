"""Principals of a configuration: roles, users, groups and permission sets, with all policies that apply to them."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secureinfra.controls.iam.attachments import arn_of
from secureinfra.controls.iam.documents import policies
from secureinfra.controls.iam.escalation import HELD_BY
from secureinfra.proofs.model.managed import managed_policy, not_known
from secureinfra.proofs.model.policies import documents_in
from secureinfra.proofs.model.resources import arn_of_block
from secureinfra.proofs.reading import read_statement
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import OWN_ACCOUNT, Origin, Statement
from secureinfra.proofs.text import symbol
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

__all__ = ["PRINCIPALS", "Applied", "Principal", "principals_of"]

_PERMISSION_SET = "aws_ssoadmin_permission_set"
PRINCIPALS = (*HELD_BY, _PERMISSION_SET)
"""Types of which each block is a principal; a group stands for its members."""
_HELD_BY = {
    **HELD_BY,
    _PERMISSION_SET: (
        ("aws_ssoadmin_permission_set_inline_policy", "permission_set_arn", ""),
        ("aws_ssoadmin_managed_policy_attachment", "permission_set_arn", "managed_policy_arn"),
        ("aws_ssoadmin_managed_policy_attachments_exclusive", "permission_set_arn", "managed_policy_arns"),
    ),
}
_BY_NAME = (
    ("aws_ssoadmin_customer_managed_policy_attachment", "permission_set_arn"),
    ("aws_ssoadmin_permissions_boundary_attachment", "permission_set_arn"),
)


@dataclass(frozen=True)
class Applied:
    """One policy that applies to a principal.

    Args:
        block: what holds it, or attaches it where its text is elsewhere.
        path: the argument.
        written: what it says, as it is written.
        unread: what is not known of it; empty where all is.
    """

    block: Block
    path: str
    written: list[PolicyStatement]
    unread: str = ""

    def typed(self, configuration: Configuration) -> Iterator[Statement]:
        """Its statements as the proofs take them."""
        for held in self.written:
            at = f"{self.path}.{held.at}" if self.path and held.at else self.path or held.at
            read = read_statement(held, configuration, self.block.address)
            yield dataclasses.replace(read, origin=Origin(self.block.address, at))


@dataclass
class Principal:
    """One principal.

    Args:
        block: the role, user, group or permission set.
        caller: as requests name it.
        policies: those that give it rights.
        boundary: its permissions boundary; `None` where it has none.
        trust: what its trust policies say; of roles only.
    """

    block: Block
    caller: Caller
    policies: list[Applied] = field(default_factory=list)
    identity: list[Statement] = field(default_factory=list)
    boundary: list[Statement] | None = None
    trust: list[Statement] = field(default_factory=list)

    @property
    def written(self) -> list[PolicyStatement]:
        """All statements that give it rights, as they are written."""
        return [held for policy in self.policies for held in policy.written]

    @property
    def unread(self) -> str:
        """What is not known of its policies; empty where all is."""
        return next((policy.unread for policy in self.policies if policy.unread), "")


_READ: weakref.WeakKeyDictionary[Configuration, dict[str, Principal]] = weakref.WeakKeyDictionary()


def principals_of(configuration: Configuration) -> dict[str, Principal]:
    """The principals of a configuration by address.

    Args:
        configuration: read once; further calls give the same.
    """
    if configuration not in _READ:
        found = {block.address: _principal(block, configuration) for block in configuration.of_type(*PRINCIPALS)}
        for principal in found.values():
            principal.policies += _of_groups(principal.block, configuration, found)
            principal.identity = [held for policy in principal.policies for held in policy.typed(configuration)]
        _READ[configuration] = found
    return _READ[configuration]


def _principal(block: Block, configuration: Configuration) -> Principal:
    arn = arn_of_block(block, configuration)
    if block.type == _PERMISSION_SET:
        name = arn.rpartition("/")[2]
        arn = f"arn:aws:iam::{OWN_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{name}"
    account = arn.split(":")[4] if arn.count(":") > 4 else OWN_ACCOUNT
    # A role's sessions have names that its callers choose.
    named = symbol(f"the role and session of {block.address}", whole=True)
    session = "" if ":user/" in arn else f"arn:aws:sts::{account}:assumed-role/{named}"
    principal = Principal(block, Caller("signed", arn, account, session=session), list(_policies(block, configuration)))
    principal.boundary = _boundary(block, configuration)
    if block.type == "aws_iam_role":
        documents = documents_in(block, "assume_role_policy", configuration)
        principal.trust = [held for document in documents for held in document.statements]
        unread = (Applied(block, held.path, not_known(Unknown(held.unread))) for held in documents if held.unread)
        principal.trust += [held for policy in unread for held in policy.typed(configuration)]
    return principal


def _policies(block: Block, configuration: Configuration) -> Iterator[Applied]:
    if block.type == "aws_iam_role":
        yield from _written_in(block, "inline_policy[].policy", configuration)
        yield from _attached(block, "managed_policy_arns", configuration)
    for type, via, names in _HELD_BY[block.type]:
        for holder in _holders(block, type, via, configuration):
            if isinstance(holder, Unknown):
                yield Applied(block, "", not_known(holder), f"which {type} belong to it: {holder.text}")
            elif names:
                yield from _attached(holder, names, configuration)
            else:
                path = "inline_policy" if type.startswith("aws_ssoadmin") else "policy"
                yield from _written_in(holder, path, configuration)
    for type, via in _BY_NAME if block.type == _PERMISSION_SET else ():
        for holder in _holders(block, type, via, configuration):
            value = Unknown(f"the policy that {type} names")
            yield Applied(block, "", not_known(value), value.text if not isinstance(holder, Unknown) else holder.text)


def _holders(block: Block, type: str, via: str, configuration: Configuration) -> Iterator[Block | Unknown]:
    try:
        yield from configuration.attached(block, type, via)
    except UnknownValueError as error:
        yield error.value


def _written_in(block: Block, path: str, configuration: Configuration) -> Iterator[Applied]:
    for policy in policies(block, path, configuration):
        if isinstance(policy.read, UnknownValueError):
            yield Applied(block, policy.path, not_known(policy.read.value), policy.read.value.text)
        else:
            yield Applied(block, policy.path, policy.read)


def _attached(block: Block, path: str, configuration: Configuration) -> Iterator[Applied]:
    value = block.get(path)
    if value is None:
        return
    here = configuration.targets(block, path, "aws_iam_policy")
    for policy in here:
        if policy.section == "resource":
            yield from _written_in(policy, "policy", configuration)
    for arn in value if isinstance(value, list) else (value,):
        yield from _of_arn(block, path, arn, configuration, bool(here))


def _of_arn(block: Block, path: str, arn: Any, configuration: Configuration, here: bool) -> Iterator[Applied]:
    try:
        text = arn_of(arn, configuration)
    except UnknownValueError as error:
        if not here or configuration.target(arn) is None:
            yield Applied(block, path, not_known(error.value), error.value.text)
        return
    if not text:
        return
    account, _, name = text.rpartition(":policy/")
    if account.endswith(":aws") or not account:
        written = managed_policy(name)
        known = not any(is_unknown(condition.key) for held in written for condition in held.conditions)
        yield Applied(block, path, written, "" if known else f"what the AWS managed policy {name} allows")
    else:
        value = Unknown(f"what the policy {text} allows, which is defined elsewhere")
        yield Applied(block, path, not_known(value), value.text)


def _boundary(block: Block, configuration: Configuration) -> list[Statement] | None:
    path = "permissions_boundary"
    value = block.get(path) if block.type in ("aws_iam_role", "aws_iam_user") else None
    if value is None or (not is_unknown(value) and value == ""):
        return None
    return [held for policy in _attached(block, path, configuration) for held in policy.typed(configuration)]


def _of_groups(block: Block, configuration: Configuration, known: dict[str, Principal]) -> Iterator[Applied]:
    """What a user has through its groups."""
    if block.type != "aws_iam_user":
        return
    for type, via, names in (
        ("aws_iam_user_group_membership", "user", "groups"),
        ("aws_iam_group_membership", "users", "group"),
    ):
        for holder in _holders(block, type, via, configuration):
            if isinstance(holder, Unknown):
                yield Applied(block, "", not_known(holder), f"in which groups it is: {holder.text}")
                continue
            groups = configuration.targets(holder, names, "aws_iam_group")
            for group in groups:
                yield from known[group.address].policies if group.address in known else ()
            if len(groups) < len(holder.items(names)):
                value = Unknown(f"what the groups in {holder.address}.{names} allow")
                yield Applied(holder, names, not_known(value), value.text)
