"""Controls on target groups, each with an input that meets it, one that breaks it, and one that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.lb import target_group
from tests.controls.judge import failure, status


def group(**arguments: Any) -> dict[str, Any]:
    return {"g": {"port": 443, **arguments}}


@pytest.mark.parametrize("type", ["aws_lb_target_group", "aws_alb_target_group"])
def test_encrypted(type: str) -> None:
    for protocol in ("HTTPS", "TLS", "QUIC", "https"):
        assert status(target_group.ENCRYPTED, **{type: group(protocol=protocol)}) == "passed"
    for protocol in ("HTTP", "TCP", "UDP", "TCP_UDP"):
        assert f'protocol = "{protocol}"' in failure(target_group.ENCRYPTED, **{type: group(protocol=protocol)})
    assert "protocol is not set" in failure(target_group.ENCRYPTED, **{type: group()})
    assert status(target_group.ENCRYPTED, variable={"p": {}}, **{type: group(protocol="${var.p}")}) == "unknown"
    for passed_on in ({"target_type": "lambda"}, {"target_type": "alb", "protocol": "TCP"}, {"protocol": "GENEVE"}):
        assert status(target_group.ENCRYPTED, **{type: group(**passed_on)}) == "not applicable"


@pytest.mark.parametrize("type", ["aws_lb_target_group", "aws_alb_target_group"])
def test_health_encrypted(type: str) -> None:
    checked = target_group.HEALTH_ENCRYPTED
    assert status(checked, **{type: group(health_check={"protocol": "HTTPS"})}) == "passed"
    for protocol in ("HTTP", "TCP"):
        said = failure(checked, **{type: group(health_check={"protocol": protocol})})
        assert f'health_check.protocol = "{protocol}" -> protocol = "HTTPS"' in said
    assert status(checked, **{type: group(health_check={"path": "/"})}) == "failed"
    assert status(checked, **{type: group(protocol="HTTPS")}) == "failed"
    unknown = group(health_check={"protocol": "${var.p}"})
    assert status(checked, variable={"p": {}}, **{type: unknown}) == "unknown"
    assert status(checked, **{type: group(target_type="lambda")}) == "not applicable"
    assert status(checked, **{type: group(protocol="GENEVE")}) == "not applicable"


def test_both_are_options() -> None:
    assert target_group.ENCRYPTED.optional
    assert target_group.HEALTH_ENCRYPTED.optional
