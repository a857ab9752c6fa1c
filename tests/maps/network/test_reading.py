"""What a network map says of a configuration: tiers, places, exposure, rules, safeguards."""

from __future__ import annotations

from typing import Any

import pytest

from secureinfra.maps.network.draw import facts_of
from secureinfra.maps.network.facts import NetworkFacts, VpcFacts
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.network.documents import ALL, balanced, endpoints, many, network, with_groups


def facts(document: dict[str, Any]) -> NetworkFacts:
    return facts_of([Configuration.of(document, "acme")])


def vpc(document: dict[str, Any]) -> VpcFacts:
    (found,) = facts(document).vpcs
    return found


def places(found: VpcFacts) -> dict[str, str]:
    return {bar.label: tier.kind for tier in found.tiers for bar in tier.bars}


def test_tiers_come_from_routes_and_not_from_names() -> None:
    found = vpc(network(2))
    assert [(tier.kind, tier.way) for tier in found.tiers] == [
        ("public", "to the internet gateway"),
        ("private", "out through NAT"),
        ("isolated", "no way out"),
    ]
    assert list(found.zones.values()) == ["Zone a", "Zone b"]
    # Without its route, "private" is a name.
    assert [tier.kind for tier in vpc(network(2, nat=False)).tiers] == ["public", "isolated"]


def test_tag_says_private_where_there_is_no_way_out() -> None:
    document = network(1, nat=False)
    document["resource"]["aws_subnet"]["shop_private_a"]["tags"] = {"tier": "private"}
    assert [(tier.kind, tier.way) for tier in vpc(document).tiers][1] == ("private", "no way out")


def test_route_that_is_not_known_is_no_way_out_and_no_closed_one() -> None:
    found = vpc(ALL["unknown instances"]())
    assert [tier.kind for tier in found.tiers] == ["isolated"]
    document = network(1)
    document["resource"]["aws_route_table_association"]["shop_private_a"]["route_table_id"] = "${var.table}"
    document["variable"] = {"table": {}}
    assert ("unknown", "way out unknown") in [(tier.kind, tier.way) for tier in vpc(document).tiers]


def test_group_stands_where_it_is_used_or_where_its_rules_suggest() -> None:
    found = vpc(balanced())
    assert places(found) == {"web": "public", "service": "private", "database": "isolated"}
    assert {bar.label: bar.sure for bar in found.bars.values()} == {"web": True, "service": False, "database": False}
    assert found.bars["aws_security_group.web"].about == "load balancer (internet-facing)"


def test_network_load_balancers_are_called_so() -> None:
    document = balanced()
    document["resource"]["aws_lb"]["web"].update(load_balancer_type="network", internal=True)
    assert vpc(document).bars["aws_security_group.web"].about == "network load balancer (internal)"
    document["resource"]["aws_lb"]["web"].update(load_balancer_type="${var.kind}")
    assert vpc(document).bars["aws_security_group.web"].about == "load balancer (internal)"


@pytest.mark.parametrize(
    ("change", "exposed"),
    [
        ({}, "reachable"),
        ({"aws_lb": {}}, "open"),
        (
            {
                "aws_lb": {
                    "web": {
                        "subnets": ["${aws_subnet.shop_isolated_a.id}"],
                        "security_groups": ["${aws_security_group.web.id}"],
                    }
                }
            },
            "no route",
        ),
    ],
)
def test_exposure_is_proved_where_it_can_be(change: dict[str, Any], exposed: str) -> None:
    document = balanced()
    document["resource"].update(change)
    bar = vpc(document).bars["aws_security_group.web"]
    assert (bar.exposed, bar.open_to) == (exposed, ("tcp 443",))


def test_own_range_is_a_tag_and_services_are_named() -> None:
    found = vpc(endpoints())
    bar = found.bars["aws_security_group.endpoints"]
    assert bar.tags == ["whole VPC: tcp 443"]
    assert bar.services == ("CloudWatch Logs", "KMS", "STS")
    assert [service.label for service in found.services.values()] == ["S3"]
    assert [(held.source, held.target) for held in found.outwards] == [
        ("aws_security_group.service", "aws_vpc_endpoint.s3")
    ]


def test_rule_of_one_side_is_marked() -> None:
    document = balanced()
    assert [held.one_sided for held in vpc(document).between] == [False, False]
    del document["resource"]["aws_vpc_security_group_egress_rule"]["web_service_8443"]
    assert [held.one_sided for held in vpc(document).between] == [True, False]
    # An open way out is the other side, too.
    document["resource"]["aws_vpc_security_group_egress_rule"]["all"] = {
        "security_group_id": "${aws_security_group.web.id}",
        "ip_protocol": "-1",
        "cidr_ipv4": "0.0.0.0/0",
    }
    assert [held.one_sided for held in vpc(document).between] == [False, False]


def test_ports_of_one_pair_are_one_arrow() -> None:
    found = vpc(with_groups(network(1), ("web", "db", 5433), ("web", "db", 443), ("web", "db", 80)))
    assert [held.ports for held in found.between] == [("tcp 80", "tcp 443", "tcp 5433")]


def test_every_rule_is_drawn_or_counted() -> None:
    for make in ALL.values():
        document = make()
        resources = document["resource"]
        written = len(resources.get("aws_vpc_security_group_ingress_rule", {}))
        written += len(resources.get("aws_vpc_security_group_egress_rule", {}))
        found = facts(document)
        assert sum(held.rules for held in found.vpcs) == written
        assert all(held.drawn <= held.rules for held in found.vpcs)


def test_missing_safeguards_are_named() -> None:
    document = network(1)
    assert [(badge.text, badge.missing) for badge in vpc(document).badges] == [
        ("no flow logs", True),
        ("default group open", True),
    ]
    document["resource"]["aws_flow_log"] = {"all": {"vpc_id": "${aws_vpc.shop.id}"}}
    document["resource"]["aws_default_security_group"] = {"closed": {"vpc_id": "${aws_vpc.shop.id}"}}
    assert [(badge.text, badge.missing) for badge in vpc(document).badges] == [
        ("flow logs", False),
        ("defaults closed", False),
    ]


def test_much_is_folded_and_nothing_is_lost_without_a_number() -> None:
    found = vpc(many(40))
    assert found.groups == 40
    assert len(found.bars) < 12
    (rest,) = [bar for bar in found.bars.values() if "more inside this tier" in bar.label]
    shown = len(found.bars) - 1
    assert int(rest.label.split()[0]) + shown == 40
    (others,) = [held for held in vpc(ALL["many networks"]()).outsides.values() if held.key != "internet"]
    assert others.label == "9 networks"


def test_alike_groups_become_one() -> None:
    rules = [("10.9.0.0/16", f"worker{number}", 22) for number in range(15)]
    found = vpc(with_groups(network(1), *rules))
    (bar,) = found.bars.values()
    assert bar.label == "worker0 and 14 like it"
    assert "worker14" in bar.about
