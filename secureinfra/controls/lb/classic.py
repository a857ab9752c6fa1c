"""Controls on Classic Load Balancers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.lb.balancer import would_lose_logs
from secureinfra.controls.lb.subnets import several_subnets
from secureinfra.controls.shared.arguments import argument, is_true, one_of
from secureinfra.controls.shared.zones import zones_differ
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

BALANCER = "aws_elb"
_ENCRYPTED = ("https", "ssl")
# docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-8
TLS_POLICY_NAME = "ELBSecurityPolicy-TLS-1-2-2017-01"


def _protocol_of(listener: Node) -> str:
    value = listener.get("lb_protocol")
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value).lower()


LISTENER_TLS = Control(
    id="elb-listener-tls",
    title="Classic Load Balancer listeners use HTTPS or SSL",
    why="requests and responses could be read and changed in transit",
    row="elb-listener-tls",
    fix='Set lb_protocol = "https" or "ssl" and ssl_certificate_id on every listener.',
)


@LISTENER_TLS.check(BALANCER)
def _listener_tls(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(listener: Node) -> Iterator[Failure]:
        if _protocol_of(listener) not in _ENCRYPTED:
            at = f"{listener.path}.lb_protocol"
            yield Failure(written(at, listener.get("lb_protocol")), 'lb_protocol = "https" or "ssl"', at=at)

    return each(balancer.blocks("listener"), judge)


ACM_CERTIFICATE = Control(
    id="elb-acm-certificate",
    title="Classic Load Balancers use certificates of AWS Certificate Manager",
    why="the certificate would expire unless someone renews it by hand",
    row="elb-acm-certificate",
    fix="Set ssl_certificate_id to the ARN of an aws_acm_certificate.",
)


@ACM_CERTIFICATE.check(BALANCER)
def _acm_certificate(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(listener: Node) -> Iterator[Failure]:
        path = "ssl_certificate_id"
        value = listener.get(path)
        target = configuration.target(value)
        if target is not None and target.type.startswith("aws_acm_certificate"):
            return
        if target is None and is_unknown(value) and not value.text.startswith("arn:"):
            raise UnknownValueError(value)
        if value is None or ":acm:" not in text_of(value):
            at = f"{listener.path}.{path}"
            yield Failure(written(at, value), f"{path} = the ARN of an aws_acm_certificate", at=at)

    return each(_encrypted_listeners(balancer), judge)


def _encrypted_listeners(balancer: Block) -> list[Node]:
    """The listeners that terminate TLS.

    Raises:
        NotApplicable: there are none.
    """
    listeners = balancer.blocks("listener")
    found = [listener for listener in listeners if _protocol_of(listener) in _ENCRYPTED]
    if not found:
        raise NotApplicable(f"no listener uses HTTPS or SSL; see {LISTENER_TLS.id}")
    return found


TLS_POLICY = Control(
    id="elb-tls-policy",
    title="Classic Load Balancers use a TLS policy without old protocols",
    why="a client could be downgraded to a broken version or cipher",
    row="elb-tls-policy",
    fix=(
        "Write an aws_load_balancer_policy of type SSLNegotiationPolicyType with policy_attribute "
        f'Reference-Security-Policy = "{TLS_POLICY_NAME}", and an aws_load_balancer_listener_policy for the port.'
    ),
)


@TLS_POLICY.check(BALANCER)
def _tls_policy(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    attached = configuration.attached(balancer, "aws_load_balancer_listener_policy", "load_balancer_name")

    def judge(listener: Node) -> Iterator[Failure]:
        port = listener.get("lb_port")
        of_port = [one for one in attached if str(one.get("load_balancer_port")) == str(port)]
        if not any_of(of_port, lambda one: any_of(_negotiations(one, configuration), _is_strong)):
            found = f"{written('lb_port', port)} without the policy (AWS defaults to an older one)"
            yield Failure(found, f'Reference-Security-Policy = "{TLS_POLICY_NAME}"', at=listener.path)

    return each(_encrypted_listeners(balancer), judge)


def _negotiations(attachment: Block, configuration: Configuration) -> list[Block]:
    """The policies that an attachment names, by reference or by name.

    Raises:
        UnknownValueError: it names one that is not in the configuration.
    """
    type, path = "aws_load_balancer_policy", "policy_names"
    found = configuration.targets(attachment, path, type)
    names = attachment.items(path)
    found += [
        policy for policy in configuration.of_type(type) if policy not in found and policy.get("policy_name") in names
    ]
    if not found and names:
        unknown = [name for name in names if is_unknown(name)]
        raise UnknownValueError(unknown[0] if unknown else Unknown(f"what the policy {names[0]} contains"))
    return found


def _is_strong(policy: Block) -> bool:
    return any_of(
        policy.blocks("policy_attribute"),
        lambda held: held.get("name") == "Reference-Security-Policy" and held.get("value") == TLS_POLICY_NAME,
    )


LOGGED = Control(
    id="elb-logged",
    title="Classic Load Balancers write access logs",
    why="you could not find out later who requested what",
    row="elb-access-logs",
    fix="Write access_logs with a bucket that has SSE-S3 encryption, and without enabled = false.",
)


@LOGGED.check(BALANCER)
def _logged(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    logs = balancer.blocks("access_logs")
    if not any_of(logs, lambda node: node.is_there):
        yield Failure("no access_logs block", "access_logs with a bucket")

    def judge(node: Node) -> Iterator[Failure]:
        if not is_true(value := node.get("enabled", True)):
            at = f"{node.path}.enabled"
            yield Failure(written(at, value), "enabled = true", at=at)

    yield from each(logs, judge)
    for bucket in configuration.targets(balancer, "access_logs.bucket", "aws_s3_bucket"):
        if bucket.section == "resource":
            yield from would_lose_logs(bucket, configuration)


CONNECTION_DRAINING = Control(
    id="elb-connection-draining",
    title="Classic Load Balancers drain connections",
    why="requests in flight would fail when an instance is removed",
    row="elb-connection-draining",
    fix="Set connection_draining = true.",
)

CONNECTION_DRAINING.check(BALANCER)(
    argument("connection_draining", is_true, "connection_draining = true", absent=False)
)

CROSS_ZONE = Control(
    id="elb-cross-zone",
    title="Classic Load Balancers use cross-zone load balancing",
    why="if the instances of one zone fail, requests that arrive in that zone fail",
    row="elb-cross-zone",
    fix="Remove cross_zone_load_balancing, or set it to true.",
)

# The provider enables it unless told otherwise: registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/elb
CROSS_ZONE.check(BALANCER)(
    argument("cross_zone_load_balancing", is_true, "cross_zone_load_balancing = true", absent=True)
)

SEVERAL_ZONES = Control(
    id="elb-several-zones",
    title="Classic Load Balancers span two or more Availability Zones",
    why="an outage of one zone would take the service offline",
    row="elb-multi-az",
    fix="Give the load balancer subnets in two or more Availability Zones.",
)


@SEVERAL_ZONES.check(BALANCER)
def _several_zones(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "availability_zones"
    value = balancer.get(path)
    if value is None or balancer.has("subnets"):
        yield from several_subnets(balancer, configuration)
        return
    if is_unknown(value):
        raise UnknownValueError(value)
    if not zones_differ(balancer.items(path), 2):
        yield Failure(written(path, value), "two or more Availability Zones", at=path)


DESYNC_MITIGATED = Control(
    id="elb-desync-mitigated",
    title="Classic Load Balancers mitigate HTTP desync attacks",
    why="servers that disagree where a request ends could send a response to the wrong user",
    row="elb-desync",
    fix='Remove desync_mitigation_mode, or set it to "defensive" or "strictest".',
)

DESYNC_MITIGATED.check(BALANCER)(
    argument(
        "desync_mitigation_mode",
        one_of("defensive", "strictest"),
        'desync_mitigation_mode = "defensive" or "strictest"',
        absent="defensive",
    )
)

INTERNAL = Control(
    id="elb-internal",
    title="Classic Load Balancers are internal",
    why="anyone on the internet could send requests to it",
    row="elb-internal",
    fix="Set internal = true; add a waiver if the load balancer must be internet-facing.",
)


INTERNAL.check(BALANCER)(argument("internal", is_true, "internal = true", absent=False))
