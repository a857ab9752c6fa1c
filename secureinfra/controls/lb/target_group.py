"""Controls on the target groups of load balancers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, NotApplicable, written

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

GROUPS = ("aws_lb_target_group", "aws_alb_target_group")

ENCRYPTED = Control(
    id="lb-target-group-encrypted",
    title="Load balancers use TLS to their targets",
    why="anyone who can listen on the network could read every request",
    row="alb-tg-encrypted",
    fix='Set protocol = "HTTPS", or "TLS" behind a network load balancer; the targets need a certificate, which may be '
    "self-signed.",
)


# docs.aws.amazon.com/config/latest/developerguide/elbv2-targetgroup-protocol-encrypted.html
@ENCRYPTED.check(*GROUPS)
def _encrypted(group: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_functions(group)
    if group.get("target_type") == "alb":
        raise NotApplicable("its target is a load balancer, whose listener is checked")
    value = group.get("protocol")
    if value not in ("HTTPS", "TLS", "QUIC", "https", "tls", "quic"):
        yield Failure(written("protocol", value), 'protocol = "HTTPS" or "TLS"', at="protocol")


HEALTH_ENCRYPTED = Control(
    id="lb-target-group-health-check-encrypted",
    title="Target group health checks use HTTPS",
    why="targets would have to answer over HTTP, where responses can be read and forged",
    row="alb-tg-health-encrypted",
    fix='Write health_check with protocol = "HTTPS".',
)


@HEALTH_ENCRYPTED.check(*GROUPS)
def _health_encrypted(group: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_functions(group)
    value = group.get("health_check.protocol")
    if value is None or value.upper() != "HTTPS":
        yield Failure(written("health_check.protocol", value), 'protocol = "HTTPS"', at="health_check[0].protocol")


def _refuse_functions(group: Block) -> None:
    if group.get("target_type") == "lambda":
        raise NotApplicable("a Lambda function is invoked, not connected to")
    protocol = group.get("protocol")
    if protocol is not None and protocol in ("GENEVE", "geneve"):
        raise NotApplicable("gateway load balancers forward packets unchanged")
