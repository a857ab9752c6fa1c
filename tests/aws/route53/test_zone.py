"""Zone: signing, query log, private networks, records."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.route53.zone import Zone, ZoneConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

CONFIG = ZoneConfig(name="example.com")


def network(stack: Any) -> SecureVpc:
    return SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, tiers=("private",)))


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Zone(stack, "zone", CONFIG)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    config = ZoneConfig(name="example.com", comment="The shop", log_retention_in_days=731, tags={"team": "web"})
    zone = Zone(stack, "zone", config, alarms=SecureTopic(stack, "pages", provider=edge), provider=edge)
    zone.add_alias("", "shop.example.net", "Z0123456789ABCDEFGHIJ", ipv6=True)
    zone.add_record("*.test", "TXT", ["nothing"], ttl_seconds=60)
    matches_snapshot(stack)


def test_dnssec() -> None:
    stack = test_stack()
    zone = Zone(stack, "zone", CONFIG)
    resources = synthesize(stack)["resource"]
    key = resources["aws_kms_key"]["zone_signing_key"]
    assert (key["customer_master_key_spec"], key["key_usage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert resources["aws_route53_hosted_zone_dnssec"]["zone_dnssec"]["depends_on"] == [
        "aws_route53_key_signing_key.zone_key_signing_key"
    ]
    assert zone.ds_record == "${aws_route53_key_signing_key.zone_key_signing_key.ds_record}"


def test_key_signs_this_zone_only() -> None:
    stack = test_stack()
    Zone(stack, "zone", CONFIG)
    policy = json.loads(synthesize(stack)["resource"]["aws_kms_key"]["zone_signing_key"]["policy"])
    signing = [one for one in policy["Statement"] if one["Principal"] == {"Service": ["dnssec-route53.amazonaws.com"]}]
    assert {one["Sid"] for one in signing} == {"Sign", "SignLater"}
    for one in signing:
        (arn,) = one["Condition"]["ArnLike"]["aws:SourceArn"]
        assert arn.endswith(":route53:::hostedzone/${aws_route53_zone.zone.zone_id}")


def test_queries_logged_for_this_zone_only() -> None:
    stack = test_stack()
    Zone(stack, "zone", CONFIG)
    resources = synthesize(stack)["resource"]
    (log,) = resources["aws_route53_query_log"].values()
    assert log["depends_on"] == ["aws_cloudwatch_log_resource_policy.zone_delivery"]
    (policy,) = resources["aws_cloudwatch_log_resource_policy"].values()
    (statement,) = json.loads(policy["policy_document"])["Statement"]
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": ["${aws_route53_zone.zone.arn}"]}


def test_private_zone_answers_its_networks_and_has_no_key() -> None:
    stack = test_stack()
    zone = Zone(stack, "zone", ZoneConfig(name="acme.internal"), vpcs=[network(stack)])
    resources = synthesize(stack)["resource"]
    assert resources["aws_route53_zone"]["zone"]["vpc"] == [{"vpc_id": "${aws_vpc.network_vpc.id}"}]
    assert "aws_route53_key_signing_key" not in resources
    with pytest.raises(ConfigError, match="it is not signed"):
        _ = zone.ds_record


def test_waiver_for_a_zone_that_is_not_signed() -> None:
    with pytest.raises(ControlError, match="breaks control route53-zone-dnssec"):
        Zone(test_stack(), "zone", ZoneConfig(name="example.com", dnssec=False))
    waiver = Waiver(control="route53-zone-dnssec", reason="the parent is unsigned", owner="web", until="2099-12-31")
    stack = test_stack()
    Zone(stack, "zone", ZoneConfig(name="example.com", dnssec=False, waivers=(waiver,)))
    assert "aws_route53_key_signing_key" not in synthesize(stack)["resource"]


def test_refuses_a_public_zone_elsewhere() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    Zone(stack, "zone", CONFIG)
    with pytest.raises(ConfigError, match="a public zone's key and log group must be in us-east-1"):
        synthesize(stack)


def test_region_that_terraform_knows_is_checked_there() -> None:
    stack = test_stack()
    Zone(stack, "zone", CONFIG)
    (judged,) = synthesize(stack)["resource"]["aws_route53_zone"]["zone"]["lifecycle"]["precondition"]
    assert judged["condition"] == '${data.aws_region.current.id == "us-east-1"}'


def test_refuses_records_that_dns_would() -> None:
    zone = Zone(test_stack(), "zone", CONFIG)
    zone.add_record("www", "A", ["192.0.2.1"])
    with pytest.raises(ConfigError, match="is there already"):
        zone.add_record("www", "A", ["192.0.2.2"])
    with pytest.raises(ConfigError, match="the zone's own name has other records"):
        zone.add_record("", "CNAME", ["www.example.net"])
    with pytest.raises(ConfigError, match="has no values"):
        zone.add_record("mail", "MX", [])
    with pytest.raises(ConfigError, match="must be between 0 and 604800 seconds"):
        zone.add_record("mail", "MX", ["10 a.example.com"], ttl_seconds=-1)


@pytest.mark.parametrize("name", ["example.com.", "Example.com", "-a.example.com", ""])
def test_refuses_names(name: str) -> None:
    with pytest.raises(ConfigError, match="is not the name of a zone"):
        Zone(test_stack(), "zone", ZoneConfig(name=name))


def test_addresses() -> None:
    stack = test_stack()
    Zone(stack, "zone", CONFIG).add_record("*.test", "TXT", ["nothing"])
    assert [one for one in addresses(synthesize(stack)) if "route53" in one or "kms_key" in one] == [
        "aws_kms_key.zone_queries_key",
        "aws_kms_key.zone_signing_key",
        "aws_route53_hosted_zone_dnssec.zone_dnssec",
        "aws_route53_key_signing_key.zone_key_signing_key",
        "aws_route53_query_log.zone_query_log",
        "aws_route53_record.zone_record_any_test_txt",
        "aws_route53_zone.zone",
    ]
