"""NetworkHub: what leaves the network, what is recorded, who may use it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from secureinfra import AwsProvider, AwsProviderConfig, ConfigError, FirewallRule, Waiver
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.network_hub import NetworkHub, NetworkHubConfig
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator

ROOT = Path(__file__).parents[2]
ACCOUNT = "${data.aws_caller_identity.current.account_id}"
UNIT = "arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-11111111"


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    NetworkHub(stack, "hub", NetworkHubConfig(**{"cidr": "10.20.0.0/16", **values}))
    return synthesize(stack)


def fullest() -> NetworkHubConfig:
    return NetworkHubConfig(
        cidr="10.40.0.0/18",
        zones=("eu-central-1a", "eu-central-1b"),
        reserved_zones=8,
        nat="single",
        allowed_domains=(".amazonaws.com", "api.example.com"),
        rules=(FirewallRule(name="web", protocol="TCP", destination="home", ports="8080"),),
        resolvable_domains=(".corp.example",),
        other_domains="alert",
        managed_rule_groups=("MalwareDomainsStrictOrder",),
        endpoints=("ecr.api", "sts"),
        organization_id="o-a1b2c3d4e5",
        shared_with=("444455556666", UNIT),
        flow_logs_interval_seconds=60,
        log_retention_days=731,
        tags={"domain": "network"},
    )


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    NetworkHub(stack, "hub", NetworkHubConfig(cidr="10.20.0.0/16"))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    NetworkHub(stack, "hub", fullest())
    matches_snapshot(stack)


@pytest.mark.parametrize("config", [NetworkHubConfig(cidr="10.20.0.0/16"), fullest()], ids=["defaults", "fullest"])
def test_meets_every_control(config: NetworkHubConfig) -> None:
    stack = test_stack("acme")
    NetworkHub(stack, "hub", config)
    assert_meets(synthesize(stack))


def test_private_subnets_get_out_through_the_firewall_only() -> None:
    routes = document_of()["resource"]["aws_route"]
    for letter in "abc":
        out = {
            name: route
            for name, route in routes.items()
            if route["route_table_id"] == f"${{aws_route_table.hub_network_private_{letter}_routes.id}}"
        }
        assert len(out) == 4  # the internet, and the public subnet of each zone
        assert all("aws_networkfirewall_firewall.hub_firewall" in route["vpc_endpoint_id"] for route in out.values())


def test_nothing_gets_out_by_default() -> None:
    resources = document_of()["resource"]
    assert "aws_networkfirewall_rule_group" not in resources
    (policy,) = resources["aws_networkfirewall_firewall_policy"].values()
    assert policy["firewall_policy"][0]["stateful_default_actions"] == [
        "aws:drop_established_app_layer_to_server",
        "aws:alert_established_app_layer_to_server",
    ]


def test_only_named_domains_are_resolved() -> None:
    given = {"allowed_domains": ("api.example.com",), "resolvable_domains": (".corp.example", "api.example.com")}
    resources = document_of(**given)["resource"]
    lists = resources["aws_route53_resolver_firewall_domain_list"]
    assert lists["hub_names_allowed_domains"]["domains"] == ["api.example.com", "corp.example", "*.corp.example"]
    rules = resources["aws_route53_resolver_firewall_rule"]
    assert rules["hub_names_others_rule"]["action"] == "BLOCK"
    (association,) = resources["aws_route53_resolver_firewall_rule_group_association"].values()
    assert association["vpc_id"] == "${aws_vpc.hub_network_vpc.id}"
    looked = document_of(other_domains="alert")["resource"]["aws_route53_resolver_firewall_rule"]
    assert looked["hub_names_others_rule"]["action"] == "ALERT"


def test_flows_alerts_and_queries_are_recorded_under_keys() -> None:
    resources = document_of(log_retention_days=731)["resource"]
    groups = resources["aws_cloudwatch_log_group"]
    assert set(groups) == {
        "hub_network_flow_logs_log_group",
        "hub_firewall_alerts_log_group",
        "hub_firewall_flows_log_group",
        "hub_dns_queries_log_group",
    }
    assert all(group["retention_in_days"] == 731 and group["kms_key_id"] for group in groups.values())
    (association,) = resources["aws_route53_resolver_query_log_config_association"].values()
    assert association["resource_id"] == "${aws_vpc.hub_network_vpc.id}"


def test_shared_within_the_organisation_and_without_the_ways_out() -> None:
    resources = document_of(shared_with=("444455556666", UNIT), zones=2)["resource"]
    (share,) = resources["aws_ram_resource_share"].values()
    assert share["allow_external_principals"] is False
    shared = {block["resource_arn"] for block in resources["aws_ram_resource_association"].values()}
    tiers = [f"{tier}_{letter}" for tier in ("private", "isolated") for letter in "ab"]
    assert shared == {f"${{aws_subnet.hub_network_{tier}.arn}}" for tier in tiers}
    principals = resources["aws_ram_principal_association"]
    assert {name: block["principal"] for name, block in principals.items()} == {
        "hub_share_with_444455556666": "444455556666",
        "hub_share_with_ou_ab12_11111111": UNIT,
    }


@pytest.mark.parametrize(
    ("values", "callers"),
    [
        ({"shared_with": ("444455556666",)}, {"aws:PrincipalAccount": [ACCOUNT, "444455556666"]}),
        ({"shared_with": (UNIT,)}, {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}),
        ({"shared_with": ("444455556666", UNIT)}, {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}),
        (
            {"shared_with": ("${var.unit_arn}",), "organization_id": "o-a1b2c3d4e5"},
            {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]},
        ),
        ({}, {"aws:PrincipalAccount": [ACCOUNT]}),
    ],
)
def test_who_shares_the_subnets_reaches_aws_through_the_endpoints(
    values: dict[str, Any], callers: dict[str, list[str]]
) -> None:
    endpoints = document_of(**values)["resource"]["aws_vpc_endpoint"]
    assert len(endpoints) == 8
    for endpoint in endpoints.values():
        own = next(each for each in json.loads(endpoint["policy"])["Statement"] if each["Sid"] == "OwnPrincipals")
        assert callers.items() <= own["Condition"]["StringEquals"].items()


def test_buckets_and_accounts_of_others_are_named() -> None:
    resources = document_of(readable_buckets=("aws-codedeploy-eu-central-1",), resource_accounts=("999988887777",))
    policy = resources["resource"]["aws_vpc_endpoint"]["hub_network_endpoint_s3"]["policy"]
    assert "aws-codedeploy-eu-central-1/*" in policy
    assert '"aws:ResourceAccount":["999988887777"]' in policy


def test_what_only_terraform_knows_is_judged_by_it() -> None:
    resources = document_of(
        shared_with=("${var.unit_arn}",),
        organization_id="o-a1b2c3d4e5",
        allowed_domains=("${var.partner}",),
        cidr="${var.cidr}",
        zones=2,
    )["resource"]
    assert resources["aws_ram_principal_association"]["hub_share_with_var_unit_arn"]["principal"] == "${var.unit_arn}"
    conditions = [
        condition["condition"]
        for blocks in resources.values()
        for block in blocks.values()
        for condition in block.get("lifecycle", {}).get("precondition", [])
    ]
    assert any("var.partner" in condition for condition in conditions)
    assert any("var.cidr" in condition for condition in conditions)


def test_configuration_is_read_from_yaml() -> None:
    settings = """
    cidr: 10.20.0.0/16
    zones: [eu-central-1a, eu-central-1b]
    allowed_domains: [.amazonaws.com]
    rules:
      - {name: web, protocol: TCP, destination: home, ports: "8080"}
    """
    config = NetworkHubConfig.of(YAML(typ="safe").load(settings))
    assert config.rules[0].ports == "8080"
    stack = test_stack("acme")
    NetworkHub(stack, "hub", config)
    assert_meets(synthesize(stack))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"cidr": "10.20.0.0/27"},
            r"NetworkHubConfig: VpcConfig cidr='10.20.0.0/27' is too small.*Use a /22 or larger",
        ),
        ({"zones": 9}, r"zones=9 is out of range"),
        ({"endpoints": ("sessions-manager",)}, r"Did you mean 'session-manager'"),
        ({"allowed_domains": ("*.example.com",)}, r"NetworkFirewallConfig allowed_domains.*is not a domain"),
        ({"resolvable_domains": ("*.corp.example",)}, r"DnsFirewallConfig allowed_domains.*is not a domain"),
        ({"managed_rule_groups": ("MalwareDomains",)}, r"ends with 'StrictOrder'"),
        ({"rules": ({"name": "web", "protocol": "TCP", "destination": "home"},)}, r"allows TCP on every port"),
        ({"log_retention_days": 30}, r"must be one of 365"),
        ({"nat": "none"}, r"must be 'single' or 'per_zone'"),
        ({"shared_with": ("*",)}, r"'\*' is not a principal to share with"),
        ({"shared_with": ("444455556666", "444455556666")}, r"shared_with names '444455556666' twice"),
        (
            {"shared_with": ("${var.unit_arn}",)},
            r"shared_with needs organization_id: the endpoints must allow principals",
        ),
        ({"shared_with": (UNIT,), "organization_id": "o-zzzzzzzzzz"}, r"names two organizations, o-a1b2c3d4e5 and o-z"),
        ({"shared_with": ("${TfToken[TOKEN.1]}",)}, r"from which no stable address can be made"),
        ({"firewal": False}, r"NetworkHubConfig has no field 'firewal'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(**values)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        document_of(zones=9, allowed_domains=("*",))
    assert "zones=9" in str(error.value)
    assert "'*'" in str(error.value)


def test_one_zone_takes_a_waiver() -> None:
    with pytest.raises(ConfigError, match="zones=1 breaks control vpc-several-zones"):
        document_of(zones=1)
    controls = ("vpc-several-zones", "networkfirewall-firewall-multi-az")
    waivers = tuple(Waiver(control=one, reason="a trial", owner="network", until="2099-12-31") for one in controls)
    document = document_of(zones=1, waivers=waivers)
    assert [each["control"] for each in document["resource"]["aws_vpc"]["hub_network_vpc"]["//"]["waivers"]] == [
        "vpc-several-zones"
    ]
    assert_meets(document)


def test_growing_changes_no_address() -> None:
    assert set(addresses(document_of(zones=2))) < set(addresses(document_of(zones=3, shared_with=("444455556666",))))


def test_addresses() -> None:
    found = addresses(document_of(zones=2, endpoints=("sts",), shared_with=("444455556666",)))
    network = [one for one in found if ".hub_network_" in one]
    assert {one.partition(".")[2] for one in network} >= {"hub_network_vpc", "hub_network_firewall_a"}
    assert sorted(set(found) - set(network)) == [
        "aws_cloudwatch_log_group.hub_dns_queries_log_group",
        "aws_cloudwatch_log_group.hub_firewall_alerts_log_group",
        "aws_cloudwatch_log_group.hub_firewall_flows_log_group",
        "aws_cloudwatch_log_resource_policy.hub_dns_delivery",
        "aws_cloudwatch_log_resource_policy.hub_firewall_delivery",
        "aws_kms_alias.hub_key_alias",
        "aws_kms_key.hub_key",
        "aws_networkfirewall_firewall.hub_firewall",
        "aws_networkfirewall_firewall_policy.hub_firewall_policy",
        "aws_networkfirewall_logging_configuration.hub_firewall_logging",
        "aws_ram_principal_association.hub_share_with_444455556666",
        "aws_ram_resource_association.hub_share_isolated_a",
        "aws_ram_resource_association.hub_share_isolated_b",
        "aws_ram_resource_association.hub_share_private_a",
        "aws_ram_resource_association.hub_share_private_b",
        "aws_ram_resource_share.hub_share",
        "aws_route53_resolver_firewall_config.hub_names_failure",
        "aws_route53_resolver_firewall_domain_list.hub_names_aws_domains",
        "aws_route53_resolver_firewall_domain_list.hub_names_others_domains",
        "aws_route53_resolver_firewall_rule.hub_names_aws_rule",
        "aws_route53_resolver_firewall_rule.hub_names_others_rule",
        "aws_route53_resolver_firewall_rule_group.hub_names_rule_group",
        "aws_route53_resolver_firewall_rule_group_association.hub_names_association",
        "aws_route53_resolver_query_log_config.hub_dns_query_log",
        "aws_route53_resolver_query_log_config_association.hub_dns_association",
    ]


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_apply_stays_and_goes(tmp_path: Path) -> None:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
    NetworkHub(stack, "hub", fullest())
    whole = synthesize(stack)
    validated = Terraform(tmp_path / "whole", whole)
    validated.init()
    validated.validate()
    document, _ = for_emulator(whole)
    # The emulator does not know ListResourceSharePermissions, which the provider asks of every share.
    for type in [type for type in document["resource"] if type.startswith("aws_ram_")]:
        del document["resource"][type]
    with emulator.running(tmp_path) as aws:
        runner = Terraform(tmp_path / "run", document, endpoint=aws.address)
        runner.init()
        assert runner.changes_after_apply() == ""


def test_pages_name_services_of_aws_one_by_one() -> None:
    # Below `.amazonaws.com` lie every customer's buckets, instances and APIs.
    files = [*ROOT.glob("examples/*/*.py"), *ROOT.glob("examples/*/*.yaml"), *ROOT.glob("blueprints/*/*.py")]
    texts = {path: path.read_text() for path in files}
    for page in (*ROOT.glob("examples/*/README.md"), *ROOT.glob("blueprints/*/*.md"), ROOT / "README.md"):
        texts[page] = "".join(page.read_text().split("```")[1::2])
    wide = re.compile(r"""[\s"'(\[]\.amazonaws\.com""")
    assert [str(path) for path, text in texts.items() if wide.search(text)] == []
    assert any("allowed_domains" in text for text in texts.values())
