"""The subnets of RDS databases: private where their routes are written here, unknown where they are not."""

from typing import Any

import pytest

from secureinfra.controls.rds_subnets import SUBNETS_PRIVATE
from tests.controls.judge import failure, status

NETWORK: dict[str, Any] = {
    "aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}},
    "aws_internet_gateway": {"i": {"vpc_id": "${aws_vpc.v.id}"}},
    "aws_subnet": {
        "private": {"vpc_id": "${aws_vpc.v.id}", "count": 2},
        "public": {"vpc_id": "${aws_vpc.v.id}"},
    },
    "aws_route_table": {
        "public": {
            "vpc_id": "${aws_vpc.v.id}",
            "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.i.id}"}],
        }
    },
    "aws_route_table_association": {
        "public": {"subnet_id": "${aws_subnet.public.id}", "route_table_id": "${aws_route_table.public.id}"}
    },
}
X: dict[str, Any] = {"x": {}}


def group(subnet_ids: Any) -> dict[str, Any]:
    return {**NETWORK, "aws_db_subnet_group": {"g": {"subnet_ids": subnet_ids}}}


@pytest.mark.parametrize(
    "subnets", ["${aws_subnet.private[*].id}", ["${aws_subnet.private[0].id}", "${aws_subnet.private[1].id}"]]
)
def test_subnets_private(subnets: Any) -> None:
    assert status(SUBNETS_PRIVATE, **group(subnets)) == "passed"


def test_subnets_private_fails_on_one_that_is_public() -> None:
    said = failure(
        SUBNETS_PRIVATE, variable=X, **group(["${var.x}", "${aws_subnet.public.id}", "${aws_subnet.private[0].id}"])
    )
    assert said == (
        "aws_db_subnet_group.g subnet_ids: aws_subnet.public has a route to an internet gateway -> "
        "subnets without such a route"
    )


@pytest.mark.parametrize(
    "subnets",
    [
        "${var.x}",
        "${data.aws_subnets.s.ids}",
        ["${aws_subnet.private[0].id}", "subnet-0123456789abcdef0"],
        ["${aws_subnet.private[0].id}", "${data.aws_subnet.s.id}"],
        "${concat(aws_subnet.private[*].id, var.x)}",
    ],
)
def test_subnets_whose_routes_are_elsewhere(subnets: Any) -> None:
    data: dict[str, Any] = {"aws_subnets": {"s": {}}, "aws_subnet": {"s": {}}}
    assert status(SUBNETS_PRIVATE, data=data, variable=X, **group(subnets)) == "unknown"


def test_default_subnets_are_public() -> None:
    default = {"aws_default_subnet": {"d": {"availability_zone": "eu-west-1a"}}}
    held = {"aws_db_subnet_group": {"g": {"subnet_ids": ["${aws_default_subnet.d.id}"]}}}
    assert "the routes of the default VPC" in failure(SUBNETS_PRIVATE, **default, **held)
    table = {"aws_default_route_table": {"t": {"default_route_table_id": "rtb-0123456789abcdef0"}}}
    assert status(SUBNETS_PRIVATE, **default, **held, **table) == "passed"


@pytest.mark.parametrize("type", ["aws_db_instance", "aws_rds_cluster"])
def test_database_without_a_group_lies_in_the_default_vpc(type: str) -> None:
    def judged(**arguments: Any) -> str:
        held = {"aws_db_subnet_group": {"g": {"name": "ledger", "subnet_ids": ["subnet-0123456789abcdef0"]}}}
        return status_of_database(variable=X, **held, **{type: {"d": arguments}})

    def status_of_database(**sections: Any) -> str:
        return failure(SUBNETS_PRIVATE, **sections) or status(SUBNETS_PRIVATE, **sections)

    assert "db_subnet_group_name is not set (AWS takes the default VPC" in judged()
    assert 'db_subnet_group_name = "default" (AWS takes' in judged(db_subnet_group_name="default")
    # The group's own answer is that its subnet is not known.
    assert judged(db_subnet_group_name="${aws_db_subnet_group.g.name}") == "unknown"
    only = {type: {"d": {"db_subnet_group_name": "${var.x}"}}}
    assert status(SUBNETS_PRIVATE, variable=X, **only) == "unknown"
    assert status(SUBNETS_PRIVATE, **{type: {"d": {"db_subnet_group_name": "ledger"}}}) == "unknown"


def test_database_with_a_group_is_not_asked_itself() -> None:
    for name in ("${aws_db_subnet_group.g.name}", "ledger"):
        held = group("${aws_subnet.private[*].id}")
        held["aws_db_subnet_group"]["g"]["name"] = "ledger"
        assert status(SUBNETS_PRIVATE, **held, aws_db_instance={"d": {"db_subnet_group_name": name}}) == "passed"


def test_replica_lies_where_its_source_lies() -> None:
    source = {"s": {"db_subnet_group_name": "${aws_db_subnet_group.g.name}"}}
    replica = {"r": {"replicate_source_db": "${aws_db_instance.s.identifier}"}}
    held = group("${aws_subnet.private[*].id}")
    assert status(SUBNETS_PRIVATE, **held, aws_db_instance={**source, **replica}) == "passed"
    assert status(SUBNETS_PRIVATE, aws_db_instance={"r": {"replicate_source_db": "elsewhere"}}) == "unknown"
