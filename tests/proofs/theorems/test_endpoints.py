"""VPC endpoints: own principals and resources only."""

from __future__ import annotations

from typing import Any

from secureinfra.proofs.theorems.endpoints import ENDPOINTS_OWN
from secureinfra.proofs.theorems.theorem import Result
from tests.proofs.configurations import ACCOUNT, allow, configuration, policy, verdicts

OWN = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


def of_endpoint(**values: Any) -> dict[str, Result]:
    endpoint = {"vpc_id": "vpc-0123456789abcdef0", "service_name": "com.amazonaws.eu-central-1.s3", **values}
    return verdicts(ENDPOINTS_OWN, configuration(aws_vpc_endpoint__s3=endpoint))


def test_own_principals() -> None:
    held = policy(allow("*", Principal="*", Condition=OWN))
    assert of_endpoint(policy=held)["aws_vpc_endpoint.s3"].verdict == "PROVED"


def test_buckets_of_aws_by_name_and_action() -> None:
    held = policy(
        allow("*", Principal="*", Condition=OWN),
        allow("s3:GetObject", "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*", Principal="*"),
    )
    assert of_endpoint(policy=held)["aws_vpc_endpoint.s3"].verdict == "PROVED"


def test_anything_for_anyone() -> None:
    found = of_endpoint(policy=policy(allow("*", Principal="*")))["aws_vpc_endpoint.s3"]
    assert found.verdict == "BROKEN"
    assert [(step.address, step.at) for step in found.steps] == [("aws_vpc_endpoint.s3", "policy.Statement[0]")]


def test_without_a_policy() -> None:
    assert of_endpoint()["aws_vpc_endpoint.s3"].verdict == "BROKEN"
    waiver = {"control": "vpc-endpoint-scoped", "reason": "the service takes no policy"}
    waived = of_endpoint(**{"//": {"waivers": [waiver]}})["aws_vpc_endpoint.s3"]
    assert (waived.verdict, waived.reason.endswith("the service takes no policy")) == ("UNKNOWN", True)


def test_a_policy_that_is_not_known() -> None:
    assert of_endpoint(policy="${var.policy}")["aws_vpc_endpoint.s3"].verdict == "UNKNOWN"


def test_endpoints_of_other_services_have_no_policy() -> None:
    other = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
    assert of_endpoint(service_name=other, vpc_endpoint_type="Interface") == {}
