"""What `compare` says is destroyed, replaced or kept is what Terraform plans: a stack is applied, and changed one argument at a time."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from secureinfra.compare.compare import compare
from secureinfra.terraform.model.configuration import Configuration
from tests.referees import emulator
from tests.referees.runner import Terraform

pytestmark = pytest.mark.terraform

BASE = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-central-1a"
}
resource "aws_security_group" "web" {
  name        = "web"
  description = "web"
  vpc_id      = aws_vpc.main.id
}
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.web.id
  description       = "https"
  cidr_ipv4         = "10.0.0.0/8"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
resource "aws_s3_bucket" "data" {
  bucket = "acme-data-for-compare"
}
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  visibility_timeout_seconds = 30
}
resource "aws_kms_key" "k" {
  description = "k"
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "app" {
  name   = "app"
  role   = aws_iam_role.app.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.jobs.arn }]
  })
}
resource "aws_dynamodb_table" "t" {
  name         = "t"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
"""

# Each is a text of the base, and what stands there afterwards.
CHANGES = {
    "description of a group": ('description = "web"', 'description = "the web"'),
    "network of a subnet": ('"10.0.1.0/24"', '"10.0.2.0/24"'),
    "network of a VPC": ('"10.0.0.0/16"', '"10.0.0.0/18"'),
    "description of a rule": ('description       = "https"', 'description       = "TLS"'),
    "port of a rule": ("443\n  to_port           = 443", "8443\n  to_port           = 8443"),
    "name of a bucket": ("acme-data-for-compare", "acme-other-data-for-compare"),
    "status of versioning": ('"Enabled"', '"Suspended"'),
    "timeout of a queue": ("= 30", "= 60"),
    "name of a queue": ('"jobs"\n  visibility', '"tasks"\n  visibility'),
    "description of a key": ('description = "k"', 'description = "key"'),
    "name of a role": ('name               = "app"', 'name               = "service"'),
    "key of a table": (
        'hash_key     = "id"\n  attribute {\n    name = "id"',
        'hash_key     = "pk"\n  attribute {\n    name = "pk"',
    ),
    "a moved key": (
        'resource "aws_kms_key" "k"',
        'moved {\n  from = aws_kms_key.k\n  to   = aws_kms_key.data\n}\nresource "aws_kms_key" "data"',
    ),
    "a key under another address": ('resource "aws_kms_key" "k"', 'resource "aws_kms_key" "data"'),
    "a counted table": ('resource "aws_dynamodb_table" "t" {', 'resource "aws_dynamodb_table" "t" {\n  count = 1'),
    "a key that leaves the state": (
        'resource "aws_kms_key" "k" {\n  description = "k"\n}',
        "removed {\n  from = aws_kms_key.k\n  lifecycle {\n    destroy = false\n  }\n}",
    ),
}

# A plan takes seconds, so that each has several changes that have nothing to do with each other.
TOGETHER = (
    (
        "description of a group",
        "name of a bucket",
        "timeout of a queue",
        "description of a key",
        "name of a role",
        "key of a table",
    ),
    (
        "network of a subnet",
        "description of a rule",
        "status of versioning",
        "name of a queue",
        "a moved key",
        "a counted table",
    ),
    ("network of a VPC", "port of a rule", "a key under another address"),
    ("a key that leaves the state",),
)


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    folder = tmp_path_factory.mktemp("compare")
    with emulator.running(folder) as running:
        stack = Terraform(
            folder / "stack", {"provider": {"aws": [{"region": "eu-central-1"}]}}, endpoint=running.address
        )
        (stack.folder / "main.tf").write_text(BASE)
        (stack.folder / "cdk.tf.json").write_text(json.dumps({"provider": {"aws": {"region": "eu-central-1"}}}))
        stack.init()
        stack.apply()
        yield stack


def planned(stack: Terraform) -> dict[str, set[str]]:
    """The addresses that Terraform destroys, and those that it destroys and creates again."""
    stack.run("plan", "-input=false", "-out=plan")
    found: dict[str, set[str]] = {"destroyed": set(), "replaced": set()}
    for change in json.loads(re.search(r"\{.*", stack.run("show", "-json", "plan"), re.DOTALL)[0])["resource_changes"]:  # type: ignore[index]
        actions = change["change"]["actions"]
        if sorted(actions) == ["create", "delete"]:
            found["replaced"].add(change["address"])
        elif actions == ["delete"]:
            found["destroyed"].add(change["address"])
    return found


def test_every_change_is_planned() -> None:
    assert sorted(name for names in TOGETHER for name in names) == sorted(CHANGES)


@pytest.mark.xdist_group("compare")
@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_terraform_plans_what_compare_says(names: tuple[str, ...], applied: Terraform, tmp_path: Path) -> None:
    changed = BASE
    for before, after in map(CHANGES.__getitem__, names):
        assert changed.count(before) == 1
        changed = changed.replace(before, after)
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "old" / "main.tf").write_text(BASE)
    (tmp_path / "new" / "main.tf").write_text(changed)
    (old,), (new,) = Configuration.load(tmp_path / "old"), Configuration.load(tmp_path / "new")
    found = compare(old, new)
    said = {
        kind: {change.block.address for change in found.changes if change.kind == kind and change.certain}
        for kind in ("destroyed", "replaced")
    }
    assert [change for change in found.changes if change.kind in said and not change.certain] == []
    try:
        (applied.folder / "main.tf").write_text(changed)
        assert planned(applied) == said
    finally:
        (applied.folder / "main.tf").write_text(BASE)
