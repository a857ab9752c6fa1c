"""Controls on hosted zones of Route 53."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import named_by, only_if
from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

ZONE, SIGNED = "aws_route53_zone", "aws_route53_hosted_zone_dnssec"


def _is_public(zone: Block) -> bool:
    return not any_of(zone.blocks("vpc"), lambda node: node.is_there)


QUERIES_LOGGED = Control(
    id="route53-zone-queries-logged",
    title="Public hosted zones log DNS queries",
    why="you could not see that an attacker explores your names, or that a subdomain is abused",
    row="r53-query-logging",
    fix="Write an aws_route53_query_log with zone_id and a log group in us-east-1.",
)
QUERIES_LOGGED.check(ZONE)(only_if(_is_public, "the zone is private", named_by("aws_route53_query_log", "zone_id")))

DNSSEC = Control(
    id="route53-zone-dnssec",
    title="Public hosted zones are signed with DNSSEC",
    why="a forged DNS answer could lead users to an attacker's servers",
    row="r53-dnssec",
    fix="Write an aws_route53_key_signing_key and an aws_route53_hosted_zone_dnssec for the zone, and a DS record in its parent.",
)


def _dnssec(zone: Block, configuration: Configuration) -> Iterator[Failure]:
    signing = configuration.attached(zone, SIGNED, "hosted_zone_id")
    if not any_of(signing, lambda one: one.get("signing_status", "SIGNING") == "SIGNING"):
        yield Failure(f"no {SIGNED} that signs it", f"an {SIGNED} with hosted_zone_id = the id of the zone")


DNSSEC.check(ZONE)(only_if(_is_public, "the zone is private", _dnssec))
