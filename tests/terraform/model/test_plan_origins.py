"""A plan and its folder agree: modules and resources with count and for_each, chained, nested, with dots in their keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from secureinfra.check.run import run
from secureinfra.terraform.model.configuration import Configuration
from tests.referees.runner import Terraform

NETWORK = """
variable "cidr" {}
resource "aws_vpc" "v" { cidr_block = var.cidr }
resource "aws_default_security_group" "d" { vpc_id = aws_vpc.v.id }
resource "aws_flow_log" "f" {
  vpc_id               = aws_vpc.v.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::acme-logs"
}
output "id" { value = aws_vpc.v.id }
"""
AROUND = """
module "net" {
  for_each = toset(["x.y", "z"])
  source   = "../network"
  cidr     = "10.1.0.0/16"
}
"""
GUARD = """
variable "bucket" {}
resource "aws_s3_bucket_public_access_block" "p" {
  bucket                  = var.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_versioning" "v" {
  bucket = var.bucket
  versioning_configuration { status = "Enabled" }
}
"""
ROOT = """
module "plain" {
  source = "./network"
  cidr   = "10.0.0.0/16"
}
module "counted" {
  count  = 2
  source = "./network"
  cidr   = "10.${count.index}.0.0/16"
}
module "each" {
  for_each = { "a.b" = "10.2.0.0/16", c = "10.3.0.0/16" }
  source   = "./network"
  cidr     = each.value
}
module "around" {
  count  = 1
  source = "./around"
}
resource "aws_subnet" "s" {
  vpc_id     = module.each["a.b"].id
  cidr_block = "10.2.1.0/24"
}
resource "aws_s3_bucket" "many" { for_each = toset(["a.b", "c"]) }
module "guard" {
  for_each = aws_s3_bucket.many
  source   = "./guard"
  bucket   = each.value.id
}
resource "aws_s3_bucket" "others" { for_each = toset(["a.b", "c"]) }
resource "aws_s3_bucket_versioning" "others" {
  for_each = aws_s3_bucket.others
  bucket   = each.value.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket" "open" { count = 2 }
resource "aws_s3_bucket_versioning" "open" {
  bucket = aws_s3_bucket.open[0].id
  versioning_configuration { status = "Enabled" }
}
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Configuration, Configuration]:
    """The folder and its plan."""
    folder: Path = tmp_path_factory.mktemp("both")
    for name, text in (("network", NETWORK), ("around", AROUND), ("guard", GUARD)):
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(text)
    (folder / "main.tf").write_text(ROOT)
    runner = Terraform.within(folder)
    runner.init()
    runner.run("plan", "-out=plan.bin")
    (source,) = Configuration.load(folder)
    return source, Configuration.of(json.loads(runner.run("show", "-json", "plan.bin")))


@pytest.mark.terraform
def test_addresses(both: tuple[Configuration, Configuration]) -> None:
    source, plan = ({block.address for block in one.blocks} for one in both)
    assert source == plan
    assert 'module.around[0].module.net["x.y"].aws_vpc.v' in plan


@pytest.mark.terraform
def test_what_names_what(both: tuple[Configuration, Configuration]) -> None:
    for configuration in both:
        found = {
            block.address: [target.address for target in configuration.targets(block, argument)]
            for argument in ("vpc_id", "bucket")
            for block in configuration.blocks
            if block.has(argument)
        }
        assert found["module.counted[1].aws_flow_log.f"] == ["module.counted[1].aws_vpc.v"]
        assert found['module.each["a.b"].aws_flow_log.f'] == ['module.each["a.b"].aws_vpc.v']
        inner = 'module.around[0].module.net["x.y"]'
        assert found[f"{inner}.aws_default_security_group.d"] == [f"{inner}.aws_vpc.v"]
        assert found["aws_subnet.s"] == ['module.each["a.b"].aws_vpc.v']
        assert found['module.guard["a.b"].aws_s3_bucket_versioning.v'] == ['aws_s3_bucket.many["a.b"]']
        assert found['aws_s3_bucket_versioning.others["c"]'] == ['aws_s3_bucket.others["c"]']
        assert found["aws_s3_bucket_versioning.open"] == ["aws_s3_bucket.open[0]"]


@pytest.mark.terraform
def test_verdicts_never_contradict_each_other(both: tuple[Configuration, Configuration]) -> None:
    source, plan = ({(one.control.id, one.address): one.status for one in run(configuration)} for configuration in both)
    differing = {
        key: (source[key], plan[key])
        for key in source.keys() & plan.keys()
        if source[key] != plan[key] and "unknown" not in (source[key], plan[key]) and not key[0].startswith("provider")
    }
    assert differing == {}
    assert plan["s3-bucket-versioned", 'aws_s3_bucket.many["a.b"]'] != "failed"
    assert plan["s3-bucket-versioned", "aws_s3_bucket.open[1]"] == "failed"
