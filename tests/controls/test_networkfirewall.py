"""Controls on AWS Network Firewall."""

from typing import Any

import pytest

from secureinfra.controls import networkfirewall as nfw
from tests.controls.spec import KEY, OWN, Spec, switch

FIREWALL, POLICY, GROUP = nfw.FIREWALL, nfw.POLICY, nfw.GROUP
LOGGING = "aws_networkfirewall_logging_configuration"
THIS = {"name": "f", "firewall_policy_arn": "p", "vpc_id": "v"}
REFERENCE = {"resource_arn": "${aws_networkfirewall_rule_group.g.arn}", "priority": 1}
DEFAULTS = {"stateless_default_actions": ["aws:forward_to_sfe"], "stateless_fragment_default_actions": ["aws:drop"]}
RULES = {"priority": 1, "rule_definition": {"actions": ["aws:pass"]}}
STATELESS = {"rules_source": {"stateless_rules_and_custom_actions": {"stateless_rule": [RULES]}}}
SOURCE = "rule_group.rules_source.stateless_rules_and_custom_actions"
KINDS: dict[str, dict[str, Any]] = {
    FIREWALL: THIS,
    POLICY: {"name": "p"},
    GROUP: {"name": "g", "capacity": 10, "type": "STATEFUL"},
}
SPECS = [
    Spec(
        nfw.LOGGED,
        FIREWALL,
        THIS,
        beside={LOGGING: {"l": {"firewall_arn": "${aws_networkfirewall_firewall.this.arn}"}}},
        fails=[({LOGGING: {}}, f"no {LOGGING} for it"), ({f"{LOGGING}.l.firewall_arn": "arn"}, f"no {LOGGING}")],
        unknown=[f"{LOGGING}.l.firewall_arn", f"{LOGGING}.l.count"],
    ),
    Spec(
        nfw.HAS_RULES,
        POLICY,
        {"name": "p", "firewall_policy": {**DEFAULTS, "stateful_rule_group_reference": [REFERENCE]}},
        also=[{"firewall_policy": {**DEFAULTS, "stateless_rule_group_reference": [REFERENCE]}}],
        fails=[({"firewall_policy.stateful_rule_group_reference": None}, "no rule group")],
        unknown=["firewall_policy.stateful_rule_group_reference"],
    ),
    *(
        switch(
            control,
            POLICY,
            f"firewall_policy.{name}",
            {"name": "p", "firewall_policy": DEFAULTS},
            value=["aws:forward_to_sfe"],
            wrong=[["aws:pass"], []],
            also=[{f"firewall_policy.{name}": ["aws:drop", "custom"]}],
        )
        for control, name in (
            (nfw.FULL_PACKETS, "stateless_default_actions"),
            (nfw.FRAGMENTS, "stateless_fragment_default_actions"),
        )
    ),
    Spec(
        nfw.NOT_EMPTY,
        GROUP,
        {"name": "g", "capacity": 10, "type": "STATELESS", "rule_group": STATELESS},
        fails=[
            ({f"{SOURCE}.stateless_rule": None}, "no rule_group"),
            ({f"{SOURCE}.stateless_rule": []}, "no rule_group"),
        ],
        unknown=["type", f"{SOURCE}.stateless_rule"],
        spared=[{"type": "STATEFUL", "rule_group": None}],
    ),
    switch(nfw.DELETION_PROTECTED, FIREWALL, "delete_protection", THIS),
    switch(nfw.SUBNETS_PROTECTED, FIREWALL, "subnet_change_protection", THIS),
    Spec(
        nfw.MULTI_AZ,
        FIREWALL,
        {**THIS, "subnet_mapping": [{"subnet_id": "${aws_subnet.a.id}"}, {"subnet_id": "${aws_subnet.b.id}"}]},
        beside={
            "aws_subnet": {
                "a": {"vpc_id": "v", "availability_zone": "eu-central-1a"},
                "b": {"vpc_id": "v", "availability_zone": "eu-central-1b"},
            }
        },
        fails=[
            ({"subnet_mapping.1": None}, "subnet_mapping"),
            ({"aws_subnet.b.availability_zone": "eu-central-1a"}, "subnet_mapping"),
        ],
        unknown=["subnet_mapping.1.subnet_id", "aws_subnet.b.availability_zone"],
    ),
    *(
        Spec(
            nfw.CUSTOMER_KEY,
            type,
            {**this, "encryption_configuration": {"type": "CUSTOMER_KMS", "key_id": OWN}},
            beside=KEY,
            fails=[
                ({"encryption_configuration": None}, "key_id is not set"),
                ({"encryption_configuration.type": "AWS_OWNED_KMS_KEY"}, 'type = "AWS_OWNED_KMS_KEY"'),
            ],
            unknown=["encryption_configuration.key_id", "encryption_configuration.type"],
        )
        for type, this in KINDS.items()
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
