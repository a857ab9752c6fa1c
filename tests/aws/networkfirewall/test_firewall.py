"""NetworkFirewall: nothing passes by default, everything is recorded, and there is no way past it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.networkfirewall.config import (
    DOMAINS_CAPACITY,
    RULES_CAPACITY,
    FirewallRule,
    NetworkFirewallConfig,
    rule_group_name,
)
from secureinfra.aws.networkfirewall.firewall import NetworkFirewall
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack
from tests.referees.runner import PRESENT

ALL = ("public", "private", "isolated", "firewall")


def network(stack: TerraformStack, **values: Any) -> SecureVpc:
    chosen = {"cidr": "10.20.0.0/16", "zones": 2, "tiers": ALL, "nat": "per_zone", **values}
    return SecureVpc(stack, "network", VpcConfig(**chosen))


def resources_of(config: NetworkFirewallConfig = NetworkFirewallConfig(), **values: Any) -> dict[str, dict[str, Any]]:
    stack = test_stack()
    NetworkFirewall(stack, "egress", config, vpc=network(stack, **values))
    document: dict[str, dict[str, Any]] = synthesize(stack)["resource"]
    return document


def policy_of(resources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    (policy,) = resources["aws_networkfirewall_firewall_policy"].values()
    (inner,) = policy["firewall_policy"]
    return dict(inner)


def routes_of(resources: dict[str, dict[str, Any]], table: str) -> dict[str, str]:
    """Where a route table leads, by destination."""
    found = {}
    for route in resources["aws_route"].values():
        if route["route_table_id"] == f"${{aws_route_table.network_{table}_routes.id}}":
            target = next(value for name, value in route.items() if name.endswith(("gateway_id", "endpoint_id")))
            found[route["destination_cidr_block"]] = target
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    NetworkFirewall(stack, "egress", vpc=network(stack))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack(environment="sandbox")
    config = NetworkFirewallConfig(
        name="core",
        allowed_domains=(".amazonaws.com", "api.example.com"),
        rules=(
            FirewallRule(name="web", protocol="TCP", destination="home", ports="8000:8100"),
            FirewallRule(name="ping", protocol="ICMP", source="10.50.0.0/16", destination="10.20.0.0/16"),
        ),
        home_networks=("10.50.0.0/16",),
        managed_rule_groups=("MalwareDomainsStrictOrder",),
        rule_group_arns=("arn:aws:network-firewall:eu-central-1:111122223333:stateful-rulegroup/own",),
        log_retention_in_days=731,
        tags={"team": "network"},
    )
    vpc = network(stack, nat="single", secondary_cidrs=("100.64.0.0/16",), tiers=("public", "private", "firewall"))
    NetworkFirewall(stack, "egress", config, vpc=vpc, key=SecureKey(stack, "hub"))
    matches_snapshot(stack)


def test_what_no_rule_passes_is_dropped_and_recorded() -> None:
    policy = policy_of(resources_of())
    assert policy["stateful_default_actions"] == [
        "aws:drop_established_app_layer_to_server",
        "aws:alert_established_app_layer_to_server",
    ]
    assert policy["stateful_engine_options"] == [{"rule_order": "STRICT_ORDER", "stream_exception_policy": "REJECT"}]
    for action in ("stateless_default_actions", "stateless_fragment_default_actions"):
        assert policy[action] == ["aws:forward_to_sfe"]
    assert "aws_networkfirewall_rule_group" not in resources_of()


def test_known_threats_are_dropped_before_anything_is_let_through() -> None:
    rules = (FirewallRule(name="web", protocol="TCP", destination="home", ports="8080"),)
    resources = resources_of(NetworkFirewallConfig(allowed_domains=("example.com",), rules=rules))
    references = policy_of(resources)["stateful_rule_group_reference"]
    order = [each["resource_arn"] for each in sorted(references, key=lambda each: int(each["priority"]))]
    assert [arn.endswith("StrictOrder") for arn in order] == [True] * 4 + [False] * 2
    assert order[-2:] == [f"${{aws_networkfirewall_rule_group.egress_{name}.arn}}" for name in ("rules", "domains")]
    for group in resources["aws_networkfirewall_rule_group"].values():
        assert group["rule_group"][0]["stateful_rule_options"] == [{"rule_order": "STRICT_ORDER"}]
        assert group["lifecycle"] == {"create_before_destroy": True}


def test_domains_are_an_allow_list() -> None:
    resources = resources_of(NetworkFirewallConfig(allowed_domains=(".example.com",)))
    group = resources["aws_networkfirewall_rule_group"]["egress_domains"]["rule_group"][0]
    assert group["rules_source"] == [
        {
            "rules_source_list": [
                {
                    "generated_rules_type": "ALLOWLIST",
                    "target_types": ["HTTP_HOST", "TLS_SNI"],
                    "targets": [".example.com"],
                }
            ]
        }
    ]


def test_rules_of_the_transport_layer_do_not_pass_threats() -> None:
    rules = (
        FirewallRule(name="database", protocol="TCP", destination="home", ports="5432"),
        FirewallRule(name="voice", protocol="UDP", destination="home", ports="5060"),
        FirewallRule(name="ping", protocol="ICMP", destination="home"),
        FirewallRule(name="tls", protocol="TLS", destination="home"),
    )
    group = resources_of(NetworkFirewallConfig(rules=rules))["aws_networkfirewall_rule_group"]["egress_rules"]
    directions = {
        rule["header"][0]["protocol"]: [each["settings"] for each in rule["rule_option"] if each["keyword"] == "flow"]
        for rule in group["rule_group"][0]["rules_source"][0]["stateful_rule"]
    }
    assert directions == {"TCP": [["to_server"]], "UDP": [["to_server"]], "ICMP": [], "TLS": []}


def test_rule_group_of_another_capacity_has_another_name() -> None:
    # A release may raise a capacity, which replaces the group: the new one exists beside the old one for a while.
    for id, capacity in (("domains", DOMAINS_CAPACITY), ("rules", RULES_CAPACITY)):
        names = {rule_group_name("f" * 116, id, each) for each in (capacity, capacity + 1000)}
        assert len(names) == 2
        assert max(map(len, names)) <= 128
    # Those of the first release keep the names that existing firewalls have.
    assert [rule_group_name("hub", *each) for each in (("domains", 2000), ("rules", 500))] == [
        "hub-domains",
        "hub-rules",
    ]


def test_a_rules_number_stays_when_others_come() -> None:
    web = FirewallRule(name="web", protocol="TCP", destination="home", ports="8080")
    mail = FirewallRule(name="mail", protocol="SMTP", destination="internet")
    alone, both = NetworkFirewallConfig(rules=(web,)).sids(), NetworkFirewallConfig(rules=(mail, web)).sids()
    assert both["web"] == alone["web"] != both["mail"]


def test_home_is_the_vpc_and_what_is_behind_it() -> None:
    resources = resources_of(NetworkFirewallConfig(home_networks=("10.50.0.0/16",)), secondary_cidrs=("100.64.0.0/16",))
    ((variables,),) = (each["rule_variables"] for each in policy_of(resources)["policy_variables"])
    assert variables == {
        "key": "HOME_NET",
        "ip_set": [{"definition": ["10.20.0.0/16", "100.64.0.0/16", "10.50.0.0/16"]}],
    }


def test_everything_is_under_the_key() -> None:
    resources = resources_of(NetworkFirewallConfig(allowed_domains=("example.com",)))
    own = [{"type": "CUSTOMER_KMS", "key_id": "${aws_kms_key.egress_key.arn}"}]
    for type in ("rule_group", "firewall_policy", "firewall"):
        for block in resources[f"aws_networkfirewall_{type}"].values():
            assert block["encryption_configuration"] == own
    for kind in ("alerts", "flows"):
        group = resources["aws_cloudwatch_log_group"][f"egress_{kind}_log_group"]
        assert group["kms_key_id"] == "${aws_kms_key.egress_key.arn}"


def test_protected_but_in_a_sandbox() -> None:
    (firewall,) = resources_of()["aws_networkfirewall_firewall"].values()
    for argument in ("delete_protection", "firewall_policy_change_protection", "subnet_change_protection"):
        assert firewall[argument] is True
    assert firewall["lifecycle"] == {"prevent_destroy": True}
    stack = test_stack(environment="sandbox")
    NetworkFirewall(stack, "egress", vpc=network(stack))
    (firewall,) = synthesize(stack)["resource"]["aws_networkfirewall_firewall"].values()
    assert firewall["delete_protection"] is False
    assert "lifecycle" not in firewall


def test_alerts_and_flows_are_logged() -> None:
    resources = resources_of()
    (logging,) = resources["aws_networkfirewall_logging_configuration"].values()
    ((alerts, flows),) = (each["log_destination_config"] for each in logging["logging_configuration"])
    assert (alerts["log_type"], flows["log_type"]) == ("ALERT", "FLOW")
    assert alerts["log_destination"] == {"logGroup": "${aws_cloudwatch_log_group.egress_alerts_log_group.name}"}
    assert logging["depends_on"] == ["aws_cloudwatch_log_resource_policy.egress_delivery"]
    (policy,) = resources["aws_cloudwatch_log_resource_policy"].values()
    (statement,) = json.loads(policy["policy_document"])["Statement"]
    assert len(statement["Resource"]) == 2
    assert set(statement["Condition"]) == {"StringEquals", "ArnLike"}


def test_an_endpoint_in_every_zone() -> None:
    (firewall,) = resources_of(zones=3)["aws_networkfirewall_firewall"].values()
    subnets = [f"${{aws_subnet.network_firewall_{letter}.id}}" for letter in "abc"]
    assert [mapping["subnet_id"] for mapping in firewall["subnet_mapping"]] == subnets


def test_there_is_no_way_past_the_firewall() -> None:
    resources = resources_of()
    public = {letter: f"${{aws_subnet.network_public_{letter}.cidr_block}}" for letter in "ab"}
    private = {letter: f"${{aws_subnet.network_private_{letter}.cidr_block}}" for letter in "ab"}
    for letter in "ab":
        out = routes_of(resources, f"private_{letter}")
        assert set(out) == {"0.0.0.0/0", *public.values()}
        # One endpoint for a zone's subnet in every direction: half a connection would be dropped.
        (endpoint,) = set(out.values())
        assert f"subnet_id == aws_subnet.network_firewall_{letter}.id" in endpoint
        assert routes_of(resources, "public")[private[letter]] == endpoint
        assert routes_of(resources, f"firewall_{letter}") == {
            "0.0.0.0/0": f"${{aws_nat_gateway.network_nat_{letter}.id}}"
        }
    assert routes_of(resources, "isolated") == {}


def test_without_a_firewall_nothing_gets_out() -> None:
    stack = test_stack()
    network(stack)
    resources = synthesize(stack)["resource"]
    assert routes_of(resources, "private_a") == {}
    assert set(routes_of(resources, "public")) == {"0.0.0.0/0"}


def test_a_firewall_added_later_changes_the_way_out_in_place() -> None:
    stack = test_stack()
    network(stack, tiers=("public", "private"))
    before = set(addresses(synthesize(stack)))
    stack = test_stack()
    NetworkFirewall(stack, "egress", vpc=network(stack, tiers=("public", "private", "firewall")))
    assert before < set(addresses(synthesize(stack)))


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_terraform_finds_the_endpoint_of_a_zone(tmp_path: Path) -> None:
    stack = test_stack()
    firewall = NetworkFirewall(stack, "egress", vpc=network(stack))
    states = (
        'toset([{availability_zone="x", attachment=[{endpoint_id="vpce-2", subnet_id="subnet-b"}]}, '
        '{availability_zone="y", attachment=[{endpoint_id="vpce-1", subnet_id="subnet-a"}]}])'
    )
    expression = firewall.endpoint_id("a")[2:-1]
    for reference, value in {
        "aws_networkfirewall_firewall.egress_firewall.firewall_status[0].sync_states": states,
        "aws_subnet.network_firewall_a.id": '"subnet-a"',
    }.items():
        assert reference in expression
        expression = expression.replace(reference, value)
    done = subprocess.run(
        ["terraform", "console"], input=f"{expression}\n", cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == '"vpce-1"', done.stderr


def test_logs_retained() -> None:
    with pytest.raises(ControlError, match="log_retention_in_days=30 breaks control log-group-retained"):
        resources_of(NetworkFirewallConfig(log_retention_in_days=30))


def test_waiver_for_shorter_logs_is_written_beside_the_log_groups() -> None:
    waiver = Waiver(control="log-group-retained", reason="a trial", owner="network", until="2099-12-31")
    resources = resources_of(NetworkFirewallConfig(log_retention_in_days=30, waivers=(waiver,)))
    for kind in ("alerts", "flows"):
        group = resources["aws_cloudwatch_log_group"][f"egress_{kind}_log_group"]
        assert [each["control"] for each in group["//"]["waivers"]] == ["log-group-retained"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"allowed_domains": ("*.example.com",)},
            r"'\*.example.com' is not a domain: write 'api.example.com', or '.exam",
        ),
        ({"allowed_domains": ("https://example.com",)}, "is not a domain"),
        ({"allowed_domains": ("example.com", "example.com")}, "allowed_domains names 'example.com' twice"),
        ({"allowed_domains": tuple(f"a{i}.example.com" for i in range(1001))}, "holds 1001, more than the 1000"),
        ({"managed_rule_groups": ("MalwareDomainsActionOrder",)}, "write the name that ends with 'StrictOrder'"),
        ({"managed_rule_groups": ()}, "leaves the policy without any rule group"),
        ({"rule_group_arns": ("arn:aws:s3:::bucket",)}, "is not a stateful rule group"),
        ({"name": "core_egress"}, "is not a name of a firewall"),
        ({"rules": (FirewallRule(name="web", protocol="TCP", destination="home"),)}, "allows TCP on every port"),
        ({"rules": (FirewallRule(name="a", protocol="ICMP", destination="home", ports="1"),)}, "ICMP has no ports"),
        ({"rules": (FirewallRule(name="a", protocol="TCP", destination="home", ports="90:80"),)}, "is not a range"),
        ({"rules": (FirewallRule(name="a", protocol="TCP", destination="home", ports="99999"),)}, "is not a range"),
        ({"rules": (FirewallRule(name="a", protocol="UDP", destination="any", ports="53"),)}, "destination"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resources_of(NetworkFirewallConfig(**values))


def test_refuses_vpc_without_the_tier() -> None:
    with pytest.raises(ConfigError, match="test/egress: vpc='test/network' has no subnets for a firewall"):
        resources_of(tiers=("public", "private"))


def test_refuses_second_firewall() -> None:
    stack = test_stack()
    vpc = network(stack)
    NetworkFirewall(stack, "egress", vpc=vpc)
    with pytest.raises(ConfigError, match="has a firewall already: its routes lead to one"):
        NetworkFirewall(stack, "second", vpc=vpc)


def test_refuses_vpc_of_another_stack() -> None:
    vpc = network(test_stack("network"))
    with pytest.raises(ConfigError, match="is of another stack"):
        NetworkFirewall(TerraformStack(vpc.stack_state.stack, "firewall"), "egress", vpc=vpc)


def test_refuses_path_that_makes_no_name() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"which comes from the path, .* Set NetworkFirewallConfig\(name='...'\)"):
        NetworkFirewall(stack, "e" * 120, vpc=network(stack))


def test_addresses() -> None:
    stack = test_stack()
    vpc = network(stack)
    before = set(addresses(synthesize(stack)))
    config = NetworkFirewallConfig(
        allowed_domains=("example.com",),
        rules=(FirewallRule(name="web", protocol="TCP", destination="home", ports="8080"),),
    )
    NetworkFirewall(stack, "egress", config, vpc=vpc)
    assert sorted(set(addresses(synthesize(stack))) - before) == [
        "aws_cloudwatch_log_group.egress_alerts_log_group",
        "aws_cloudwatch_log_group.egress_flows_log_group",
        "aws_cloudwatch_log_resource_policy.egress_delivery",
        "aws_kms_alias.egress_key_alias",
        "aws_kms_key.egress_key",
        "aws_networkfirewall_firewall.egress_firewall",
        "aws_networkfirewall_firewall_policy.egress_policy",
        "aws_networkfirewall_logging_configuration.egress_logging",
        "aws_networkfirewall_rule_group.egress_domains",
        "aws_networkfirewall_rule_group.egress_rules",
        "aws_route.network_private_a_to_internet",
        "aws_route.network_private_a_to_public_a",
        "aws_route.network_private_a_to_public_b",
        "aws_route.network_private_b_to_internet",
        "aws_route.network_private_b_to_public_a",
        "aws_route.network_private_b_to_public_b",
        "aws_route.network_public_to_private_a",
        "aws_route.network_public_to_private_b",
    ]


def test_what_only_terraform_knows_is_judged_by_it() -> None:
    rules = (FirewallRule(name="web", protocol="TCP", destination="${var.services}", ports="${var.port}"),)
    resources = resources_of(NetworkFirewallConfig(allowed_domains=("${var.partner}",), rules=rules))
    conditions = [
        condition["condition"]
        for blocks in resources.values()
        for block in blocks.values()
        for condition in block.get("lifecycle", {}).get("precondition", [])
    ]
    for name in ("var.partner", "var.services", "var.port"):
        assert any(name in condition for condition in conditions), name
    group = resources["aws_networkfirewall_rule_group"]["egress_rules"]["rule_group"][0]
    assert group["rules_source"][0]["stateful_rule"][0]["header"][0]["destination_port"] == "${var.port}"
