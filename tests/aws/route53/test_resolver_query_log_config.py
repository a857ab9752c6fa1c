"""QueryLog: every DNS query of a VPC in an encrypted log group."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.route53.resolver_query_log_config import QueryLog, QueryLogConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack


def network(stack: TerraformStack) -> SecureVpc:
    return SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, tiers=("isolated",)))


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    QueryLog(stack, "dns", vpc=network(stack))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = QueryLogConfig(name="core DNS", retention_in_days=731, tags={"team": "network"})
    QueryLog(stack, "dns", config, vpc=network(stack), key=SecureKey(stack, "logs"))
    matches_snapshot(stack)


def test_every_query_of_the_vpc_goes_to_the_log_group() -> None:
    stack = test_stack()
    QueryLog(stack, "dns", vpc=network(stack))
    resources = synthesize(stack)["resource"]
    (log,) = resources["aws_route53_resolver_query_log_config"].values()
    assert log["destination_arn"] == "${aws_cloudwatch_log_group.dns_queries_log_group.arn}"
    assert log["depends_on"] == ["aws_cloudwatch_log_resource_policy.dns_delivery"]
    (association,) = resources["aws_route53_resolver_query_log_config_association"].values()
    assert association["resource_id"] == "${aws_vpc.network_vpc.id}"
    assert association["resolver_query_log_config_id"] == "${aws_route53_resolver_query_log_config.dns_query_log.id}"


def test_logs_encrypted() -> None:
    stack = test_stack()
    QueryLog(stack, "dns", vpc=network(stack))
    group = synthesize(stack)["resource"]["aws_cloudwatch_log_group"]["dns_queries_log_group"]
    assert group["kms_key_id"] == "${aws_kms_key.dns_queries_key.arn}"


def test_logs_policy_for_own_sources() -> None:
    stack = test_stack()
    QueryLog(stack, "dns", vpc=network(stack))
    (policy,) = synthesize(stack)["resource"]["aws_cloudwatch_log_resource_policy"].values()
    (statement,) = json.loads(policy["policy_document"])["Statement"]
    assert statement["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert statement["Resource"] == ["${aws_cloudwatch_log_group.dns_queries_log_group.arn}:log-stream:*"]
    assert set(statement["Condition"]) == {"StringEquals", "ArnLike"}


def test_logs_retained() -> None:
    stack = test_stack()
    vpc = network(stack)
    with pytest.raises(
        ControlError, match="test/dns: QueryLogConfig retention_in_days=30 breaks control log-group-ret"
    ):
        QueryLog(stack, "dns", QueryLogConfig(retention_in_days=30), vpc=vpc)


def test_waiver_for_shorter_logs_is_written_beside_the_log_group() -> None:
    stack = test_stack()
    waiver = Waiver(control="log-group-retained", reason="a trial", owner="network", until="2099-12-31")
    QueryLog(stack, "dns", QueryLogConfig(retention_in_days=30, waivers=(waiver,)), vpc=network(stack))
    group = synthesize(stack)["resource"]["aws_cloudwatch_log_group"]["dns_queries_log_group"]
    assert [each["control"] for each in group["//"]["waivers"]] == ["log-group-retained"]


@pytest.mark.parametrize("name", ["42", "a/b", "a" * 65, ""])
def test_refuses_bad_name(name: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is not a name of a query log"):
        QueryLog(stack, "dns", QueryLogConfig(name=name), vpc=network(stack))


def test_refuses_path_that_makes_no_name() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"which comes from the path, .* Set QueryLogConfig\(name='...'\)"):
        QueryLog(stack, "d" * 64, vpc=network(stack))


def test_addresses() -> None:
    stack = test_stack()
    vpc = network(stack)
    before = set(addresses(synthesize(stack)))
    QueryLog(stack, "dns", vpc=vpc)
    assert sorted(set(addresses(synthesize(stack))) - before) == [
        "aws_cloudwatch_log_group.dns_queries_log_group",
        "aws_cloudwatch_log_resource_policy.dns_delivery",
        "aws_kms_alias.dns_queries_key_alias",
        "aws_kms_key.dns_queries_key",
        "aws_route53_resolver_query_log_config.dns_query_log",
        "aws_route53_resolver_query_log_config_association.dns_association",
    ]
