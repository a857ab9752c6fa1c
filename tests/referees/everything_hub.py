"""A network with a firewall and a record of its DNS queries, every option on."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    DnsFirewall,
    DnsFirewallConfig,
    FirewallRule,
    NetworkFirewall,
    NetworkFirewallConfig,
    QueryLog,
    QueryLogConfig,
    SecureKey,
    SecureVpc,
    TerraformStack,
    VpcConfig,
)


def build(stack: TerraformStack) -> None:
    """Every construct of a hub, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    key = SecureKey(stack, "hub")
    network = SecureVpc(
        stack,
        "network",
        VpcConfig(
            cidr="10.40.0.0/16",
            zones=2,
            tiers=("public", "private", "isolated", "firewall"),
            nat="single",
            secondary_cidrs=("100.64.0.0/16",),
        ),
    )
    NetworkFirewall(
        stack,
        "egress",
        NetworkFirewallConfig(
            name="hub-egress",
            allowed_domains=(".amazonaws.com", "api.example.com"),
            rules=(
                FirewallRule(name="web", protocol="TCP", destination="home", ports="8000:8100"),
                FirewallRule(name="time", protocol="NTP", destination="internet"),
                FirewallRule(name="ping", protocol="ICMP", source="10.50.0.0/16", destination="10.40.0.0/16"),
            ),
            home_networks=("10.50.0.0/16",),
            managed_rule_groups=("MalwareDomainsStrictOrder", "ThreatSignaturesBotnetStrictOrder"),
            rule_group_arns=("arn:aws:network-firewall:eu-central-1:123456789012:stateful-rulegroup/own",),
            log_retention_in_days=731,
            tags={"team": "network"},
        ),
        vpc=network,
        key=key,
    )
    config = QueryLogConfig(name="hub-dns", retention_in_days=731, tags={"team": "network"})
    QueryLog(stack, "dns", config, vpc=network, key=key)
    DnsFirewall(
        stack,
        "names",
        DnsFirewallConfig(
            name="hub-names",
            allowed_domains=(".example.com", "api.partner.example"),
            blocked_domains=("old.example.com",),
            blocked_domain_list_ids=("rslvr-fdl-0123456789abcdef",),
            other_domains="alert",
            tags={"team": "network"},
        ),
        vpc=network,
    )
