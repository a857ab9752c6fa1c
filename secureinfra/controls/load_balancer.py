"""Controls on load balancers: application, network and gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true, one_of
from secureinfra.controls.reading.load_balancer_subnets import several_subnets
from secureinfra.controls.verdict import Check, Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

BALANCERS = ("aws_lb", "aws_alb")
_APPLICATION, _NETWORK, _GATEWAY = "application", "network", "gateway"
_ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"


def kind_of(balancer: Block) -> Any:
    """`application`, `network` or `gateway`; raises when it is compared, where it is not known."""
    return balancer.get("load_balancer_type", _APPLICATION)


def _of_kinds(check: Check, why: str, *kinds: str) -> Check:
    """A check that is asked of some kinds of load balancers only."""

    def of_kinds(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
        if kind_of(balancer) not in kinds:
            raise NotApplicable(why)
        yield from check(balancer, configuration)

    return of_kinds


INVALID_HEADERS_DROPPED = Control(
    id="lb-invalid-headers-dropped",
    title="HTTP headers with invalid names are dropped",
    why="a request whose headers are read differently further on could be smuggled past the load balancer's rules",
    row="alb-drop-invalid-headers",
    mend="Set drop_invalid_header_fields = true.",
)

INVALID_HEADERS_DROPPED.check(*BALANCERS)(
    _of_kinds(
        argument("drop_invalid_header_fields", is_true, "drop_invalid_header_fields = true", absent=False),
        "only an application load balancer reads headers",
        _APPLICATION,
    )
)

DESYNC_MITIGATED = Control(
    id="lb-desync-mitigated",
    title="Ambiguous requests are not passed on as they are",
    why="two servers that disagree where a request ends would answer one user's request to another",
    row="alb-desync",
    mend='Leave desync_mitigation_mode out, or set it to "defensive" or "strictest".',
)

DESYNC_MITIGATED.check(*BALANCERS)(
    _of_kinds(
        argument(
            "desync_mitigation_mode",
            one_of("defensive", "strictest"),
            'desync_mitigation_mode = "defensive" or "strictest"',
            absent="defensive",
        ),
        "only an application load balancer reads requests",
        _APPLICATION,
    )
)

LOGGED = Control(
    id="lb-logged",
    title="Requests are logged to a bucket that takes them",
    why="nobody could say afterwards who called what",
    row="alb-access-logs",
    mend="Write access_logs with enabled = true and a bucket that S3 itself encrypts (AES256).",
    python="LogBucket.allow_load_balancer_logs makes a bucket ready for them.",
)


@LOGGED.check(*BALANCERS)
def _logged(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
    if kind_of(balancer) == _GATEWAY:
        raise NotApplicable("a gateway load balancer writes no access logs")
    if kind_of(balancer) == _NETWORK and _ends_no_tls(balancer, configuration):
        raise NotApplicable("a network load balancer logs TLS requests only, and none of its listeners ends TLS")
    if not (logs := balancer.blocks("access_logs")):
        yield Failure("no access_logs block", "access_logs with bucket and enabled = true")

    def judge(node: Node) -> Iterator[Failure]:
        if not is_true(value := node.get("enabled")):
            at = f"{node.path}.enabled"
            taken = " (AWS takes False)" if value is None else ""
            yield Failure(written(at, value) + taken, "enabled = true", at=at)

    yield from each(logs, judge)
    for bucket in configuration.targets(balancer, "access_logs.bucket", "aws_s3_bucket"):
        if bucket.section == "resource":
            yield from _would_lose_logs(bucket, configuration)


def _ends_no_tls(balancer: Block, configuration: Configuration) -> bool:
    """Whether its listeners are written here, and none of them ends TLS."""
    listeners = [
        listener
        for type in ("aws_lb_listener", "aws_alb_listener")
        for listener in configuration.attached(balancer, type, "load_balancer_arn")
    ]
    return bool(listeners) and not any_of(listeners, lambda listener: listener.get("protocol", "").upper() == "TLS")


def _would_lose_logs(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html: SSE-S3 is the only
    # encryption that load balancers deliver to.
    for encryption in configuration.attached(bucket, _ENCRYPTION, "bucket"):
        algorithm = encryption.get("rule.apply_server_side_encryption_by_default.sse_algorithm")
        if algorithm is not None and algorithm != "AES256":
            yield Failure(
                f"{written('sse_algorithm', algorithm)} on the bucket that takes the access logs",
                'sse_algorithm = "AES256": load balancers deliver to no other bucket',
                at="rule[0].apply_server_side_encryption_by_default[0].sse_algorithm",
                block=encryption,
            )


DELETION_PROTECTED = Control(
    id="lb-deletion-protected",
    title="It cannot be deleted by mistake",
    why="one wrong call or plan would take the service off the network",
    row="alb-deletion-protection",
    mend="Set enable_deletion_protection = true.",
)

DELETION_PROTECTED.check(*BALANCERS)(
    argument("enable_deletion_protection", is_true, "enable_deletion_protection = true", absent=False)
)

SEVERAL_ZONES = Control(
    id="lb-several-zones",
    title="It stands in two zones or more",
    why="the loss of one zone would take the service off the network",
    row="alb-multi-az",
    mend="Give it subnets in two availability zones or more.",
    python="SecureVpc has its subnets in three zones.",
)


@SEVERAL_ZONES.check(*BALANCERS)
def _several_zones(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    return several_subnets(balancer, configuration)


WEB_ACL = Control(
    id="lb-web-acl",
    title="A web ACL guards every application load balancer that faces the internet",
    why="common attacks would reach the application as they come",
    row="alb-waf",
    mend="Write an aws_wafv2_web_acl_association with its arn as resource_arn.",
)


@WEB_ACL.check(*BALANCERS)
def _web_acl(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    if kind_of(balancer) != _APPLICATION:
        raise NotApplicable("a web ACL guards application load balancers only")
    if is_true(balancer.get("internal")):
        raise NotApplicable("it is internal")
    # A web ACL attached in another configuration cannot be seen, and does not excuse: then a waiver says where it is.
    # aws_wafregional_web_acl_association does not count: AWS WAF Classic ended on 30 September 2025.
    if not configuration.attached(balancer, "aws_wafv2_web_acl_association", "resource_arn"):
        yield Failure(
            "internet-facing without an aws_wafv2_web_acl_association",
            "an aws_wafv2_web_acl_association whose resource_arn is its arn",
        )


INTERNAL = Control(
    id="lb-internal",
    title="It is reached from the network only",
    why="everybody on the internet could send it requests",
    row="alb-internal-default",
    mend="Set internal = true; a load balancer that must face the internet is worth a waiver.",
)

INTERNAL.check(*BALANCERS)(
    _of_kinds(
        argument("internal", is_true, "internal = true", absent=False),
        "a gateway load balancer never faces the internet",
        _APPLICATION,
        _NETWORK,
    )
)

CROSS_ZONE = Control(
    id="lb-cross-zone",
    title="Traffic is spread over the targets of all zones",
    why="the loss of the targets of one zone would lose the traffic that arrives there",
    row="nlb-cross-zone",
    mend="Set enable_cross_zone_load_balancing = true; traffic between zones costs.",
)

CROSS_ZONE.check(*BALANCERS)(
    _of_kinds(
        argument("enable_cross_zone_load_balancing", is_true, "enable_cross_zone_load_balancing = true", absent=False),
        "an application load balancer always does",
        _NETWORK,
        _GATEWAY,
    )
)
