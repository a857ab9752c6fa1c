"""`secureinfra path`: verdict, rules with their places, exit status, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program

HCL = """
variable "admin" {}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "web" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.admin]
  }
}
resource "aws_instance" "web" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
resource "aws_s3_bucket" "b" {}
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "main.tf").write_text(HCL)
    return str(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["path", *arguments])


def asked(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--format", "json").stdout)
    return found


def test_reachable(folder: str) -> None:
    result = run("internet", "aws_instance.web", "443", folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "reachable: the internet -> aws_instance.web by tcp 443",
        f"  1. aws_security_group.web allows ingress from 0.0.0.0/0  ({folder}/main.tf:27)",
    ]


def test_not_reachable(folder: str) -> None:
    result = run("internet", "aws_instance.web", "8080", folder)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "not reachable: the internet -> aws_instance.web"
    assert "- aws_security_group.web: no ingress rule allows tcp 8080 from the internet" in result.stdout


def test_unknown(folder: str) -> None:
    result = run("internet", "aws_instance.web", "tcp/22", folder)
    assert result.exit_code == 3
    assert "  It depends on ${var.admin}." in result.stdout.splitlines()


def test_a_variable_decides(folder: str) -> None:
    assert run("internet", "aws_instance.web", "22", folder, "--var", "admin=10.0.0.0/8").exit_code == 0
    assert run("internet", "aws_instance.web", "22", folder, "--var", "admin=198.51.100.0/24").exit_code == 1


def test_json(folder: str) -> None:
    found = asked("internet", "aws_instance.web", "443", folder)
    assert (found["verdict"], found["from"], found["to"], found["traffic"]) == (
        "reachable",
        "the internet",
        "aws_instance.web",
        "tcp 443",
    )
    assert found["steps"][-1] == {
        "text": "aws_security_group.web allows ingress from 0.0.0.0/0",
        "address": "aws_security_group.web",
        "at": "ingress[0].cidr_blocks",
        "file": f"{folder}/main.tf",
        "line": 27,
        "construct_path": None,
    }
    assert asked("internet", "aws_instance.web", "80", folder)["stopped_by"][0]["address"] == "aws_security_group.web"


def test_all_traffic_without_a_port(folder: str) -> None:
    assert run("internet", "aws_instance.web", folder).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("internet", "aws_instance.wob", "443"), "Did you mean 'aws_instance.web'?"),
        (("internet", "aws_s3_bucket.b"), "aws_s3_bucket.b has no network interface that is known here"),
        (("internet", "192.0.2.1"), "are both outside of the network"),
        (("internet", "aws_instance.web", "99999"), "port '99999' is not between 0 and 65535"),
        (("internet", "aws_instance.web", "sctp/5"), "port 'sctp/5' is not a port"),
    ],
)
def test_refuses(folder: str, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments, folder)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_refuses_a_missing_path() -> None:
    result = run("internet", "aws_instance.web", "443")
    assert result.exit_code == 2
    assert "no PATH is given" in result.stderr


def test_help_has_examples() -> None:
    result = run("--help")
    assert "secureinfra path internet aws_db_instance.orders infra/" in result.stdout
    assert "Exit status: 0 not reachable, 1 reachable, 2 bad input or usage, 3 unknown." in result.stdout


def test_no_text_of_the_input_is_a_command_of_a_runner(tmp_path: Path) -> None:
    name = "##[error]x\x1b[31m"
    subnet = {"vpc_id": "${aws_vpc.v.id}", "cidr_block": "${var.cidr}"}
    document = {
        "variable": {"cidr": {}},
        "resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}, "aws_subnet": {name: subnet}},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps(document))
    for options in ((), ("--format", "json")):
        said = CliRunner().invoke(program, ["path", "internet", f"aws_subnet.{name}", str(tmp_path), *options]).stdout
        assert "aws_subnet" in said
        assert "##[" not in said
        assert "\x1b" not in said
