"""Controls on AWS Network Firewall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import (
    all_hold,
    argument,
    has_blocks,
    is_true,
    named_by,
    nodes_at,
    one_of,
    only_if,
)
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.zones import lie_in_zones
from secureinfra.controls.verdict import Failure, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

FIREWALL, POLICY, GROUP = (f"aws_networkfirewall_{name}" for name in ("firewall", "firewall_policy", "rule_group"))
_REFERENCES = ("firewall_policy.stateful_rule_group_reference", "firewall_policy.stateless_rule_group_reference")
_STATELESS = "rule_group.rules_source.stateless_rules_and_custom_actions.stateless_rule"

LOGGED = Control(
    id="networkfirewall-firewall-logged",
    title="Network firewalls write logs",
    why="you could not see what was blocked, or find out later where data went",
    row="nfw-logging",
    fix="Write an aws_networkfirewall_logging_configuration with firewall_arn, for ALERT and FLOW.",
)
LOGGED.check(FIREWALL)(named_by("aws_networkfirewall_logging_configuration", "firewall_arn"))

HAS_RULES = Control(
    id="networkfirewall-policy-has-rules",
    title="Firewall policies have rule groups",
    why="a policy without rules treats all traffic alike",
    row="nfw-policy-has-rules",
    fix="Write stateful_rule_group_reference or stateless_rule_group_reference in firewall_policy.",
)


@HAS_RULES.check(POLICY)
def _has_rules(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    nodes = [node for path in _REFERENCES for node in nodes_at(policy, path)]
    if not any_of(nodes, lambda node: node.is_there):
        yield Failure("no rule group", "stateful_rule_group_reference { resource_arn = ... }", at="firewall_policy")


def _kept(actions: Any) -> bool:
    """Whether packets are dropped or inspected, not passed."""
    items = actions if isinstance(actions, list) else [actions]
    return actions is not None and any_of(items, lambda action: action in ("aws:drop", "aws:forward_to_sfe"))


FULL_PACKETS = Control(
    id="networkfirewall-policy-full-packets",
    title="Firewall policies drop or inspect packets that no stateless rule matches",
    why="everything that was not thought of would pass",
    row="nfw-default-full-packets",
    fix='Set stateless_default_actions = ["aws:forward_to_sfe"] or ["aws:drop"].',
)
FULL_PACKETS.check(POLICY)(
    argument("firewall_policy.stateless_default_actions", _kept, 'stateless_default_actions = ["aws:forward_to_sfe"]')
)

FRAGMENTS = Control(
    id="networkfirewall-policy-fragments",
    title="Firewall policies drop or inspect fragments that no stateless rule matches",
    why="an attack in fragments would pass",
    row="nfw-default-fragments",
    fix='Set stateless_fragment_default_actions = ["aws:forward_to_sfe"] or ["aws:drop"].',
)
FRAGMENTS.check(POLICY)(
    argument(
        "firewall_policy.stateless_fragment_default_actions",
        _kept,
        'stateless_fragment_default_actions = ["aws:forward_to_sfe"]',
    )
)

NOT_EMPTY = Control(
    id="networkfirewall-rule-group-not-empty",
    title="Stateless rule groups have rules",
    why="an empty group looks like protection and is none",
    row="nfw-rule-group-not-empty",
    fix="Write stateless_rule blocks, or remove the group.",
)
NOT_EMPTY.check(GROUP)(
    only_if(
        lambda group: group.get("type") == "STATELESS",
        "it is a stateful group",
        has_blocks(_STATELESS, "a stateless_rule block"),
    )
)

DELETION_PROTECTED = Control(
    id="networkfirewall-firewall-deletion-protected",
    title="Network firewalls have deletion protection",
    why="one wrong command or plan could leave the network without its firewall",
    row="nfw-deletion-protection",
    fix="Set delete_protection = true.",
)
DELETION_PROTECTED.check(FIREWALL)(argument("delete_protection", is_true, "delete_protection = true", absent=False))

SUBNETS_PROTECTED = Control(
    id="networkfirewall-firewall-subnets-protected",
    title="Network firewalls protect their subnets from changes",
    why="a wrong change would cut a zone off, or lead its traffic around the firewall",
    row="nfw-subnet-change-protection",
    fix="Set subnet_change_protection = true.",
)
SUBNETS_PROTECTED.check(FIREWALL)(
    argument("subnet_change_protection", is_true, "subnet_change_protection = true", absent=False)
)

MULTI_AZ = Control(
    id="networkfirewall-firewall-multi-az",
    title="Network firewalls have endpoints in two Availability Zones",
    why="an outage of one zone would cut the network off",
    row="nfw-multi-az",
    fix="Write subnet_mapping for subnets in two or more zones.",
)


@MULTI_AZ.check(FIREWALL)
def _multi_az(firewall: Block, configuration: Configuration) -> Iterator[Failure]:
    subnets = [node.get("subnet_id") for node in firewall.blocks("subnet_mapping")]
    if not lie_in_zones(subnets, 2, configuration):
        yield Failure(written("subnet_mapping", subnets), "subnets in at least two zones", at="subnet_mapping")


CUSTOMER_KEY = Control(
    id="networkfirewall-customer-key",
    title="Network firewalls, their policies and rules are encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts the rules",
    row="nfw-cmk",
    fix='Write encryption_configuration { type = "CUSTOMER_KMS", key_id = ... }.',
)
CUSTOMER_KEY.check(FIREWALL, POLICY, GROUP)(
    all_hold(
        customer_key("encryption_configuration.key_id"),
        argument("encryption_configuration.type", one_of("CUSTOMER_KMS"), 'type = "CUSTOMER_KMS"'),
    )
)
