"""Controls on VPC endpoints: whom they admit, and where they stand."""

import json
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls.vpc import endpoint as controls
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, status

VARIABLE: dict[str, Any] = {"x": {}, "y": {}}
OURS = {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}


def policy(*statements: dict[str, Any]) -> str:
    whole = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **held} for held in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


def endpoint(**arguments: Any) -> dict[str, Any]:
    return {"aws_vpc_endpoint": {"e": {"service_name": "com.amazonaws.eu-central-1.s3", **arguments}}}


def denied(operator: str, key: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Condition": {operator: {key: "o-a1b2c3d4e5"}, **more}}


@pytest.mark.parametrize(
    "statements",
    [
        [{"Condition": OURS}],
        [{"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}],
        [{"Condition": {"StringLike": {"AWS:PrincipalARN": "arn:aws:iam::111122223333:role/*"}}}],
        [{"Condition": {"StringEquals": {"aws:ResourceAccount": "${data.aws_caller_identity.c.account_id}"}}}],
        [{"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}],
        [{"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::al2023-repos-eu-central-1-de612dc2/*"]}],
        [{"Resource": "${aws_s3_bucket.b.arn}/*"}],
        [{"Resource": "arn:aws:dynamodb:*:111122223333:table/*"}],
        [{}, denied("StringNotEquals", "aws:PrincipalOrgID")],
        [
            {},
            denied("StringNotEqualsIfExists", "aws:ResourceOrgID", BoolIfExists={"aws:PrincipalIsAWSService": "false"}),
        ],
    ],
)
def test_endpoints_scoped(statements: list[dict[str, Any]]) -> None:
    assert status(controls.ENDPOINTS_SCOPED, **endpoint(policy=policy(*statements))) == "passed"
    beside = {"p": {"vpc_endpoint_id": "${aws_vpc_endpoint.e.id}", "policy": policy(*statements)}}
    assert status(controls.ENDPOINTS_SCOPED, **endpoint(), aws_vpc_endpoint_policy=beside) == "passed"


@pytest.mark.parametrize(
    "statements",
    [
        [{}],
        [{"Principal": {"AWS": "*"}}],
        [{"Condition": OURS}, {"Action": "s3:GetObject"}],
        [{"Resource": "arn:aws:s3:::*"}],
        [{"Resource": ["arn:aws:s3:::ours/*", "arn:aws:s3:::*/*"]}],
        [{"Resource": "arn:aws:dynamodb:*:*:table/*"}],
        [{"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}],
        [{"Condition": {"StringLike": {"aws:PrincipalArn": "*"}}}],
        [{"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}}],
        [{"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}],
        [{"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}],
        [{}, denied("StringEquals", "aws:PrincipalOrgID")],
        [{}, {**denied("StringNotEquals", "aws:PrincipalOrgID"), "Action": "s3:PutObject"}],
        [{}, denied("StringNotEquals", "aws:PrincipalOrgID", StringEquals={"aws:PrincipalTag/team": "red"})],
    ],
)
def test_endpoints_scoped_admit_strangers(statements: list[dict[str, Any]]) -> None:
    assert "Allow for Principal '*'" in failure(controls.ENDPOINTS_SCOPED, **endpoint(policy=policy(*statements)))
    beside = {"p": {"vpc_endpoint_id": "${aws_vpc_endpoint.e.id}", "policy": policy(*statements)}}
    assert "aws_vpc_endpoint_policy.p policy.Statement" in failure(
        controls.ENDPOINTS_SCOPED, **endpoint(), aws_vpc_endpoint_policy=beside
    )


def test_endpoints_scoped_have_a_policy() -> None:
    assert failure(controls.ENDPOINTS_SCOPED, **endpoint()) == (
        "aws_vpc_endpoint.e : policy is not set (AWS uses one that allows everything) -> "
        "policy = a document that limits principals or resources"
    )
    assert status(controls.ENDPOINTS_SCOPED, aws_vpc_endpoint_policy={"p": {"vpc_endpoint_id": "vpce-1"}}) == "failed"


def test_endpoints_scoped_where_nobody_knows() -> None:
    assert status(controls.ENDPOINTS_SCOPED, variable=VARIABLE, **endpoint(policy="${var.x}")) == "unknown"
    unsure = {"aws_vpc_endpoint_policy": {"p": {"vpc_endpoint_id": "${var.x}", "policy": policy({"Condition": OURS})}}}
    assert status(controls.ENDPOINTS_SCOPED, variable=VARIABLE, **endpoint(), **unsure) == "unknown"
    whose = policy({"Condition": {"StringEquals": {"aws:PrincipalAccount": "${var.x}"}}})
    assert status(controls.ENDPOINTS_SCOPED, variable=VARIABLE, **endpoint(policy=whose)) == "unknown"


def test_endpoints_scoped_in_a_data_source() -> None:
    everybody = {"principals": [{"type": "*", "identifiers": ["*"]}], "actions": ["*"], "resources": ["*"]}
    data = {"aws_iam_policy_document": {"d": {"statement": [everybody]}}}
    held = endpoint(policy="${data.aws_iam_policy_document.d.json}")
    assert status(controls.ENDPOINTS_SCOPED, data=data, **held) == "failed"
    everybody["condition"] = [{"test": "StringEquals", "variable": "aws:PrincipalOrgID", "values": ["o-a1b2c3d4e5"]}]
    assert status(controls.ENDPOINTS_SCOPED, data=data, **held) == "passed"


@pytest.mark.parametrize(
    "arguments",
    [
        {"vpc_endpoint_type": "GatewayLoadBalancer"},
        {
            "vpc_endpoint_type": "Interface",
            "service_name": "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0",
        },
    ],
)
def test_endpoints_scoped_is_not_asked_where_no_policy_is_taken(arguments: dict[str, str]) -> None:
    assert status(controls.ENDPOINTS_SCOPED, **endpoint(**arguments)) == "not applicable"


def in_zones(subnet_ids: Any, **more: Any) -> str:
    held = endpoint(vpc_endpoint_type="Interface", vpc_id="${aws_vpc.v.id}", subnet_ids=subnet_ids)
    subnets = {name: {"vpc_id": "${aws_vpc.v.id}", "availability_zone": f"eu-central-1{name}"} for name in ("a", "b")}
    sections = {"aws_vpc": {"v": {}}, "aws_subnet": subnets, **held, **more}
    return status(controls.ENDPOINTS_IN_SEVERAL_ZONES, variable=VARIABLE, **sections)


@pytest.mark.parametrize(
    ("subnet_ids", "answer"),
    [
        (["subnet-1", "subnet-2"], "passed"),
        (["${aws_subnet.a.id}", "${aws_subnet.b.id}"], "passed"),
        (["${data.aws_subnets.s.ids[0]}", "${data.aws_subnets.s.ids[1]}"], "passed"),
        (["subnet-1", "subnet-2", "${var.x}"], "passed"),
        (["${aws_subnet.a.id}"], "failed"),
        (["${aws_subnet.a.id}", "${aws_subnet.a.id}"], "failed"),
        ([], "failed"),
        (None, "failed"),
        ("${var.x}", "unknown"),
        (["${var.x}", "${var.y}"], "unknown"),
        ("${data.aws_subnets.s.ids}", "unknown"),
    ],
)
def test_endpoints_in_several_zones(subnet_ids: Any, answer: str) -> None:
    assert in_zones(subnet_ids) == answer


def test_endpoints_in_several_zones_by_associations() -> None:
    held = {"b": {"vpc_endpoint_id": "${aws_vpc_endpoint.e.id}", "subnet_id": "${aws_subnet.b.id}"}}
    assert in_zones(["${aws_subnet.a.id}"], aws_vpc_endpoint_subnet_association=held) == "passed"
    held["b"]["count"] = "${var.x}"
    assert in_zones(None, aws_vpc_endpoint_subnet_association=held) == "unknown"


@pytest.mark.parametrize(
    ("references", "answer"),
    [
        (["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b"], "passed"),
        (["aws_subnet.a.id", "aws_subnet.a"], "failed"),
        (["aws_subnet.a.id", "aws_subnet.a", "var.other"], "unknown"),
        (["aws_subnet.a"], "unknown"),
        ([], "unknown"),
    ],
)
def test_endpoints_in_several_zones_in_a_plan(references: list[str], answer: str) -> None:
    def resource(type: str, name: str, **values: Any) -> dict[str, Any]:
        return {"address": f"{type}.{name}", "mode": "managed", "type": type, "name": name, "values": values}

    endpoint = resource("aws_vpc_endpoint", "e", vpc_endpoint_type="Interface")
    resources = [resource("aws_subnet", name, availability_zone=f"eu-central-1{name}") for name in ("a", "b")]
    expressions = {"subnet_ids": {"references": references}, "vpc_endpoint_type": {"constant_value": "Interface"}}
    plan = {
        "planned_values": {"root_module": {"resources": [*resources, endpoint]}},
        "resource_changes": [{"address": "aws_vpc_endpoint.e", "change": {"after_unknown": {"subnet_ids": True}}}],
        "configuration": {"root_module": {"resources": [{**endpoint, "expressions": expressions}]}},
    }
    (finding,) = run_controls(Configuration.of(plan), [controls.ENDPOINTS_IN_SEVERAL_ZONES])
    assert finding.status == answer


def test_endpoints_in_several_zones_is_not_asked() -> None:
    assert status(controls.ENDPOINTS_IN_SEVERAL_ZONES, **endpoint()) == "not applicable"
    one = {"a": {"vpc_id": "${aws_vpc.v.id}", "availability_zone": "eu-central-1a"}}
    assert in_zones(["${aws_subnet.a.id}"], aws_subnet=one) == "not applicable"


def test_service_accepts_by_hand() -> None:
    def judged(**arguments: Any) -> str:
        service = {"s": {"network_load_balancer_arns": ["arn:nlb"], **arguments}}
        return status(controls.SERVICE_ACCEPTS_BY_HAND, variable=VARIABLE, aws_vpc_endpoint_service=service)

    assert judged(acceptance_required=True) == judged(acceptance_required="true") == "passed"
    assert judged(acceptance_required=False) == judged() == "failed"
    assert judged(acceptance_required="${var.x}") == "unknown"
