"""Connections: both sides, whoever writes them, in one stack or in two."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.security_group.group import Connections, HasConnections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.ports import Port
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import synthesize, test_stack

VPC = "vpc-0a1b2c3d4e5f60718"


class Database:
    """Not a group, but it has one."""

    def __init__(self, group: SecurityGroup) -> None:
        self.connections = Connections(group)


def group_in(stack: TerraformStack, id: str) -> SecurityGroup:
    return SecurityGroup(stack, id, SecurityGroupConfig(description=id), vpc_id=VPC)


def rules_of(stack: TerraformStack) -> dict[str, tuple[str, str, str]]:
    """Each rule by name: way, own group, other group."""
    resources = synthesize(stack)["resource"]
    return {
        name: (way, rule["security_group_id"], rule["referenced_security_group_id"])
        for way in ("ingress", "egress")
        for name, rule in resources.get(f"aws_vpc_security_group_{way}_rule", {}).items()
    }


WEB, DATABASE = "${aws_security_group.web_security_group.id}", "${aws_security_group.database_security_group.id}"
BOTH = {
    "web_to_database_tcp_5432": ("egress", WEB, DATABASE),
    "database_from_web_tcp_5432": ("ingress", DATABASE, WEB),
}


def test_allow_to_writes_both_sides() -> None:
    stack = test_stack()
    group_in(stack, "web").connections.allow_to(group_in(stack, "database"), Port.POSTGRESQL, "orders")
    assert rules_of(stack) == BOTH
    resources = synthesize(stack)["resource"]
    for way in ("ingress", "egress"):
        (rule,) = resources[f"aws_vpc_security_group_{way}_rule"].values()
        assert (rule["description"], rule["from_port"]) == ("orders", 5432)


def test_allow_from_writes_the_same() -> None:
    stack = test_stack()
    web = group_in(stack, "web")
    group_in(stack, "database").connections.allow_from(web, Port.POSTGRESQL)
    assert rules_of(stack) == BOTH


def test_whatever_has_connections_is_a_peer() -> None:
    first, second = test_stack(), test_stack()
    database = Database(group_in(first, "database"))
    assert isinstance(database, HasConnections)
    group_in(first, "web").connections.allow_to(database, Port.POSTGRESQL)
    assert rules_of(first) == BOTH
    group_in(second, "web").allow_to(Database(group_in(second, "database")), Port.POSTGRESQL)
    assert list(rules_of(second)) == ["web_to_database_tcp_5432"]


def test_groups_refer_to_each_other_without_a_cycle() -> None:
    stack = test_stack()
    web, database = group_in(stack, "web"), group_in(stack, "database")
    web.connections.allow_to(database, Port.POSTGRESQL)
    database.connections.allow_to(web, Port.HTTPS)
    groups = synthesize(stack)["resource"]["aws_security_group"]
    assert not any("aws_security_group" in str(group["vpc_id"]) or "depends_on" in group for group in groups.values())
    assert len(rules_of(stack)) == 4


def test_allow_within() -> None:
    stack = test_stack()
    group_in(stack, "web").connections.allow_within(Port.all_traffic())
    assert rules_of(stack) == {"web_from_web_all": ("ingress", WEB, WEB), "web_to_web_all": ("egress", WEB, WEB)}


def test_peer_of_somebody_else_has_one_side() -> None:
    stack = test_stack()
    web = group_in(stack, "web")
    web.connections.allow_to("10.0.0.0/8", Port.POSTGRESQL)
    web.connections.allow_from("sg-0a1b2c3d4e5f60718", Port.HTTPS)
    resources = synthesize(stack)["resource"]
    assert list(resources["aws_vpc_security_group_egress_rule"]) == ["web_to_10_0_0_0_8_tcp_5432"]
    assert list(resources["aws_vpc_security_group_ingress_rule"]) == ["web_from_sg_0a1b2c3d4e5f60718_tcp_443"]


def test_internet_as_of_the_group() -> None:
    stack = test_stack()
    connections = group_in(stack, "web").connections
    connections.allow_from_internet(Port.HTTPS)
    connections.allow_to_internet(Port.HTTPS)
    assert len(synthesize(stack)["resource"]) == 3
    with pytest.raises(ControlError, match="security-group-no-ssh-from-internet"):
        connections.allow_from_internet(Port.SSH)
    with pytest.raises(ControlError, match="security-group-internet-by-name"):
        connections.allow_from("0.0.0.0/0", Port.HTTPS)


def test_refuses_the_same_connection_from_both_ends() -> None:
    stack = test_stack()
    web, database = group_in(stack, "web"), group_in(stack, "database")
    web.connections.allow_to(database, Port.POSTGRESQL)
    with pytest.raises(ConfigError, match=r"test/database: a rule for tcp 5432 from .* already exists"):
        database.connections.allow_from(web, Port.POSTGRESQL)


@pytest.mark.parametrize("asks", ["service", "data"])
def test_between_stacks_both_rules_belong_to_the_one_that_asks(tmp_path: Path, asks: str) -> None:
    app = App(outdir=str(tmp_path / "out"))
    stacks = {name: TerraformStack(app, name) for name in ("service", "data")}
    web, database = group_in(stacks["service"], "web"), group_in(stacks["data"], "database")
    if asks == "service":
        web.connections.allow_to(database, Port.POSTGRESQL)
    else:
        database.connections.allow_from(web, Port.POSTGRESQL)
    app.synth()
    documents: dict[str, dict[str, Any]] = {name: synthesize(stack) for name, stack in stacks.items()}
    quiet = "data" if asks == "service" else "service"
    assert list(documents[quiet]["resource"]) == ["aws_security_group"]
    rules = [
        name
        for way in ("egress", "ingress")
        for name in documents[asks]["resource"][f"aws_vpc_security_group_{way}_rule"]
    ]
    expected = {
        "service": ["web_to_database_tcp_5432", "web_database_from_web_tcp_5432"],
        "data": ["database_web_to_database_tcp_5432", "database_from_web_tcp_5432"],
    }
    assert rules == expected[asks]
