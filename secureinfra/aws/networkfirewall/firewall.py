"""Network firewall: traffic that no rule allows is dropped and logged, under a customer key, in every zone of a VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.networkfirewall.config import (
    DOMAINS_CAPACITY,
    FIREWALL_NAME,
    RULES_CAPACITY,
    NetworkFirewallConfig,
    rule_group_name,
)
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.log_delivery import deliver_to
from secureinfra.controls.cloudwatch import log_group as cloudwatch
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError

__all__ = ["NetworkFirewall"]

# The server name of a TLS handshake may come in the second packet, as it does with post-quantum keys: only the defaults
# for the application layer wait for it, and those of the direction to the server leave banners and resets of servers
# alone (docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html; the default of
# new policies since June 2026).
_DEFAULT_ACTIONS = ("aws:drop_established_app_layer_to_server", "aws:alert_established_app_layer_to_server")

# Known threats are dropped before anything is allowed, and allowed domains come last.
_MANAGED_FIRST, _OWN, _RULES, _DOMAINS = 100, 500, 1000, 2000


@declares(within="network-hub", page="firewall")
class NetworkFirewall(SecureConstruct):
    """A firewall between the private subnets of a VPC and everything else; it drops what no rule allows.

    Creates the firewall with an endpoint in each zone, its policy and rule groups, a key for all of it, and the log
    groups for alerts and flows with the permission to deliver to them. Traffic from private subnets to the internet and
    to public subnets, and the responses, is routed through the endpoint of their zone; no route bypasses it.

    Rules are evaluated in strict order: AWS's own, `rule_group_arns`, `rules`, then `allowed_domains`. Connections that
    none of them passes are dropped once the client has sent its request, because the server name is visible only then, and
    cause an alert (docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html). Costs about 290
    USD a month in each zone, and by traffic.

    `subnet_change_protection` refuses an additional zone in the VPC; turn it off for one apply with
    `firewall.firewall.add_override("subnet_change_protection", False)`.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to allow; by default nothing.
        vpc: the network; it needs the tier `firewall`.
        key: key for rules and logs; by default one of its own (1 USD a month, 3 after two rotations).
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or the VPC has no firewall tier, or a firewall already.

    Example:
        `NetworkFirewall(stack, "egress", NetworkFirewallConfig(allowed_domains=("api.partner.example",)), vpc=network)`
    """

    config: NetworkFirewallConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: NetworkFirewallConfig = NetworkFirewallConfig(),
        *,
        vpc: SecureVpc,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._check(vpc)
        self.vpc = vpc
        self.name = config.name or derived_name(self, FIREWALL_NAME, name=self.path.replace("/", "-").replace("_", "-"))
        self.key = key_of(
            self,
            key,
            KeyConfig(description=f"{self.path}: network firewall", protect=config.protect, tags=config.tags),
        )
        self._encryption = [{"type": "CUSTOMER_KMS", "key_id": self.key.arn}]
        self.policy = self._make_policy()
        self.firewall = self._make_firewall()
        vpc.firewall_endpoint = self.endpoint_id
        self._log()

    @property
    def arn(self) -> str:
        """Reference to the firewall's ARN."""
        return self.firewall.ref("arn")

    def endpoint_id(self, letter: str) -> str:
        """Reference to the endpoint in a zone, for your own routes.

        Args:
            letter: the zone's letter, e.g. `a`.
        """
        states = f"{self.firewall.ref('firewall_status')[2:-1]}[0].sync_states"
        subnet = self.vpc.subnets[f"firewall-{letter}"].ref("id")[2:-1]
        return f"${{[for state in {states} : state.attachment[0].endpoint_id if state.attachment[0].subnet_id == {subnet}][0]}}"

    def _check(self, vpc: SecureVpc) -> None:
        if "firewall" not in vpc.config.tiers:
            raise ConfigError(
                f"{self.path}: vpc={vpc.path!r} has no subnets for a firewall: nothing would lead to it. Write VpcConfig("
                "tiers=('public', 'private', 'firewall'), nat='per_zone', ...)."
            )
        if vpc.stack_state is not self.stack_state:
            raise ConfigError(
                f"{self.path}: vpc={vpc.path!r} is of another stack: its routes would lead here, and this firewall needs its "
                "subnets, so that neither could come first. Build both in one stack."
            )
        if vpc.firewall_endpoint is not None:
            raise ConfigError(
                f"{self.path}: vpc={vpc.path!r} has a firewall already: its routes lead to one. Add the rules to that one."
            )

    def _make_policy(self) -> Resource:
        return Resource(
            self,
            "policy",
            "aws_networkfirewall_firewall_policy",
            name=self.name,
            encryption_configuration=self._encryption,
            firewall_policy=[
                {
                    "stateless_default_actions": ["aws:forward_to_sfe"],
                    "stateless_fragment_default_actions": ["aws:forward_to_sfe"],
                    "stateful_default_actions": list(_DEFAULT_ACTIONS),
                    # Connections that the firewall did not see from their start, as after the failure of an endpoint,
                    # are dropped too, and the client is told, so that it connects again at once:
                    # docs.aws.amazon.com/network-firewall/latest/developerguide/stream-exception-policy.html
                    "stateful_engine_options": [{"rule_order": "STRICT_ORDER", "stream_exception_policy": "REJECT"}],
                    "policy_variables": [
                        {"rule_variables": [{"key": "HOME_NET", "ip_set": [{"definition": self._home()}]}]}
                    ],
                    "stateful_rule_group_reference": [
                        {"priority": priority, "resource_arn": arn} for priority, arn in self._rule_groups()
                    ],
                }
            ],
            tags=self.config.tags or None,
        )

    def _home(self) -> list[str]:
        return [self.vpc.cidr, *self.vpc.config.secondary_cidrs, *self.config.home_networks]

    def _rule_groups(self) -> Iterator[tuple[int, str]]:
        managed = f"arn:{self.partition}:network-firewall:{self.region}:aws-managed:stateful-rulegroup"
        for at, name in enumerate(self.config.managed_rule_groups):
            yield _MANAGED_FIRST + at, f"{managed}/{name}"
        for at, arn in enumerate(self.config.rule_group_arns):
            yield _OWN + at, arn
        if self.config.rules:
            sids = self.config.sids()
            rules = [rule.render(sids[rule.name]) for rule in self.config.rules]
            yield _RULES, self._rule_group("rules", RULES_CAPACITY, {"stateful_rule": rules}).ref("arn")
        if self.config.allowed_domains:
            domains = {
                "generated_rules_type": "ALLOWLIST",
                "target_types": ["HTTP_HOST", "TLS_SNI"],
                "targets": list(self.config.allowed_domains),
            }
            yield _DOMAINS, self._rule_group("domains", DOMAINS_CAPACITY, {"rules_source_list": [domains]}).ref("arn")

    def _rule_group(self, id: str, capacity: int, source: dict[str, Any]) -> Resource:
        return Resource(
            self,
            id,
            "aws_networkfirewall_rule_group",
            # AWS does not delete a group that a policy still names: the policy drops it first.
            create_before_destroy=True,
            name=rule_group_name(self.name, id, capacity),
            type="STATEFUL",
            capacity=capacity,
            encryption_configuration=self._encryption,
            rule_group=[{"rules_source": [source], "stateful_rule_options": [{"rule_order": "STRICT_ORDER"}]}],
            tags=self.config.tags or None,
        )

    def _make_firewall(self) -> Resource:
        return Resource(
            self,
            "firewall",
            "aws_networkfirewall_firewall",
            protect=self.config.protect,
            name=self.name,
            vpc_id=self.vpc.vpc_id,
            firewall_policy_arn=self.policy.ref("arn"),
            delete_protection=lambda: self.config.protect and self.stack_state.protects,
            firewall_policy_change_protection=True,
            subnet_change_protection=True,
            encryption_configuration=self._encryption,
            subnet_mapping=[{"subnet_id": subnet} for subnet in self.vpc.subnet_ids("firewall")],
            tags={"Name": self.path, **self.config.tags},
        )

    def _log(self) -> None:
        waivers = tuple(waiver for waiver in self.config.waivers if waiver.control == cloudwatch.LOGS_RETAINED.id)
        chosen = LogGroupConfig(
            retention_in_days=self.config.log_retention_in_days, tags=self.config.tags, waivers=waivers
        )
        self.log_groups = {kind: SecureLogGroup(self, kind, chosen, key=self.key) for kind in ("alerts", "flows")}
        delivery = deliver_to(self, *self.log_groups.values())
        types = {"alerts": "ALERT", "flows": "FLOW"}
        Resource(
            self,
            "logging",
            "aws_networkfirewall_logging_configuration",
            depends_on=[delivery],
            firewall_arn=self.arn,
            logging_configuration=[
                {
                    "log_destination_config": [
                        {
                            "log_type": types[kind],
                            "log_destination_type": "CloudWatchLogs",
                            "log_destination": {"logGroup": group.name},
                        }
                        for kind, group in self.log_groups.items()
                    ]
                }
            ],
        )
