"""DnsFirewall: named domains and names of AWS are resolved, nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.route53.resolver_firewall_rule_group import DnsFirewall, DnsFirewallConfig, _numbers
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

VPC = "vpc-0a1b2c3d4e5f60718"
THREATS = "rslvr-fdl-2c46f2ecbfec4dcc"
FULLEST = DnsFirewallConfig(
    name="core names",
    allowed_domains=("api.partner.example", ".corp.example"),
    blocked_domains=("old.corp.example",),
    blocked_domain_list_ids=(THREATS,),
    other_domains="alert",
    tags={"team": "network"},
)


def resources_of(config: DnsFirewallConfig = DnsFirewallConfig(), **stack: Any) -> dict[str, dict[str, Any]]:
    given = test_stack(**stack)
    DnsFirewall(given, "names", config, vpc_id=VPC)
    resources: dict[str, dict[str, Any]] = synthesize(given)["resource"]
    return resources


def answers(config: DnsFirewallConfig) -> list[tuple[str, str, list[str]]]:
    """Name, action and domains of each rule, in the order of evaluation."""
    resources = resources_of(config)
    lists = {
        f"${{aws_route53_resolver_firewall_domain_list.{name}.id}}": block["domains"]
        for name, block in resources["aws_route53_resolver_firewall_domain_list"].items()
    }
    rules = sorted(resources["aws_route53_resolver_firewall_rule"].values(), key=lambda rule: int(rule["priority"]))
    return [
        (rule["name"], rule["action"], lists.get(rule["firewall_domain_list_id"], [rule["firewall_domain_list_id"]]))
        for rule in rules
    ]


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    DnsFirewall(stack, "names", vpc=SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16")))
    assert_meets(synthesize(stack))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    DnsFirewall(stack, "names", FULLEST, vpc=VPC)
    matches_snapshot(stack)


def test_what_is_not_named_is_not_resolved() -> None:
    (aws, others) = answers(DnsFirewallConfig())
    assert aws[:2] == ("aws", "ALLOW")
    assert "*.${data.aws_partition.current.dns_suffix}" in aws[2]
    assert others == ("others", "BLOCK", ["*"])
    rules = resources_of()["aws_route53_resolver_firewall_rule"]
    assert rules["names_others_rule"]["block_response"] == "NXDOMAIN"


def test_what_is_known_to_be_bad_comes_before_what_is_allowed() -> None:
    assert [(name, action) for name, action, _ in answers(FULLEST)] == [
        ("blocked", "BLOCK"),
        (THREATS, "BLOCK"),
        ("allowed", "ALLOW"),
        ("aws", "ALLOW"),
        ("others", "ALERT"),
    ]


def test_a_domain_and_what_is_below_it() -> None:
    (allowed,) = (domains for name, _, domains in answers(FULLEST) if name == "allowed")
    assert allowed == ["api.partner.example", "corp.example", "*.corp.example"]


def test_aliases_of_allowed_domains_only_are_trusted() -> None:
    for rule in resources_of(FULLEST)["aws_route53_resolver_firewall_rule"].values():
        trusted = rule.get("firewall_domain_redirection_action") == "TRUST_REDIRECTION_DOMAIN"
        assert trusted is (rule["action"] == "ALLOW")


def test_complete_before_it_is_used_and_closed_when_it_fails() -> None:
    resources = resources_of(FULLEST)
    (association,) = resources["aws_route53_resolver_firewall_rule_group_association"].values()
    assert len(association["depends_on"]) == len(resources["aws_route53_resolver_firewall_rule"]) == 5
    assert association["vpc_id"] == VPC
    (failure,) = resources["aws_route53_resolver_firewall_config"].values()
    assert (failure["resource_id"], failure["firewall_fail_open"]) == (VPC, "DISABLED")


@pytest.mark.parametrize(
    ("environment", "protect", "expected"),
    [("production", True, "ENABLED"), ("production", False, "DISABLED"), ("sandbox", True, "DISABLED")],
)
def test_protected_but_in_a_sandbox(environment: str, protect: bool, expected: str) -> None:
    resources = resources_of(DnsFirewallConfig(protect=protect), environment=environment)
    (association,) = resources["aws_route53_resolver_firewall_rule_group_association"].values()
    assert association["mutation_protection"] == expected


def test_another_list_renumbers_none() -> None:
    ids = [f"rslvr-fdl-{number:016x}" for number in range(400)]
    numbers = _numbers(ids)
    assert len(set(numbers.values())) == len(ids)
    assert all(100 < number < 7000 for number in numbers.values())
    assert _numbers(ids[:1]) == {ids[0]: numbers[ids[0]]}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"allowed_domains": ("*.example.com",)}, "is not a domain"),
        ({"allowed_domains": ("example.com", "example.com")}, "allowed_domains names 'example.com' twice"),
        ({"blocked_domain_list_ids": ("malware",)}, "is not the id of a domain list"),
        ({"blocked_domain_list_ids": ("${var.list}",)}, "its rule would have no stable address"),
        ({"other_domains": "allow"}, "must be 'block' or 'alert'"),
        ({"name": "42"}, "is not a name of a DNS firewall"),
        ({"name": "a" * 55}, "is not a name of a DNS firewall"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resources_of(DnsFirewallConfig(**values))


def test_refuses_path_that_makes_no_name() -> None:
    with pytest.raises(ConfigError, match=r"which comes from the path, .* Set DnsFirewallConfig\(name='...'\)"):
        DnsFirewall(test_stack(), "d" * 55, vpc_id=VPC)


def test_refuses_no_vpc() -> None:
    with pytest.raises(ConfigError, match="test/names: it needs one VPC"):
        DnsFirewall(test_stack(), "names")


def test_addresses() -> None:
    stack = test_stack()
    DnsFirewall(stack, "names", FULLEST, vpc_id=VPC)
    assert sorted(addresses(synthesize(stack))) == [
        "aws_route53_resolver_firewall_config.names_failure",
        "aws_route53_resolver_firewall_domain_list.names_allowed_domains",
        "aws_route53_resolver_firewall_domain_list.names_aws_domains",
        "aws_route53_resolver_firewall_domain_list.names_blocked_domains",
        "aws_route53_resolver_firewall_domain_list.names_others_domains",
        "aws_route53_resolver_firewall_rule.names_allowed_rule",
        "aws_route53_resolver_firewall_rule.names_aws_rule",
        "aws_route53_resolver_firewall_rule.names_blocked_rule",
        "aws_route53_resolver_firewall_rule.names_others_rule",
        "aws_route53_resolver_firewall_rule.names_rslvr_fdl_2c46f2ecbfec4dcc_rule",
        "aws_route53_resolver_firewall_rule_group.names_rule_group",
        "aws_route53_resolver_firewall_rule_group_association.names_association",
    ]
