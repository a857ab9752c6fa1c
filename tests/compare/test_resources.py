"""What would be destroyed or replaced, and why; what the provider decides is told as not known."""

from pathlib import Path

import pytest

from secureinfra.compare.pairs import pairs_of
from secureinfra.compare.resources import resource_changes
from tests.compare.hcl import configuration

GROUP = """
resource "aws_security_group" "web" {
  name        = "web"
  description = %s
  vpc_id      = "vpc-12345678"
  %s
}
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "10.0.0.0/8"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
resource "aws_instance" "app" {
  ami                    = "ami-12345678"
  instance_type          = "t3.micro"
  vpc_security_group_ids = [aws_security_group.web.id]
}
variable "d" {}
"""


def changes(tmp_path: Path, old: str, new: str) -> tuple[list[tuple[str, bool, str, str]], dict[str, int]]:
    before, after = configuration(tmp_path / "old", old), configuration(tmp_path / "new", new)
    found, totals = resource_changes(pairs_of(before, after), after)
    return [(one.kind, one.certain, one.block.address, one.found) for one in found], totals


def test_a_replacement_and_what_follows_from_it(tmp_path: Path) -> None:
    found, totals = changes(tmp_path, GROUP % ('"a"', ""), GROUP % ('"b"', ""))
    rule = "aws_vpc_security_group_ingress_rule.https"
    why = "security_group_id is of aws_security_group.web, which is replaced"
    assert found == [
        ("replaced", True, "aws_security_group.web", "description changes"),
        ("replaced", True, rule, why),
    ]
    assert (totals["replaced"], totals["changed"], totals["unchanged"]) == (2, 0, 1)


def test_a_change_in_place_replaces_nothing(tmp_path: Path) -> None:
    found, totals = changes(tmp_path, GROUP % ('"a"', ""), GROUP % ('"a"', "revoke_rules_on_delete = true"))
    assert (found, totals["changed"]) == ([], 1)


def test_what_is_not_known_may_replace(tmp_path: Path) -> None:
    found, _ = changes(tmp_path, GROUP % ('"a"', ""), GROUP % ("var.d", ""))
    why = "description may change: it depends on what is not known"
    assert found == [("replaced", False, "aws_security_group.web", why)]


@pytest.mark.parametrize("ignored", ["all", "[description]"])
def test_an_ignored_change_is_none(tmp_path: Path, ignored: str) -> None:
    new = GROUP % ('"b"', f"lifecycle {{\n ignore_changes = {ignored}\n }}")
    assert changes(tmp_path, GROUP % ('"a"', ""), new)[0] == []


def test_a_protected_resource_that_goes_is_destroyed(tmp_path: Path) -> None:
    old = 'resource "aws_s3_bucket" "b" {\n bucket = "x"\n lifecycle {\n  prevent_destroy = true\n }\n}\n'
    ((kind, certain, _, why),) = changes(tmp_path, old, 'resource "aws_sns_topic" "t" {}')[0]
    assert (kind, certain) == ("destroyed", True)
    assert why == "it is no longer in the configuration; its prevent_destroy goes with it and stops nothing"


def test_a_type_that_was_not_looked_at_is_not_known(tmp_path: Path) -> None:
    text = 'resource "aws_no_such_thing" "t" {\n a = %d\n}\n'
    found, _ = changes(tmp_path, text % 1, text % 2)
    why = "a changes; whether that replaces it is decided by the provider"
    assert found == [("replaced", False, "aws_no_such_thing.t", why)]


def test_a_change_in_place_that_leaves_the_old_target_as_it_was(tmp_path: Path) -> None:
    text = 'resource "aws_ssm_service_setting" "s" {\n setting_id = "/ssm/%s"\n setting_value = "x"\n}\n'
    ((kind, certain, _, why),) = changes(tmp_path, text % "a", text % "b")[0]
    assert (kind, certain) == ("destroyed", False)
    assert why == "setting_id changes in place: what it named before keeps its setting"


def test_one_that_is_moved_is_neither(tmp_path: Path) -> None:
    old = 'resource "aws_sns_topic" "a" { name = "t" }\n'
    new = 'resource "aws_sns_topic" "b" { name = "t" }\nmoved {\n from = aws_sns_topic.a\n to = aws_sns_topic.b\n}\n'
    found, totals = changes(tmp_path, old, new)
    assert found == []
    assert (totals["moved"], totals["unchanged"]) == (1, 1)
