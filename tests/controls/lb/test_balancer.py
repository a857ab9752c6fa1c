"""Controls on load balancers, each with an input that meets it, one for each way of breaking it, and one nobody knows."""

from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import Control
from secureinfra.controls.lb import balancer as load_balancer
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, findings, status


def balancer(kind: str = "application", **arguments: Any) -> dict[str, Any]:
    return {"b": {"load_balancer_type": kind, **arguments}}


SETTINGS = [
    (load_balancer.INVALID_HEADERS_DROPPED, "application", "drop_invalid_header_fields", True, False, False),
    (load_balancer.DESYNC_MITIGATED, "application", "desync_mitigation_mode", "strictest", "monitor", True),
    (load_balancer.DELETION_PROTECTED, "gateway", "enable_deletion_protection", True, False, False),
    (load_balancer.INTERNAL, "network", "internal", True, False, False),
    (load_balancer.CROSS_ZONE, "network", "enable_cross_zone_load_balancing", True, False, False),
]


@pytest.mark.parametrize(("control", "kind", "name", "good", "bad", "good_by_itself"), SETTINGS)
@pytest.mark.parametrize("type", ["aws_lb", "aws_alb"])
def test_settings(control: Control, kind: str, name: str, good: Any, bad: Any, good_by_itself: bool, type: str) -> None:
    assert status(control, **{type: balancer(kind, **{name: good})}) == "passed"
    assert f"aws_{type[4:]}.b {name}: {name} = " in failure(control, **{type: balancer(kind, **{name: bad})})
    assert status(control, **{type: balancer(kind)}) == ("passed" if good_by_itself else "failed")
    unknown = balancer(kind, **{name: "${var.x}"})
    assert status(control, variable={"x": {}}, **{type: unknown}) == "unknown"


def test_invalid_headers_dropped() -> None:
    assert status(load_balancer.INVALID_HEADERS_DROPPED, aws_lb={"b": {}}) == "failed"
    assert status(load_balancer.INVALID_HEADERS_DROPPED, aws_lb=balancer("network")) == "not applicable"
    assert status(load_balancer.INVALID_HEADERS_DROPPED, aws_lb=balancer("gateway")) == "not applicable"
    kind = balancer("${var.kind}", drop_invalid_header_fields=True)
    assert status(load_balancer.INVALID_HEADERS_DROPPED, variable={"kind": {}}, aws_lb=kind) == "unknown"


def test_desync_mitigated() -> None:
    defensive = balancer(desync_mitigation_mode="defensive")
    assert status(load_balancer.DESYNC_MITIGATED, aws_lb=defensive) == "passed"
    assert status(load_balancer.DESYNC_MITIGATED, aws_lb=balancer("network")) == "not applicable"


def test_deletion_protected() -> None:
    for kind in ("application", "network", "gateway"):
        assert status(load_balancer.DELETION_PROTECTED, aws_lb=balancer(kind)) == "failed"
        good = balancer(kind, enable_deletion_protection="true")
        assert status(load_balancer.DELETION_PROTECTED, aws_lb=good) == "passed"


def test_internal() -> None:
    assert "(AWS defaults to False)" in failure(load_balancer.INTERNAL, aws_lb=balancer())
    assert status(load_balancer.INTERNAL, aws_lb=balancer("gateway")) == "not applicable"


def test_cross_zone() -> None:
    assert status(load_balancer.CROSS_ZONE, aws_lb=balancer("gateway")) == "failed"
    assert status(load_balancer.CROSS_ZONE, aws_lb=balancer()) == "not applicable"


def logs(**arguments: Any) -> dict[str, Any]:
    return {"bucket": "${aws_s3_bucket.logs.id}", **arguments}


def encryption(algorithm: str) -> dict[str, Any]:
    rule = {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm}}
    return {"e": {"bucket": "${aws_s3_bucket.logs.id}", "rule": rule}}


def test_logged() -> None:
    bucket: dict[str, Any] = {"logs": {}}
    logged = load_balancer.LOGGED
    good = balancer(access_logs=logs(enabled=True))
    assert status(logged, aws_lb=good, aws_s3_bucket=bucket) == "passed"
    assert "no access_logs block" in failure(logged, aws_lb=balancer())
    assert "access_logs[0].enabled is not set (AWS defaults to False)" in failure(
        logged, aws_lb=balancer(access_logs=logs())
    )
    assert status(logged, aws_lb=balancer(access_logs=logs(enabled=False))) == "failed"
    unknown = balancer(access_logs=logs(enabled="${var.on}"))
    assert status(logged, variable={"on": {}}, aws_lb=unknown, aws_s3_bucket=bucket) == "unknown"
    dynamic = balancer(dynamic={"access_logs": {"for_each": "${var.on}", "content": logs(enabled=True)}})
    assert status(logged, variable={"on": {}}, aws_lb=dynamic, aws_s3_bucket=bucket) == "unknown"
    assert status(logged, aws_lb=balancer("gateway")) == "not applicable"


