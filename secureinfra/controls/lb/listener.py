"""Controls on the listeners of load balancers: unencrypted protocols, and TLS policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.lb.balancer import BALANCERS, kind_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_ENDS_TLS = ("HTTPS", "TLS")
_OF_GATEWAY = "GENEVE"

# The policies listed for Security Hub's ELB.17. They offer TLS 1.2 and 1.3 with forward secrecy and authenticated
# encryption, and nothing older: docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17,
# docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html. A list, not a prefix, because
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
# The default of the API; it offers TLS 1.0. Only the console has a better default.
_POLICY_OF_AWS = "ELBSecurityPolicy-2016-08"


def _protocol_of(listener: Block, configuration: Configuration) -> Any:
    """The protocol in capitals, as the provider sends it: `HTTP` if a listener of an application load balancer has none.

    Raises:
        UnknownValueError: it is unknown.
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
    # Only listeners of gateway load balancers have no port.
    return _OF_GATEWAY if not balancers and listener.get("port") is None else "HTTP"


def _actions_of(listener: Block, configuration: Configuration) -> Iterator[tuple[Node, Block]]:
    """The default and rule actions of a listener, each with its block; those of rules that may be of another one last.

    Raises:
        UnknownValueError: a rule is of a listener that a data source looks up, which may be this one.
    """
    yield from ((node, listener) for node in listener.blocks("default_action"))
    for type in _RULES:
        for rule in configuration.attached(listener, type, "listener_arn"):
            yield from ((node, rule) for node in rule.blocks("action"))
    for rule in configuration.of_type(*_RULES):
        for looked_up in configuration.targets(rule, "listener_arn", *LISTENERS):
            if looked_up.section == "data" and not looked_up.has("arn") and _finds(looked_up, listener, configuration):
                yield from ((node, rule) for node in rule.blocks("action"))


def _finds(looked_up: Block, listener: Block, configuration: Configuration) -> bool:
    """Whether a data source, which names a load balancer and a port, looks up a listener.

    Raises:
        UnknownValueError: it may.
    """
    if looked_up.get("port") != listener.get("port"):
        return False
    path = "load_balancer_arn"
    theirs, ours = looked_up.get(path), listener.get(path)
    named = [configuration.targets(block, path, *BALANCERS) for block in (looked_up, listener)]
    if text_of(theirs) == text_of(ours) or (named[0] and named[0] == named[1]):
        return True
    if named[0] and named[1] and all(block.section == "resource" for held in named for block in held):
        return False
    return bool(theirs == ours)


def _answered_in_clear(action: tuple[Node, Block]) -> Iterator[Failure]:
    """A failure if an action does anything but redirect to HTTPS."""
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
    title="HTTP listeners only redirect to HTTPS",
    why="requests and responses could be read and changed in transit",
    row="alb-http-redirect",
    fix='Write one default_action of type "redirect" with protocol = "HTTPS", port = "443" and '
    'status_code = "HTTP_301", and no rules; or remove the listener.',
)


@HTTP_REDIRECTED.check(*LISTENERS)
def _http_redirected(listener: Block, configuration: Configuration) -> Iterator[Failure]:
    if _protocol_of(listener, configuration) != "HTTP":
        raise NotApplicable("the listener does not use HTTP")
    if not listener.blocks("default_action"):
        yield Failure("no default_action", "default_action that redirects to HTTPS")
    yield from each(_actions_of(listener, configuration), _redirected_for_good)


TLS = Control(
    id="lb-listener-tls",
    title="Load balancer listeners use TLS",
    why="requests and responses could be read and changed in transit",
    row="alb-listener-tls",
    fix='Set protocol = "HTTPS", or "TLS" on a network load balancer, and certificate_arn.',
)


@TLS.check(*LISTENERS)
def _tls(listener: Block, configuration: Configuration) -> Iterator[Failure]:
    protocol = _protocol_of(listener, configuration)
    if protocol in _ENDS_TLS:
        if not listener.has("certificate_arn"):
            yield Failure("certificate_arn is not set", "certificate_arn = the ARN of a certificate")
        return
    if protocol == _OF_GATEWAY:
        raise NotApplicable("gateway load balancers forward packets unchanged")
    if protocol == "QUIC":
        raise NotApplicable("QUIC is encrypted end to end")
    if protocol == "HTTP" and not list(each(_actions_of(listener, configuration), _answered_in_clear)):
        raise NotApplicable(f"the listener only redirects to HTTPS; see {HTTP_REDIRECTED.id}")
    groups = configuration.targets(listener, "default_action", *_GROUPS)
    if protocol == "TCP" and groups and all(group.get("target_type") == "alb" for group in groups):
        raise NotApplicable("TLS is terminated by the application load balancer behind it")
    value = listener.get("protocol")
    taken = " (AWS defaults to 'HTTP')" if value is None else ""
    yield Failure(written("protocol", value) + taken, 'protocol = "HTTPS" or "TLS"', at="protocol")


TLS_POLICY = Control(
    id="lb-listener-tls-policy",
    title="Load balancer listeners use TLS 1.2 or newer with forward secrecy and no CBC ciphers",
    why="a client could be downgraded to a broken version or cipher",
    row="alb-tls-policy",
    fix=f'Set ssl_policy = "{TLS_POLICIES[0]}".',
)


@TLS_POLICY.check(*LISTENERS)
def _tls_policy(listener: Block, configuration: Configuration) -> Iterator[Failure]:
    if _protocol_of(listener, configuration) not in _ENDS_TLS:
        raise NotApplicable("the listener does not terminate TLS")
    value = listener.get("ssl_policy")
    if value is None or value not in TLS_POLICIES:
        taken = f" (AWS defaults to {_POLICY_OF_AWS!r})" if value is None else ""
        yield Failure(written("ssl_policy", value) + taken, f'ssl_policy = "{TLS_POLICIES[0]}"', at="ssl_policy")
