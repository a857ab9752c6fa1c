"""Controls on load balancers: application, network and gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.lb.subnets import several_subnets
from secureinfra.controls.shared.arguments import argument, is_true, one_of
from secureinfra.controls.verdict import Check, Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

BALANCERS = ("aws_lb", "aws_alb")
_APPLICATION, _NETWORK, _GATEWAY = "application", "network", "gateway"
_ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"


def kind_of(balancer: Block) -> Any:
    """`application`, `network` or `gateway`; comparing an unknown type raises."""
    return balancer.get("load_balancer_type", _APPLICATION)


def _of_kinds(check: Check, why: str, *kinds: str) -> Check:
    """A check that applies to some types of load balancers only."""

    def of_kinds(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
        if kind_of(balancer) not in kinds:
            raise NotApplicable(why)
        yield from check(balancer, configuration)

    return of_kinds


INVALID_HEADERS_DROPPED = Control(
    id="lb-invalid-headers-dropped",
    title="Load balancers drop invalid HTTP headers",
    why="a request that servers parse differently could be smuggled past the load balancer's rules",
    row="alb-drop-invalid-headers",
    fix="Set drop_invalid_header_fields = true.",
)

INVALID_HEADERS_DROPPED.check(*BALANCERS)(
    _of_kinds(
        argument("drop_invalid_header_fields", is_true, "drop_invalid_header_fields = true", absent=False),
        "only application load balancers read headers",
        _APPLICATION,
    )
)

DESYNC_MITIGATED = Control(
    id="lb-desync-mitigated",
    title="Load balancers mitigate HTTP desync attacks",
    why="servers that disagree where a request ends could send a response to the wrong user",
    row="alb-desync",
    fix='Remove desync_mitigation_mode, or set it to "defensive" or "strictest".',
)

DESYNC_MITIGATED.check(*BALANCERS)(
    _of_kinds(
        argument(
            "desync_mitigation_mode",
            one_of("defensive", "strictest"),
            'desync_mitigation_mode = "defensive" or "strictest"',
            absent="defensive",
        ),
        "only application load balancers read requests",
        _APPLICATION,
    )
)

LOGGED = Control(
    id="lb-logged",
    title="Load balancers write access logs to a bucket that accepts them",
    why="you could not find out later who requested what",
    row="alb-access-logs",
    fix="Write access_logs with enabled = true and a bucket with SSE-S3 encryption (AES256).",
    setting="LogBucket.allow_load_balancer_logs prepares a bucket for them, allow_network_load_balancer_logs for network ones.",
)


@LOGGED.check(*BALANCERS)
def _logged(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
    if kind_of(balancer) == _GATEWAY:
        raise NotApplicable("gateway load balancers do not write access logs")
    if kind_of(balancer) == _NETWORK and _ends_no_tls(balancer, configuration):
        raise NotApplicable("network load balancers log TLS requests only, and none of its listeners terminates TLS")
    if not (logs := balancer.blocks("access_logs")):
        yield Failure("no access_logs block", "access_logs with bucket and enabled = true")

    def judge(node: Node) -> Iterator[Failure]:
        if not is_true(value := node.get("enabled")):
            at = f"{node.path}.enabled"
            taken = " (AWS defaults to False)" if value is None else ""
            yield Failure(written(at, value) + taken, "enabled = true", at=at)

    yield from each(logs, judge)
    for bucket in configuration.targets(balancer, "access_logs.bucket", "aws_s3_bucket"):
        if bucket.section == "resource":
            yield from would_lose_logs(bucket, configuration, keys=kind_of(balancer) == _NETWORK)


def _ends_no_tls(balancer: Block, configuration: Configuration) -> bool:
    """Whether its listeners are in the configuration, and none of them terminates TLS."""
    listeners = [
        listener
        for type in ("aws_lb_listener", "aws_alb_listener")
        for listener in configuration.attached(balancer, type, "load_balancer_arn")
    ]
    return bool(listeners) and not any_of(listeners, lambda listener: listener.get("protocol", "").upper() == "TLS")


def would_lose_logs(bucket: Block, configuration: Configuration, *, keys: bool = False) -> Iterator[Failure]:
    """A failure if load balancers cannot deliver logs to a bucket.

    Args:
        bucket: the bucket.
        configuration: where its encryption is.
        keys: whether they deliver under a customer's key too, which network load balancers do.
    """
    # docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html: load balancers deliver only to
    # buckets with SSE-S3; .../latest/network/load-balancer-access-logs.html: network ones also under a customer's key.
    expected = 'sse_algorithm = "AES256", which load balancers require'
    if keys:
        expected = 'sse_algorithm = "AES256", or "aws:kms" with a kms_master_key_id of your own'
    path = "rule.apply_server_side_encryption_by_default"
    for encryption in configuration.attached(bucket, _ENCRYPTION, "bucket"):
        algorithm = encryption.get(f"{path}.sse_algorithm")
        under_key = keys and algorithm == "aws:kms" and encryption.has(f"{path}.kms_master_key_id")
        if algorithm is not None and algorithm != "AES256" and not under_key:
            found = f"{written('sse_algorithm', algorithm)} on the bucket for access logs"
            at = "rule[0].apply_server_side_encryption_by_default[0].sse_algorithm"
            yield Failure(found, expected, at=at, block=encryption)


DELETION_PROTECTED = Control(
    id="lb-deletion-protected",
    title="Load balancers have deletion protection",
    why="one wrong command or plan could take the service offline",
    row="alb-deletion-protection",
    fix="Set enable_deletion_protection = true.",
)

DELETION_PROTECTED.check(*BALANCERS)(
    argument("enable_deletion_protection", is_true, "enable_deletion_protection = true", absent=False)
)

SEVERAL_ZONES = Control(
    id="lb-several-zones",
    title="Load balancers span two or more Availability Zones",
    why="an outage of one zone would take the service offline",
    row="alb-multi-az",
    fix="Give the load balancer subnets in two or more Availability Zones.",
    setting="SecureVpc has subnets in three zones.",
)


@SEVERAL_ZONES.check(*BALANCERS)
def _several_zones(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    return several_subnets(balancer, configuration)


WEB_ACL = Control(
    id="lb-web-acl",
    title="Internet-facing application load balancers are protected by a web ACL",
    why="common attacks would reach the application",
    row="alb-waf",
    fix="Write an aws_wafv2_web_acl_association with the load balancer's ARN as resource_arn.",
)


@WEB_ACL.check(*BALANCERS)
def _web_acl(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    if kind_of(balancer) != _APPLICATION:
        raise NotApplicable("web ACLs protect application load balancers only")
    if is_true(balancer.get("internal")):
        raise NotApplicable("the load balancer is internal")
    # A web ACL associated in another configuration cannot be seen; a waiver then says where it is.
    # aws_wafregional_web_acl_association does not count: AWS WAF Classic ended on 30 September 2025.
    if not configuration.attached(balancer, "aws_wafv2_web_acl_association", "resource_arn"):
        yield Failure(
            "internet-facing without an aws_wafv2_web_acl_association",
            "an aws_wafv2_web_acl_association with resource_arn = the ARN of the load balancer",
        )


INTERNAL = Control(
    id="lb-internal",
    title="Load balancers are internal",
    why="anyone on the internet could send requests to it",
    row="alb-internal-default",
    fix="Set internal = true; add a waiver if the load balancer must be internet-facing.",
)

INTERNAL.check(*BALANCERS)(
    _of_kinds(
        argument("internal", is_true, "internal = true", absent=False),
        "gateway load balancers are never internet-facing",
        _APPLICATION,
        _NETWORK,
    )
)

CROSS_ZONE = Control(
    id="lb-cross-zone",
    title="Load balancers use cross-zone load balancing",
    why="if the targets of one zone fail, requests that arrive in that zone fail",
    row="nlb-cross-zone",
    fix="Set enable_cross_zone_load_balancing = true; traffic between zones is charged.",
    setting="NetworkLoadBalancer sets it.",
)

CROSS_ZONE.check(*BALANCERS)(
    _of_kinds(
        argument("enable_cross_zone_load_balancing", is_true, "enable_cross_zone_load_balancing = true", absent=False),
        "application load balancers always use it",
        _NETWORK,
        _GATEWAY,
    )
)