def test_logged_to_a_bucket_that_takes_the_logs() -> None:
    sections = {"aws_lb": balancer(access_logs=logs(enabled=True)), "aws_s3_bucket": {"logs": {}}}
    configured = "aws_s3_bucket_server_side_encryption_configuration"
    assert status(load_balancer.LOGGED, **sections, **{configured: encryption("AES256")}) == "passed"
    said = failure(load_balancer.LOGGED, **sections, **{configured: encryption("aws:kms")})
    assert said.startswith(f"{configured}.e rule[0]")
    assert "which load balancers require" in said
    unknown = {configured: encryption("${var.algorithm}")}
    assert status(load_balancer.LOGGED, variable={"algorithm": {}}, **sections, **unknown) == "unknown"


def test_network_load_balancers_deliver_under_a_customers_key() -> None:
    sections = {"aws_lb": balancer("network", access_logs=logs(enabled=True)), "aws_s3_bucket": {"logs": {}}}
    configured = "aws_s3_bucket_server_side_encryption_configuration"
    keyed = encryption("aws:kms")
    by_default = keyed["e"]["rule"]["apply_server_side_encryption_by_default"]
    said = failure(load_balancer.LOGGED, **sections, **{configured: keyed})
    assert 'or "aws:kms" with a kms_master_key_id of your own' in said
    by_default["kms_master_key_id"] = "${aws_kms_key.k.arn}"
    assert status(load_balancer.LOGGED, **sections, **{configured: keyed}) == "passed"
    application = {**sections, "aws_lb": balancer(access_logs=logs(enabled=True))}
    assert status(load_balancer.LOGGED, **application, **{configured: keyed}) == "failed"


def test_logged_only_where_there_is_something_to_log() -> None:
    listener = {"load_balancer_arn": "${aws_lb.b.arn}", "protocol": "TCP"}
    passing = {"aws_lb": balancer("network"), "aws_lb_listener": {"l": listener}}
    assert status(load_balancer.LOGGED, **passing) == "not applicable"
    for protocol in ("TLS", "tls"):
        ending = {"aws_lb": balancer("network"), "aws_lb_listener": {"l": {**listener, "protocol": protocol}}}
        assert status(load_balancer.LOGGED, **ending) == "failed"
    assert status(load_balancer.LOGGED, aws_lb=balancer("network")) == "failed"
    unknown = {"aws_lb": balancer("network"), "aws_lb_listener": {"l": {**listener, "protocol": "${var.p}"}}}
    assert status(load_balancer.LOGGED, variable={"p": {}}, **unknown) == "unknown"


def association(**arguments: Any) -> dict[str, Any]:
    return {"a": {"resource_arn": "${aws_lb.b.arn}", "web_acl_arn": "${aws_wafv2_web_acl.w.arn}", **arguments}}


def test_web_acl() -> None:
    guarded = load_balancer.WEB_ACL
    assert status(guarded, aws_lb=balancer(), aws_wafv2_web_acl_association=association()) == "passed"
    assert "without an aws_wafv2_web_acl_association" in failure(guarded, aws_lb=balancer())
    assert status(guarded, aws_lb=balancer(internal=False)) == "failed"
    classic = {"aws_wafregional_web_acl_association": association()}
    assert status(guarded, aws_lb=balancer(), **classic) == "failed"
    of_another = association(resource_arn="${aws_api_gateway_stage.s.arn}")
    assert status(guarded, aws_lb=balancer(), aws_wafv2_web_acl_association=of_another) == "failed"
    assert status(guarded, aws_lb=balancer(internal=True)) == "not applicable"
    assert status(guarded, aws_lb=balancer("network")) == "not applicable"
    assert status(guarded, variable={"x": {}}, aws_lb=balancer(internal="${var.x}")) == "unknown"
    elsewhere = association(resource_arn="${var.x}")
    sections = {"aws_lb": balancer(), "aws_wafv2_web_acl_association": elsewhere}
    assert status(guarded, variable={"x": {}}, **sections) == "unknown"


def test_web_acl_that_may_not_be_there() -> None:
    sometimes = association(count="${var.on ? 1 : 0}")
    sections = {"aws_lb": balancer(), "aws_wafv2_web_acl_association": sometimes}
    assert status(load_balancer.WEB_ACL, variable={"on": {}}, **sections) == "unknown"
    assert status(load_balancer.WEB_ACL, variable={"on": {"default": True}}, **sections) == "passed"
    assert status(load_balancer.WEB_ACL, variable={"on": {"default": False}}, **sections) == "failed"
    both = {**sections, "aws_lb": balancer(count="${var.on ? 1 : 0}")}
    assert status(load_balancer.WEB_ACL, variable={"on": {}}, **both) == "passed"
    for_it = {**sections, "aws_wafv2_web_acl_association": association(for_each="${toset(aws_lb.b.*.arn)}")}
    assert status(load_balancer.WEB_ACL, **for_it) == "passed"


