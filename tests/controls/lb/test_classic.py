"""Controls on Classic Load Balancers, each with an input that meets it, one for each way of breaking it, and one nobody knows."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.lb import classic
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
ACM = "arn:aws:acm:eu-central-1:111122223333:certificate/1"


def listener(protocol: str = "https", port: Any = 443, certificate: str | None = ACM) -> dict[str, Any]:
    return {"instance_port": 80, "instance_protocol": "http", "lb_port": port, "lb_protocol": protocol} | (
        {} if certificate is None else {"ssl_certificate_id": certificate}
    )


def balancer(*listeners: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    return {"aws_elb": {"b": {"name": "b", "listener": list(listeners or (listener(),)), **arguments}}}


@pytest.mark.parametrize(
    ("control", "name", "good", "bad", "good_by_itself"),
    [
        (classic.CONNECTION_DRAINING, "connection_draining", True, False, False),
        (classic.CROSS_ZONE, "cross_zone_load_balancing", True, False, True),
        (classic.DESYNC_MITIGATED, "desync_mitigation_mode", "strictest", "monitor", True),
        (classic.INTERNAL, "internal", True, False, False),
    ],
)
def test_settings(control: Control, name: str, good: Any, bad: Any, good_by_itself: bool) -> None:
    assert status(control, **balancer(**{name: good})) == "passed"
    assert f"aws_elb.b {name}: {name} = " in failure(control, **balancer(**{name: bad}))
    assert status(control, **balancer()) == ("passed" if good_by_itself else "failed")
    assert status(control, variable=X, **balancer(**{name: "${var.x}"})) == "unknown"


def test_listener_tls() -> None:
    control = classic.LISTENER_TLS
    assert status(control, **balancer(listener("HTTPS"), listener("ssl", 8443))) == "passed"
    for protocol in ("http", "tcp", "HTTP"):
        assert f'lb_protocol = "{protocol}"' in failure(control, **balancer(listener(), listener(protocol, 80)))
    assert status(control, variable=X, **balancer(listener("${var.x}"))) == "unknown"
    assert status(control, variable=X, **balancer(listener("${var.x}"), listener("http"))) == "failed"


def test_acm_certificate() -> None:
    control = classic.ACM_CERTIFICATE
    assert status(control, **balancer()) == "passed"
    of_acm: dict[str, Any] = {"aws_acm_certificate": {"c": {}}}
    assert status(control, **of_acm, **balancer(listener(certificate="${aws_acm_certificate.c.arn}"))) == "passed"
    of_iam: dict[str, Any] = {"aws_iam_server_certificate": {"c": {}}}
    by_iam = balancer(listener(certificate="${aws_iam_server_certificate.c.arn}"))
    assert status(control, **of_iam, **by_iam) == "failed"
    uploaded = "arn:aws:iam::111122223333:server-certificate/c"
    assert uploaded in failure(control, **balancer(listener(certificate=uploaded)))
    assert "is not set" in failure(control, **balancer(listener(certificate=None)))
    assert status(control, **balancer(listener("http", 80, None))) == "not applicable"
    assert status(control, variable=X, **balancer(listener(certificate="${var.x}"))) == "unknown"


def policies(
    value: str, port: Any = 443, names: Any = ("${aws_load_balancer_policy.p.policy_name}",)
) -> dict[str, Any]:
    attribute = {"name": "Reference-Security-Policy", "value": value}
    policy = {"load_balancer_name": "b", "policy_name": "tls", "policy_attribute": [attribute]}
    attached = {"load_balancer_name": "${aws_elb.b.name}", "load_balancer_port": port, "policy_names": list(names)}
    return {"aws_load_balancer_policy": {"p": policy}, "aws_load_balancer_listener_policy": {"a": attached}}


def test_tls_policy() -> None:
    control, good = classic.TLS_POLICY, classic.TLS_POLICY_NAME
    assert status(control, **balancer(), **policies(good)) == "passed"
    assert status(control, **balancer(), **policies(good, names=("tls",))) == "passed"
    assert status(control, **balancer(listener(port="443")), **policies(good)) == "passed"
    assert "lb_port = 443 without the policy" in failure(control, **balancer())
    assert status(control, **balancer(), **policies("ELBSecurityPolicy-2016-08")) == "failed"
    assert status(control, **balancer(), **policies(good, port=8443)) == "failed"
    assert status(control, **balancer(listener(), listener("ssl", 8443)), **policies(good)) == "failed"
    assert status(control, **balancer(), **policies(good, names=("elsewhere",))) == "unknown"
    assert status(control, variable=X, **balancer(), **policies("${var.x}")) == "unknown"
    assert status(control, **balancer(listener("http", 80))) == "not applicable"


def test_logged() -> None:
    control = classic.LOGGED
    assert status(control, **balancer(access_logs={"bucket": "logs"})) == "passed"
    assert "no access_logs block" in failure(control, **balancer())
    assert "enabled = false" in failure(control, **balancer(access_logs={"bucket": "logs", "enabled": False}))
    assert status(control, variable=X, **balancer(access_logs={"bucket": "l", "enabled": "${var.x}"})) == "unknown"
    to_kms = {
        "aws_s3_bucket": {"l": {}},
        "aws_s3_bucket_server_side_encryption_configuration": {
            "l": {
                "bucket": "${aws_s3_bucket.l.id}",
                "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}},
            }
        },
    }
    assert status(control, **balancer(access_logs={"bucket": "${aws_s3_bucket.l.id}"}), **to_kms) == "failed"


def test_several_zones() -> None:
    control = classic.SEVERAL_ZONES
    assert status(control, **balancer(subnets=["subnet-1", "subnet-2"])) == "passed"
    assert status(control, **balancer(subnets=["subnet-1"])) == "failed"
    assert status(control, **balancer(availability_zones=["eu-west-1a", "eu-west-1b"])) == "passed"
    assert "availability_zones = " in failure(control, **balancer(availability_zones=["eu-west-1a", "eu-west-1a"]))
    assert status(control, variable=X, **balancer(availability_zones="${var.x}")) == "unknown"
    assert status(control, variable=X, **balancer(subnets="${var.x}")) == "unknown"
