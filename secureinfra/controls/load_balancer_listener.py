"""Controls on the listeners of load balancers: what they accept in clear, and how they end TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.load_balancer import BALANCERS, kind_of
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_ENDS_TLS = ("HTTPS", "TLS")
_OF_GATEWAY = "GENEVE"

# The policies that Security Hub's ELB.17 names. They offer TLS 1.2 and 1.3 with forward secrecy and authenticated
# encryption, and nothing older: docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17,
# docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html. A list and no prefix, since
# ELBSecurityPolicy-TLS13-1-0-2021-06 offers TLS 1.0 (CKV_AWS_103 lets it pass), and the usual
# ELBSecurityPolicy-TLS13-1-2-2021-06 offers ciphers of CBC mode.
TLS_POLICIES = (
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
)
# What an API call that names none gets; it offers TLS 1.0. Only the console takes a better one.
_POLICY_OF_AWS = "ELBSecurityPolicy-2016-08"


def _protocol_of(listener: Block, configuration: Configuration) -> Any:
    """The protocol in capitals, as the provider sends it: `HTTP` where an application load balancer's names none.

    Raises:
        UnknownValueError: it is not known.
    """
    value = listener.get("protocol")
    if value is not None:
        return str(value).upper()
    balancers = [
        balancer
        for balancer in configuration.targets(listener, "load_balancer_arn", *BALANCERS)
        if balancer.section == "resource"
    ]
    if any_of(balancers, lambda balancer: kind_of(balancer) == "gateway"):
        return _OF_GATEWAY
    # Only the listener of a gateway load balancer has no port.
    return _OF_GATEWAY if not balancers and listener.get("port") is None else "HTTP"


def _actions_of(listener: Block, configuration: Configuration) -> Iterator[tuple[Node, Block]]:
    """What a listener does with a request, by itself or by its rules, each with the block in which it is written."""
    yield from ((node, listener) for node in listener.blocks("default_action"))
    for type in _RULES:
        for rule in configuration.attached(listener, type, "listener_arn"):
            yield from ((node, rule) for node in rule.blocks("action"))


def _answered_in_clear(action: tuple[Node, Block]) -> Iterator[Failure]:
    """A failure where an action does anything but redirect to HTTPS."""
    node, block = action
    if (type := node.get("type")) != "redirect":
        yield Failure(
            written(f"{node.path}.type", type), 'type = "redirect" to HTTPS', at=f"{node.path}.type", block=block
        )
    elif (protocol := node.get("redirect.protocol", "#{protocol}")) != "HTTPS":
        at = f"{node.path}.redirect[0].protocol"
        yield Failure(written(at, protocol), 'protocol = "HTTPS"', at=at, block=block)


def _redirected_for_good(action: tuple[Node, Block]) -> Iterator[Failure]:
    node, block = action
    failures = list(_answered_in_clear(action))
    yield from failures
    if not failures and (code := node.get("redirect.status_code")) != "HTTP_301":
        at = f"{node.path}.redirect[0].status_code"
        yield Failure(written(at, code), 'status_code = "HTTP_301"', at=at, block=block)


HTTP_REDIRECTED = Control(
    id="lb-listener-http-redirected",
    title="A listener without TLS does nothing but redirect to HTTPS",
    why="requests and answers could be read and changed on their way",
    row="alb-http-redirect",
    mend='Write one default_action of type "redirect" with protocol = "HTTPS", port = "443" and '
    'status_code = "HTTP_301", and no rules; or remove the listener.',
)


@HTTP_REDIRECTED.check(*LISTENERS)
def _http_redirected(listener: Block, configuration: Configuration) -> Iterator[Failure]:
    if _protocol_of(listener, configuration) != "HTTP":
        raise NotApplicable("it takes no HTTP")
    if not listener.blocks("default_action"):
        yield Failure("no default_action", "default_action that redirects to HTTPS")
    yield from each(_actions_of(listener, configuration), _redirected_for_good)


TLS = Control(
    id="lb-listener-tls",
    title="Connections to it are encrypted",
    why="requests and answers could be read and changed on their way",
    row="alb-listener-tls",
    mend='Set protocol = "HTTPS", or "TLS" on a network load balancer, and certificate_arn.',
)


@TLS.check(*LISTENERS)
def _tls(listener: Block, configuration: Configuration) -> Iterator[Failure]:
    protocol = _protocol_of(listener, configuration)
    if protocol in _ENDS_TLS:
        if not listener.has("certificate_arn"):
            yield Failure("certificate_arn is not set", "certificate_arn = the ARN of a certificate")
        return
    if protocol == _OF_GATEWAY:
        raise NotApplicable("a gateway load balancer passes packets on as they are")
    if protocol == "QUIC":
        raise NotApplicable("QUIC is encrypted from end to end")
    if protocol == "HTTP" and not list(each(_actions_of(listener, configuration), _answered_in_clear)):
        raise NotApplicable(f"it only redirects to HTTPS; {HTTP_REDIRECTED.id} is asked instead")
    groups = configuration.targets(listener, "default_action", *_GROUPS)
    if protocol == "TCP" and groups and all(group.get("target_type") == "alb" for group in groups):
        raise NotApplicable("TLS ends at the application load balancer behind it")
    value = listener.get("protocol")
    taken = " (AWS takes 'HTTP')" if value is None else ""
    yield Failure(written("protocol", value) + taken, 'protocol = "HTTPS" or "TLS"', at="protocol")


TLS_POLICY = Control(
    id="lb-listener-tls-policy",
    title="TLS 1.2 or newer, with forward secrecy and no ciphers of CBC mode",
    why="a client could be talked into a version or a cipher that is broken",
    row="alb-tls-policy",
    mend=f'Set ssl_policy = "{TLS_POLICIES[0]}".',
)


@TLS_POLICY.check(*LISTENERS)
def _tls_policy(listener: Block, configuration: Configuration) -> Iterator[Failure]:
    if _protocol_of(listener, configuration) not in _ENDS_TLS:
        raise NotApplicable("it ends no TLS")
    value = listener.get("ssl_policy")
    if value is None or value not in TLS_POLICIES:
        taken = f" (AWS takes {_POLICY_OF_AWS!r})" if value is None else ""
        yield Failure(written("ssl_policy", value) + taken, f'ssl_policy = "{TLS_POLICIES[0]}"', at="ssl_policy")
