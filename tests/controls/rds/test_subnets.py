"""The subnets of RDS databases: private where their routes are written here, unknown where they are not."""

from typing import Any

import pytest

from secureinfra.controls.rds.subnets import SUBNETS_PRIVATE
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


def in_plan(route_tables: dict[str, str]) -> str:
    """The answer to `aws_subnet.s[*].id` in a plan, for which subnets and associations have instances.

    Args:
        route_tables: by the key of the subnet, `public` or `private`.
    """
    from secureinfra.check.run import run_controls
    from secureinfra.terraform.model.configuration import Configuration

    def resource(type: str, name: str, values: dict[str, Any], index: str | None = None) -> dict[str, Any]:
        address = f"{type}.{name}" if index is None else f'{type}.{name}["{index}"]'
        key = {} if index is None else {"index": index}
        return {"address": address, "mode": "managed", "type": type, "name": name, "values": values, **key}

    def written(type: str, name: str, **references: list[str]) -> dict[str, Any]:
        expressions = {argument: {"references": held} for argument, held in references.items()}
        return {"address": f"{type}.{name}", "type": type, "name": name, "expressions": expressions}

    route = {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0123456789abcdef0"}
    resources = [
        resource("aws_db_subnet_group", "g", {}),
        resource("aws_route_table", "public", {"route": [route]}),
        resource("aws_route_table", "private", {"route": []}),
    ]
    configured = [written("aws_db_subnet_group", "g", subnet_ids=["aws_subnet.s"])]
    changes = [{"address": "aws_db_subnet_group.g", "change": {"after_unknown": {"subnet_ids": True}}}]
    unknown = {"subnet_id": True, "route_table_id": True}
    for key, table in route_tables.items():
        resources += [resource("aws_subnet", "s", {}, key), resource("aws_route_table_association", f"a{key}", {})]
        references = {"subnet_id": [f'aws_subnet.s["{key}"].id'], "route_table_id": [f"aws_route_table.{table}.id"]}
        configured.append(written("aws_route_table_association", f"a{key}", **references))
        changes.append({"address": f"aws_route_table_association.a{key}", "change": {"after_unknown": unknown}})
    plan = {
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }
    (finding,) = run_controls(Configuration.of(plan), [SUBNETS_PRIVATE])
    return finding.status if len(set(route_tables.values())) > 1 else f"{finding.status} {finding.found}".strip()


def test_plan_tells_no_more_than_the_resource() -> None:
    assert in_plan({"a": "private", "b": "private"}) == "passed"
    assert "has a route to an internet gateway" in in_plan({"a": "public"})
    assert in_plan({"a": "private", "b": "public"}) == "unknown"


def test_default_subnets_are_public() -> None:
    default = {"aws_default_subnet": {"d": {"availability_zone": "eu-west-1a"}}}
    held = {"aws_db_subnet_group": {"g": {"subnet_ids": ["${aws_default_subnet.d.id}"]}}}
    assert "uses the default VPC's routes" in failure(SUBNETS_PRIVATE, **default, **held)
    table = {"aws_default_route_table": {"t": {"default_route_table_id": "rtb-0123456789abcdef0"}}}
    assert status(SUBNETS_PRIVATE, **default, **held, **table) == "passed"


@pytest.mark.parametrize("type", ["aws_db_instance", "aws_rds_cluster"])
def test_database_without_a_group_lies_in_the_default_vpc(type: str) -> None:
    def judged(**arguments: Any) -> str:
        held = {"aws_db_subnet_group": {"g": {"name": "ledger", "subnet_ids": ["subnet-0123456789abcdef0"]}}}
        return status_of_database(variable=X, **held, **{type: {"d": arguments}})

    def status_of_database(**sections: Any) -> str:
        return failure(SUBNETS_PRIVATE, **sections) or status(SUBNETS_PRIVATE, **sections)

    assert "db_subnet_group_name is not set (AWS uses the default VPC" in judged()
    assert 'db_subnet_group_name = "default" (AWS uses' in judged(db_subnet_group_name="default")
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
