"""Controls on network ACLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.traffic import TCP, UDP
from secureinfra.controls.verdict import Check, Failure
from secureinfra.controls.vpc.network_acl_entries import (
    ACLS,
    RULE,
    Entry,
    Question,
    admitting,
    entries_of,
    unknown_of,
)
from secureinfra.facts.spans import merged
from secureinfra.terraform.unknown import UnknownValueError, any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

ACL_NO_ADMIN_PORTS = Control(
    id="vpc-network-acl-no-admin-ports",
    title="Network ACLs do not allow SSH or RDP from the internet",
    why="one wrong security group would be enough to expose them",
    row="nacl-no-admin-ports",
    waivable=False,
    fix="Allow single ports, and split the ephemeral ports: 1024-3388 and 3390-65535; or deny 22 and 3389, "
    "tcp and udp, in entries with lower numbers.",
)

ACL_NO_FTP = Control(
    id="vpc-network-acl-no-ftp",
    title="Network ACLs do not allow FTP from the internet",
    why="FTP sends passwords in plaintext",
    row="nacl-no-ftp",
    waivable=False,
    fix="Allow single ports such as 443, or deny 20 and 21 in an entry with a lower number.",
)

ACL_NOT_WIDE_OPEN = Control(
    id="vpc-network-acl-not-wide-open",
    title="Network ACLs do not allow all traffic from the internet",
    why="the ACL would add no protection to the security groups",
    row="nacl-no-all-ports",
    waivable=False,
    fix="Write an entry for each port that must be reachable from outside, and for the ephemeral ports.",
)

ACL_ASSOCIATED = Control(
    id="vpc-network-acl-associated",
    title="Network ACLs are associated with a subnet",
    why="an unused ACL may be edited by someone who thinks it is in effect",
    row="nacl-associated",
    fix="List subnets in subnet_ids, or write an aws_network_acl_association.",
)

Questions = Callable[[Sequence[Entry]], Sequence[Question]]
"""The traffic that no entry of an ACL may allow."""


def _keeps_out(questions: Questions, expected: str) -> Check:
    """A check that neither one entry of the block nor several together allow the internet."""

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        entries = entries_of(block, configuration)
        failed: list[Entry] = []
        unsure: list[Entry] = []
        for asked in questions(entries):
            failed += [entry for entry in admitting(entries, asked, sure=True) if entry.block is block]
            unsure += [entry for entry in admitting(entries, asked, sure=False) if entry.block is block]
        for entry in dict.fromkeys(failed):
            found = f"{entry.traffic} from {entry.network.text} allowed by rule {entry.place or 0:.0f}"
            yield Failure(found, expected, entry.at)
        if unsure and not failed:
            raise UnknownValueError(unknown_of(unsure[0]))

    return check


def _ports(*ports: int, protocols: Sequence[str]) -> Questions:
    def question(port: int, protocol: str) -> Question:
        return lambda entry: entry.traffic.holds(port, protocol)

    return lambda entries: [question(port, protocol) for port in ports for protocol in protocols]


def _everything(entries: Sequence[Entry]) -> list[Question]:
    """Whether an entry includes every port of a protocol, alone or with others that allow the rest."""

    def question(protocol: str) -> Question:
        parts = [entry for entry in entries if entry.allows and _is_part(entry, protocol)]
        spans = merged(entry.traffic.ports for entry in parts)
        together = parts if any(first <= 1 and end > 65535 for first, end in spans) else []
        return lambda entry: entry in together or entry.traffic.is_all_of(protocol)

    return [question(TCP), question(UDP)]


def _is_part(entry: Entry, protocol: str) -> bool:
    try:
        return entry.traffic.kind == protocol and entry.traffic.ports[1] > 0 and entry.network.is_internet()
    except UnknownValueError:
        return False


ACL_NO_ADMIN_PORTS.check(*ACLS, RULE)(
    # RDP uses UDP as well, and the AWS Config rule for EC2.21 checks both ports in both protocols.
    # docs.aws.amazon.com/config/latest/developerguide/nacl-no-unrestricted-ssh-rdp.html
    _keeps_out(
        _ports(22, 3389, protocols=(TCP, UDP)),
        "no entry that allows tcp or udp 22 or 3389 from the internet, unless a lower number denies them",
    )
)

ACL_NO_FTP.check(*ACLS, RULE)(
    _keeps_out(
        _ports(20, 21, protocols=(TCP,)),
        "no entry that allows tcp 20 or 21 from the internet, unless a lower number denies them",
    )
)

ACL_NOT_WIDE_OPEN.check(*ACLS, RULE)(
    _keeps_out(_everything, "entries for single ports from the internet, e.g. tcp 443")
)


@ACL_ASSOCIATED.check("aws_network_acl")
def _associated(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    def found(way: str) -> bool:
        if way == "subnet_ids":
            # A subnet in the configuration counts, even if the number of its instances is unknown.
            return bool(configuration.targets(acl, way, "aws_subnet")) or acl.has(way)
        return bool(configuration.attached(acl, way, "network_acl_id"))

    if not any_of(("subnet_ids", "aws_network_acl_association"), found):
        yield Failure("no subnet_ids and no aws_network_acl_association", "subnet_ids = the subnets to protect")
