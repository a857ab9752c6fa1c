"""Controls on listeners, each with an input that meets it, one for each way of breaking it, and one that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.lb import listener as listeners
from tests.controls.judge import failure, status

STRONG = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
FORWARD = {"type": "forward", "target_group_arn": "${aws_lb_target_group.g.arn}"}
CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/1"


def redirect(**arguments: Any) -> dict[str, Any]:
    return {
        "type": "redirect",
        "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301", **arguments},
    }


def listener(protocol: str | None = "HTTP", action: Any = FORWARD, **arguments: Any) -> dict[str, Any]:
    written = {} if protocol is None else {"protocol": protocol}
    return {"l": {"load_balancer_arn": "${aws_lb.b.arn}", "port": 80, "default_action": action, **written, **arguments}}


def rule(action: Any, of: str = "${aws_lb_listener.l.arn}") -> dict[str, Any]:
    return {"r": {"listener_arn": of, "action": action, "condition": {"path_pattern": {"values": ["/"]}}}}


@pytest.mark.parametrize("type", ["aws_lb_listener", "aws_alb_listener"])
def test_http_redirected(type: str) -> None:
    redirected = listeners.HTTP_REDIRECTED
    assert status(redirected, **{type: listener(action=redirect())}) == "passed"
    assert status(redirected, **{type: listener("http", redirect())}) == "passed"
    assert status(redirected, **{type: listener(None, redirect())}) == "passed"
    said = failure(redirected, **{type: listener()})
    assert 'default_action[0].type = "forward" -> type = "redirect" to HTTPS' in said
    assert status(redirected, **{type: listener(None)}) == "failed"
    assert status(redirected, **{type: listener(action={"type": "fixed-response"})}) == "failed"
    assert status(redirected, **{type: listener(action=[redirect(), FORWARD])}) == "failed"
    assert "no default_action" in failure(redirected, **{type: listener(action=[])})
    for protocol in ("HTTPS", "TLS", "TCP"):
        assert status(redirected, **{type: listener(protocol)}) == "not applicable"


def test_http_redirected_to_https_for_good() -> None:
    redirected = listeners.HTTP_REDIRECTED
    assert 'protocol = "HTTP"' in failure(redirected, aws_lb_listener=listener(action=redirect(protocol="HTTP")))
    by_itself = {"type": "redirect", "redirect": {"host": "example.com", "status_code": "HTTP_301"}}
    assert '"#{protocol}"' in failure(redirected, aws_lb_listener=listener(action=by_itself))
    for_now = listener(action=redirect(status_code="HTTP_302"))
    assert 'status_code = "HTTP_302" -> status_code = "HTTP_301"' in failure(redirected, aws_lb_listener=for_now)
    for unknown in (redirect(protocol="${var.x}"), redirect(status_code="${var.x}"), {"type": "${var.x}"}):
        assert status(redirected, variable={"x": {}}, aws_lb_listener=listener(action=unknown)) == "unknown"
    assert status(redirected, variable={"x": {}}, aws_lb_listener=listener("${var.x}", redirect())) == "unknown"
    dynamic = {"default_action": {"for_each": "${var.x}", "content": redirect()}}
    held = listener(action=[], dynamic=dynamic)
    assert status(redirected, variable={"x": {}}, aws_lb_listener=held) == "unknown"


def test_http_redirected_whatever_the_rules_say() -> None:
    redirected = listeners.HTTP_REDIRECTED
    sections: dict[str, Any] = {"aws_lb_listener": listener(action=redirect())}
    assert status(redirected, **sections, aws_lb_listener_rule=rule(redirect())) == "passed"
    said = failure(redirected, **sections, aws_lb_listener_rule=rule(FORWARD))
    assert said.startswith("aws_lb_listener_rule.r action[0].type:")
    of_another = rule(FORWARD, "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/x/1/2")
    assert status(redirected, **sections, aws_lb_listener_rule=of_another) == "passed"
    elsewhere = rule(FORWARD, "${var.listener}")
    assert status(redirected, variable={"listener": {}}, **sections, aws_lb_listener_rule=elsewhere) == "unknown"
    sure = {"aws_lb_listener": listener(), "aws_lb_listener_rule": elsewhere}
    assert status(redirected, variable={"listener": {}}, **sure) == "failed"


def test_tls() -> None:
    tls = listeners.TLS
    for protocol in ("HTTPS", "TLS", "https"):
        assert status(tls, aws_lb_listener=listener(protocol, certificate_arn=CERTIFICATE)) == "passed"
        assert "certificate_arn is not set" in failure(tls, aws_lb_listener=listener(protocol))
    referred = listener("HTTPS", certificate_arn="${aws_acm_certificate_validation.v.certificate_arn}")
    assert status(tls, aws_lb_listener=referred) == "passed"
    for protocol in ("HTTP", "TCP", "UDP", "TCP_UDP"):
        said = failure(tls, aws_lb_listener=listener(protocol))
        assert f'protocol = "{protocol}" -> protocol = "HTTPS" or "TLS"' in said
    assert "(AWS defaults to 'HTTP')" in failure(tls, aws_lb_listener=listener(None))
    assert status(tls, variable={"p": {}}, aws_lb_listener=listener("${var.p}")) == "unknown"
    unknown = listener("HTTPS", certificate_arn="${var.p}")
    assert status(tls, variable={"p": {}}, aws_lb_listener=unknown) == "unknown"


def test_tls_is_not_asked_of_what_carries_no_requests() -> None:
    tls = listeners.TLS
    assert status(tls, aws_lb_listener=listener(action=redirect())) == "not applicable"
    assert status(tls, aws_lb_listener=listener(action=redirect(status_code="HTTP_302"))) == "not applicable"
    with_rule = {"aws_lb_listener": listener(action=redirect()), "aws_lb_listener_rule": rule(FORWARD)}
    assert status(tls, **with_rule) == "failed"
    assert status(tls, aws_lb_listener=listener("QUIC")) == "not applicable"
    group = {"g": {"target_type": "alb", "protocol": "TCP"}}
    assert status(tls, aws_lb_listener=listener("TCP"), aws_lb_target_group=group) == "not applicable"
    other = {"g": {"target_type": "ip", "protocol": "TCP"}}
    assert status(tls, aws_lb_listener=listener("TCP"), aws_lb_target_group=other) == "failed"


def test_tls_is_not_asked_of_gateway_load_balancers() -> None:
    passing = {"load_balancer_arn": "${aws_lb.b.arn}", "default_action": FORWARD}
    gateway = {"aws_lb": {"b": {"load_balancer_type": "gateway"}}, "aws_lb_listener": {"l": passing}}
    for control in (listeners.TLS, listeners.TLS_POLICY, listeners.HTTP_REDIRECTED):
        assert status(control, **gateway) == "not applicable"
        # Without a port it can be no other.
        assert status(control, aws_lb_listener={"l": {**passing, "load_balancer_arn": "arn:x"}}) == "not applicable"
    application = {"aws_lb": {"b": {}}, "aws_lb_listener": {"l": passing}}
    assert status(listeners.TLS, **application) == "failed"


@pytest.mark.parametrize("policy", listeners.TLS_POLICIES)
def test_tls_policy(policy: str) -> None:
    for protocol in ("HTTPS", "TLS"):
        assert status(listeners.TLS_POLICY, aws_lb_listener=listener(protocol, ssl_policy=policy)) == "passed"


@pytest.mark.parametrize(
    "policy",
    [
        "ELBSecurityPolicy-2016-08",
        "ELBSecurityPolicy-TLS13-1-0-2021-06",
        "ELBSecurityPolicy-TLS13-1-1-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09",
        "ELBSecurityPolicy-TLS-1-2-2017-01",
        "ELBSecurityPolicy-FS-1-2-Res-2020-10",
    ],
)
def test_tls_policy_refuses_older_versions_and_ciphers(policy: str) -> None:
    said = failure(listeners.TLS_POLICY, aws_lb_listener=listener("HTTPS", ssl_policy=policy))
    assert f'ssl_policy = "{policy}" -> ssl_policy = "{STRONG}"' in said


def test_tls_policy_that_is_not_written() -> None:
    said = failure(listeners.TLS_POLICY, aws_lb_listener=listener("TLS"))
    assert "ssl_policy is not set (AWS defaults to 'ELBSecurityPolicy-2016-08')" in said
    unknown = listener("HTTPS", ssl_policy="${var.policy}")
    assert status(listeners.TLS_POLICY, variable={"policy": {}}, aws_lb_listener=unknown) == "unknown"
    for protocol in ("HTTP", "TCP"):
        assert status(listeners.TLS_POLICY, aws_lb_listener=listener(protocol)) == "not applicable"
    unknown = listener("${var.policy}", ssl_policy=STRONG)
    assert status(listeners.TLS_POLICY, variable={"policy": {}}, aws_lb_listener=unknown) == "unknown"


@pytest.mark.parametrize(
    ("looked_up", "answer"),
    [
        ({"load_balancer_arn": "${aws_lb.b.arn}", "port": 80}, "failed"),
        ({"arn": "${aws_lb_listener.l.arn}"}, "failed"),
        ({"load_balancer_arn": "${aws_lb.b.arn}", "port": 443}, "passed"),
        ({"load_balancer_arn": "${aws_lb.other.arn}", "port": 80}, "passed"),
        ({"load_balancer_arn": "${var.x}", "port": 80}, "unknown"),
        ({"load_balancer_arn": "${aws_lb.b.arn}", "port": "${var.x}"}, "unknown"),
    ],
)
@pytest.mark.parametrize("type", ["aws_lb_listener", "aws_alb_listener"])
def test_http_redirected_where_a_data_source_looks_the_listener_up(
    type: str, looked_up: dict[str, Any], answer: str
) -> None:
    looked_up = {name: str(value).replace("aws_lb_listener.l", f"{type}.l") for name, value in looked_up.items()}
    if looked_up.get("port", "").isdigit():
        looked_up["port"] = int(looked_up["port"])
    sections = {type: listener(action=redirect()), "aws_lb": {"b": {}, "other": {}}}
    told = status(
        listeners.HTTP_REDIRECTED,
        variable={"x": {}},
        data={type: {"d": looked_up}},
        **sections,
        aws_lb_listener_rule=rule(FORWARD, f"${{data.{type}.d.arn}}"),
    )
    assert told == answer