SUBNETS: dict[str, Any] = {
    "a": {"availability_zone": "eu-central-1a"},
    "b": {"availability_zone": "eu-central-1b"},
    "c": {"availability_zone": "eu-central-1a"},
    "d": {},
    "three": {"count": 3},
    "named": {"for_each": {"x": 1, "y": 2}},
    "some": {"count": "${var.n}"},
}


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        (["${aws_subnet.a.id}", "${aws_subnet.b.id}"], "passed"),
        (["${aws_subnet.a.id}", "${aws_subnet.d.id}"], "passed"),
        (["subnet-1", "subnet-2"], "passed"),
        ("${aws_subnet.three[*].id}", "passed"),
        (["${aws_subnet.three[0].id}", "${aws_subnet.three[1].id}"], "passed"),
        ("${[for subnet in aws_subnet.named : subnet.id]}", "passed"),
        ("${var.known}", "passed"),
        (["${var.list[0]}", "${var.list[1]}"], "passed"),
        (["subnet-1"], "failed"),
        (["subnet-1", "subnet-1"], "failed"),
        (["${aws_subnet.a.id}"], "failed"),
        (["${aws_subnet.a.id}", "${aws_subnet.c.id}"], "failed"),
        ("${aws_subnet.a[*].id}", "failed"),
        ([], "failed"),
        ("${aws_subnet.some[*].id}", "unknown"),
        ("${var.list}", "unknown"),
        ("${data.aws_subnets.s.ids}", "unknown"),
        (["${var.one}", "${var.n}"], "unknown"),
        ("${var.one ? [aws_subnet.a.id] : [aws_subnet.b.id]}", "unknown"),
    ],
)
def test_several_zones(subnets: Any, expected: str) -> None:
    variables = {"n": {}, "list": {}, "one": {}, "known": {"default": ["subnet-1", "subnet-2"]}}
    sections = {"aws_lb": balancer(subnets=subnets), "aws_subnet": SUBNETS}
    data: dict[str, Any] = {"aws_subnets": {"s": {}}}
    assert status(load_balancer.SEVERAL_ZONES, data=data, variable=variables, **sections) == expected


def test_several_zones_says_what_is_wrong() -> None:
    several = load_balancer.SEVERAL_ZONES
    assert "neither subnets nor subnet_mapping" in failure(several, aws_lb=balancer())
    assert "one subnet in subnets" in failure(several, aws_lb=balancer(subnets=["subnet-1"]))
    same = ["${aws_subnet.a.id}", "${aws_subnet.c.id}"]
    said = failure(several, aws_lb=balancer(subnets=same), aws_subnet=SUBNETS, variable={"n": {}})
    assert "all subnets are in eu-central-1a" in said


def test_several_zones_by_mapping() -> None:
    mapped = [{"subnet_id": "${aws_subnet.a.id}"}, {"subnet_id": "${aws_subnet.b.id}"}]
    variables: dict[str, Any] = {"n": {}, "subnets": {}}
    several = load_balancer.SEVERAL_ZONES
    sections = {"aws_subnet": SUBNETS, "variable": variables}
    assert status(several, aws_lb=balancer("network", subnet_mapping=mapped), **sections) == "passed"
    one = balancer("network", subnet_mapping=mapped[0])
    assert "one subnet in subnet_mapping" in failure(several, aws_lb=one, **sections)
    content = {"subnet_id": "${subnet_mapping.value}"}
    dynamic = balancer(dynamic={"subnet_mapping": {"for_each": "${var.subnets}", "content": content}})
    found = findings(several, aws_lb=dynamic, **sections)
    assert [finding.status for finding in found] == ["unknown"]


def planned(references: list[str], *subnets: str) -> str:
    """What is said of a planned load balancer whose subnets are known after apply."""
    resources: list[dict[str, Any]] = [
        {"address": f"aws_subnet.{name}", "mode": "managed", "type": "aws_subnet", "name": name.partition("[")[0]}
        | ({"index": int(name[-2])} if name.endswith("]") else {})
        for name in subnets
    ]
    lb = {"address": "aws_lb.b", "mode": "managed", "type": "aws_lb", "name": "b", "values": {}}
    change = {"address": "aws_lb.b", "change": {"after_unknown": {"subnets": True, "subnet_mapping": True}}}
    written = {"address": "aws_lb.b", "expressions": {"subnets": {"references": references}}}
    plan = {
        "planned_values": {"root_module": {"resources": [lb, *resources]}},
        "resource_changes": [change],
        "configuration": {"root_module": {"resources": [written]}},
    }
    (finding,) = run_controls(Configuration.of(plan, name="plan"), [load_balancer.SEVERAL_ZONES])
    return finding.status


def test_several_zones_in_a_plan() -> None:
    assert planned(["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.c.id", "aws_subnet.c"], "a", "c") == "passed"
    assert planned(["aws_subnet.a.id", "aws_subnet.a"], "a") == "failed"
    assert planned(["aws_subnet.three"], "three[0]", "three[1]") == "passed"
    assert planned(["aws_subnet.three"], "three[0]") == "failed"
    assert planned(["var.which", "aws_subnet.a.id", "aws_subnet.c.id"], "a", "c") == "unknown"
    assert planned(["data.aws_subnets.s.ids"]) == "unknown"
