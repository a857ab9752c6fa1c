"""Where an instance is."""

import pytest

from secureinfra.aws.ec2.config import InstanceConfig
from secureinfra.aws.ec2.instance import Instance
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack
from tests.aws.ec2.stacks import CONFIG, SUBNET, VPC, WITH_DATA, instance_of, network_of, only


def test_it_is_in_a_private_subnet_of_the_first_zone_or_of_the_one_that_is_named() -> None:
    stack = test_stack()
    Instance(stack, "ledger", vpc=network_of(stack))
    assert instance_of(stack)["subnet_id"] == "${aws_subnet.network_private_a.id}"
    stack = test_stack()
    Instance(stack, "ledger", InstanceConfig(zone="b"), vpc=network_of(stack))
    assert instance_of(stack)["subnet_id"] == "${aws_subnet.network_private_b.id}"


def test_it_is_in_an_isolated_subnet_where_no_other_is() -> None:
    stack = test_stack()
    Instance(stack, "ledger", vpc=network_of(stack, tiers=("isolated",)))
    assert instance_of(stack)["subnet_id"] == "${aws_subnet.network_isolated_a.id}"


def test_it_waits_for_the_routes_of_its_subnet_and_for_no_others() -> None:
    stack = test_stack()
    Instance(stack, "ledger", vpc=network_of(stack, nat="per_zone"))
    assert instance_of(stack)["depends_on"] == [
        "aws_iam_role_policy.ledger_role_permissions",
        "aws_route.network_private_a_to_internet",
        "aws_route_table_association.network_private_a_association",
    ]


def test_its_volumes_are_in_the_zone_of_the_subnet_and_not_of_the_instance() -> None:
    stack = test_stack()
    Instance(stack, "ledger", WITH_DATA)
    assert only(stack, "aws_ebs_volume")["availability_zone"] == "${data.aws_subnet.ledger_subnet.availability_zone}"
    assert synthesize(stack)["data"]["aws_subnet"]["ledger_subnet"]["id"] == SUBNET


def test_refuses_no_place_and_two_places() -> None:
    with pytest.raises(ConfigError, match="no network is given: it could not be reached. Pass vpc=network"):
        Instance(test_stack(), "ledger")
    stack = test_stack()
    with pytest.raises(ConfigError, match="vpc= and vpc_id are both given. Leave vpc_id and subnet_id out"):
        Instance(stack, "ledger", CONFIG, vpc=network_of(stack))


def test_refuses_zones_and_tiers_that_the_network_has_not() -> None:
    stack = test_stack()
    network = network_of(stack, tiers=("public",))
    with pytest.raises(ConfigError, match="zone='f' is not in test/network. It has: a, b"):
        Instance(stack, "ledger", InstanceConfig(zone="f"), vpc=network)
    with pytest.raises(ConfigError, match="has no private subnets, where it belongs. Add 'private' to its tiers"):
        Instance(stack, "books", vpc=network)


def test_the_network_is_the_security_groups_too() -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG)
    assert only(stack, "aws_security_group")["vpc_id"] == VPC
