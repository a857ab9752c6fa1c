"""Plans: what will be known after apply leads to where it comes from, and verdicts agree with those on the source."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.check.run import run
from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import is_unknown
from tests.referees.runner import Terraform
from tests.referees.stacks import document_of

SOURCE = """
variable "keys" { default = 2 }
resource "aws_kms_key" "k" {
  count               = var.keys
  enable_key_rotation = true
}
resource "aws_sns_topic" "t" {
  count             = var.keys
  name              = "topic-${count.index}"
  kms_master_key_id = aws_kms_key.k[count.index].arn
}
module "queue" {
  source = "./queue"
  key    = aws_kms_key.k[0].key_id
}
resource "aws_sns_topic_subscription" "s" {
  topic_arn = aws_sns_topic.t[0].arn
  protocol  = "sqs"
  endpoint  = module.queue.arn
}
resource "aws_s3_bucket" "b" { bucket = "named" }
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.b.bucket
  versioning_configuration { status = "Enabled" }
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [module.queue.arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
  }
}
resource "aws_sqs_queue_policy" "p" {
  queue_url = module.queue.url
  policy    = data.aws_iam_policy_document.d.json
}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}
resource "aws_subnet" "c" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.3.0/24"
}
resource "aws_lb" "l" {
  load_balancer_type = "network"
  internal           = true
  subnet_mapping {
    subnet_id            = aws_subnet.c.id
    private_ipv4_address = "10.0.3.9"
  }
  subnet_mapping {
    subnet_id            = aws_subnet.a.id
    private_ipv4_address = "10.0.1.9"
  }
  subnet_mapping {
    subnet_id            = aws_subnet.b.id
    private_ipv4_address = "10.0.2.9"
  }
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
QUEUE = """
variable "key" {}
resource "aws_sqs_queue" "q" {
  name              = "orders"
  kms_master_key_id = var.key
}
output "arn" { value = aws_sqs_queue.q.arn }
output "url" { value = aws_sqs_queue.q.url }
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "queue").mkdir()
    (folder / "main.tf").write_text(SOURCE)
    (folder / "queue" / "main.tf").write_text(QUEUE)
    runner = Terraform(folder, {})
    for name in ("cdk.tf.json", "emulator_override.tf.json"):
        (folder / name).unlink()
    runner.init()
    runner.run("plan", "-out=plan.bin")
    return Configuration.of(json.loads(runner.run("show", "-json", "plan.bin")), "planned")


@pytest.mark.terraform
def test_addresses(planned: Configuration) -> None:
    assert sorted(block.address for block in planned.blocks) == [
        "aws_kms_key.k[0]",
        "aws_kms_key.k[1]",
        "aws_lb.l",
        "aws_s3_bucket.b",
        "aws_s3_bucket_versioning.v",
        "aws_sns_topic.t[0]",
        "aws_sns_topic.t[1]",
        "aws_sns_topic_subscription.s",
        "aws_sqs_queue_policy.p",
        "aws_subnet.a",
        "aws_subnet.b",
        "aws_subnet.c",
        "aws_vpc.v",
        "data.aws_iam_policy_document.d",
        "module.queue.aws_sqs_queue.q",
    ]


@pytest.mark.terraform
def test_what_is_known_after_apply_leads_to_its_source(planned: Configuration) -> None:
    topic, queue = planned.block("aws_sns_topic.t[1]"), planned.block("module.queue.aws_sqs_queue.q")
    subscription, policy = planned.block("aws_sns_topic_subscription.s"), planned.block("aws_sqs_queue_policy.p")
    assert topic and queue and subscription and policy  # noqa: PT018 - all are there
    assert topic.get("name") == "topic-1"
    assert is_unknown(topic.get("kms_master_key_id"))
    assert planned.target(topic.get("kms_master_key_id")) is planned.block("aws_kms_key.k[1]")
    assert planned.target(queue.get("kms_master_key_id")) is planned.block("aws_kms_key.k[0]")
    assert planned.target(subscription.get("endpoint")) is queue
    assert planned.target(policy.get("policy")) is planned.block("data.aws_iam_policy_document.d")


@pytest.mark.terraform
def test_blocks_of_a_set_keep_their_own_origins(planned: Configuration) -> None:
    balancer = planned.block("aws_lb.l")
    assert balancer is not None
    found = {
        node.get("private_ipv4_address"): [target.name for target in planned.targets(node, "subnet_id")]
        for node in balancer.blocks("subnet_mapping")
    }
    assert found == {"10.0.1.9": ["a"], "10.0.2.9": ["b"], "10.0.3.9": ["c"]}


@pytest.mark.terraform
def test_relations(planned: Configuration) -> None:
    bucket = planned.block("aws_s3_bucket.b")
    assert bucket is not None
    assert [block.name for block in planned.attached(bucket, "aws_s3_bucket_versioning", "bucket")] == ["v"]
    assert planned.of_type("aws_s3_bucket_versioning")[0].get("versioning_configuration.status") == "Enabled"


@pytest.mark.terraform
def test_providers(planned: Configuration) -> None:
    (provider,) = planned.providers["aws"]
    assert provider.get("access_key") == "testing"


def test_plan_without_values_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no planned_values: write it with `terraform show -json"):
        Configuration.of({"planned_values": None})


def test_a_plan_and_its_source_are_judged_alike(emulator: str, terraform: Callable[..., Terraform]) -> None:
    document: dict[str, Any] = document_of("quickstart")
    runner = terraform(document, endpoint=emulator)
    runner.run("plan", "-out=plan.bin")
    plan = Configuration.of(json.loads(runner.run("show", "-json", "plan.bin")))
    source = Configuration.of(document)
    verdicts = [
        # The provider block is the emulator's, with keys in it.
        {(one.control.id, one.address, one.at): one.status for one in run(configuration) if one.address}
        for configuration in (source, plan)
    ]
    assert set(verdicts[0]) == set(verdicts[1])
    differing = {
        key: (verdicts[0][key], verdicts[1][key]) for key in verdicts[0] if verdicts[0][key] != verdicts[1][key]
    }
    # A plan does not say how a text is put together: a policy with a reference in it is known after apply as a whole.
    assert {answer for _, answer in differing.values()} <= {"unknown"}
    assert {before for before, _ in differing.values()} <= {"passed", "not applicable"}
    assert len(differing) < len(verdicts[0]) / 4
