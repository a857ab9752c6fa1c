"""Security groups: rules by the ids that the state has of them, and what it has none of."""

import json
from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.group_rules import read_group_rules
from secureinfra.adopt.kinds.groups import candidate
from secureinfra.adopt.source import text_of
from tests.adopt.states import estate, group, network, resource

GROUP = "sg-0123456789abcdef0"


def made(*resources: dict[str, Any]) -> Any:
    there = estate(*resources)
    return candidate(there, there.of("aws_security_group")[0])


def ingress(name: str, **values: Any) -> dict[str, Any]:
    usual = {"id": f"sgr-{name}", "security_group_id": GROUP, "ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    return resource(f"aws_vpc_security_group_ingress_rule.{name}", **{**usual, **values})


def older(name: str, **values: Any) -> dict[str, Any]:
    usual = {"security_group_id": GROUP, "type": "egress", "protocol": "tcp", "from_port": 80, "to_port": 81}
    return resource(f"aws_security_group_rule.{name}", **{**usual, **values})


def calls(found: Any) -> list[str]:
    return [text_of(one) for one in found.calls]


def test_rules_of_both_kinds() -> None:
    rules = [
        ingress("web", cidr_ipv4="0.0.0.0/0", description="HTTPS"),
        ingress("web6", cidr_ipv6="::/0"),
        older("out", cidr_blocks=["10.0.0.0/8"], security_group_rule_id="sgr-out"),
        older("own", self=True, type="ingress", protocol="-1", security_group_rule_id="sgr-own"),
    ]
    found = made(group(), *rules)
    assert calls(found) == [
        'group.add_override("name", "shop-web")',
        'group.add_override("name_prefix", None)',
        'allow_from_internet(Port.tcp(443), "HTTPS", ipv6=True)',
        'allow_to("10.0.0.0/8", Port.tcp(80, 81))',
        f'allow_from("{GROUP}", Port.all_traffic())',
    ]
    assert {role: part.id for role, part in found.parts.items()} == {
        "security-group": GROUP,
        "from-internet-tcp-443": "sgr-web",
        "from-internet-ipv6-tcp-443": "sgr-web6",
        "to-10-0-0-0-8-tcp-80-81": "sgr-out",
        f"from-{GROUP}-all": "sgr-own",
    }


@pytest.mark.parametrize(
    ("protocol", "first", "last", "port"),
    [
        ("icmp", 8, 0, "Port.icmp(8, 0)"),
        ("icmp", -1, -1, "Port.icmp()"),
        ("58", 128, -1, "Port.icmpv6(128)"),
        ("17", 53, 53, "Port.udp(53)"),
        ("50", None, None, "Port.ip_protocol(50)"),
    ],
)
def test_ports(protocol: str, first: int | None, last: int | None, port: str) -> None:
    rule = ingress("x", cidr_ipv4="10.0.0.0/8", ip_protocol=protocol, from_port=first, to_port=last)
    assert calls(made(group(), rule))[2] == f'allow_from("10.0.0.0/8", {port})'


def test_its_vpc_by_id_or_with_it() -> None:
    assert made(group()).named == {"vpc_id": "vpc-0a1b2c3d4e5f60718"}
    assert made(group(), *network()).named["vpc"].address == "aws_vpc.main"


INLINE = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}


def test_rules_in_the_group_that_others_write_too_are_known() -> None:
    assert len(made(group(ingress=[INLINE]), ingress("web", cidr_ipv4="10.0.0.0/8")).parts) == 2


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ([group(ingress=[INLINE])], "1 of its 1 rules are written in the group itself"),
        ([group(), ingress("x", cidr_ipv6="::/0")], "over IPv6 alone"),
        ([group(), ingress("x", cidr_ipv4="10.0.0.0/8", ip_protocol="x")], "protocol x"),
        ([group(), ingress("x", cidr_ipv4="10.0.0.0/8", from_port=None)], "does not tell its ports"),
        (
            [
                group(egress=[{**INLINE, "cidr_blocks": ["10.0.0.0/8", "11.0.0.0/8"]}]),
                older("x", cidr_blocks=["a", "b"]),
            ],
            "2 of its 2 rules",
        ),
    ],
)
def test_refuses_what_cannot_be_imported(resources: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        made(*resources)


def test_rules_within_the_group_by_the_ids_that_aws_lists() -> None:
    there = estate(group(ingress=[INLINE]), ingress("own", cidr_ipv4="10.9.0.0/16"))
    listed = {"GroupId": GROUP, "IsEgress": False, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    rules = [
        {**listed, "SecurityGroupRuleId": "sgr-listed", "CidrIpv4": "10.0.0.0/8", "Description": "Office"},
        {**listed, "SecurityGroupRuleId": "sgr-twice", "CidrIpv4": "10.9.0.0/16"},
        {**listed, "SecurityGroupRuleId": "sgr-other", "CidrIpv4": "10.0.0.0/8", "GroupId": "sg-other"},
    ]
    there.group_rules = read_group_rules(json.dumps({"SecurityGroupRules": rules}), "rules.json")
    found = candidate(there, there.of("aws_security_group")[0])
    assert 'allow_from("10.0.0.0/8", Port.tcp(443), "Office")' in calls(found)
    # What a resource of its own manages is taken from there.
    assert {role: part.id for role, part in found.parts.items() if role != "security-group"} == {
        "from-10-0-0-0-8-tcp-443": "sgr-listed",
        "from-10-9-0-0-16-tcp-443": "sgr-own",
    }
