"""Choosing a part of a map, and maps of several configurations."""

import pytest

from secureinfra.errors import ConfigError
from secureinfra.maps.network.draw import facts_of
from secureinfra.maps.network.sentences import headline, sentences
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.network.documents import balanced, configuration, network


def test_one_vpc_of_several() -> None:
    assert [vpc.label for vpc in facts_of([configuration("three VPCs")]).vpcs] == ["office", "shop", "stock"]
    assert [vpc.label for vpc in facts_of([configuration("three VPCs")], vpcs=("aws_vpc.stock",)).vpcs] == ["stock"]


def test_group_is_shown_with_what_it_has_to_do_with() -> None:
    (vpc,) = facts_of([Configuration.of(balanced())], groups=("database",)).vpcs
    assert sorted(bar.label for bar in vpc.bars.values()) == ["database", "service"]
    assert [held.ports for held in vpc.between] == [("tcp 5432",)]
    assert vpc.inwards == []


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"vpcs": ("shopp",)}, "there is no VPC 'shopp' in this configuration. Did you mean 'shop'?"),
        (
            {"groups": ("databse",)},
            "there is no security group 'databse' with rules or users in this configuration. Did you mean 'database'?",
        ),
    ],
)
def test_refuses_a_name_that_is_not_there(choice: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        facts_of([Configuration.of(balanced())], **choice)  # type: ignore[arg-type]
    assert str(refused.value) == message


def test_stacks_without_a_vpc_add_their_numbers() -> None:
    found = facts_of([Configuration.of(balanced(), "a/network"), configuration("no VPC")])
    assert (found.name, len(found.vpcs)) == ("network", 1)
    assert found.resources == facts_of([Configuration.of(balanced())]).resources + 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no VPC", "There is no VPC."),
        ("empty VPC", "There is no security group with rules."),
        ("some networks", "No security group is open to the internet."),
        ("balanced", "Open to the internet: 1 of 3 security groups (web on tcp 443)."),
        ("40 groups", "Open to the internet: 1 of 40 security groups (s0 on tcp 443)."),
    ],
)
def test_first_sentence_answers_what_is_open(name: str, text: str) -> None:
    assert headline(facts_of([configuration(name)])) == text


def test_sentences_say_what_the_picture_shows() -> None:
    assert sentences(facts_of([Configuration.of(balanced())])) == [
        "Open to the internet: 1 of 3 security groups (web on tcp 443).",
        "VPC shop, 10.0.0.0/16, in Zone a, Zone b, Zone c.",
        "Missing: no flow logs.",
        "Missing: default group open.",
        "Public tier: 3 subnets, to the internet gateway.",
        "Group web (load balancer (internet-facing)).",
        "The internet reaches web on tcp 443: rule, placement and route are known.",
        "Private tier: 3 subnets, out through NAT.",
        "Group service (the service group), placed by its rules.",
        "Isolated tier: 3 subnets, no way out.",
        "Group database (the database group), placed by its rules.",
        "The internet may reach web on tcp 443.",
        "Web may reach service on tcp 8443.",
        "Service may reach database on tcp 5432.",
        "Not drawn: 3 route tables, and what is not part of the network. 33 resources in all.",
    ]
    assert (
        "Not drawn: 2 route tables"
        in sentences(facts_of([Configuration.of(network(1, tiers=("public", "private")))]))[-1]
    )
