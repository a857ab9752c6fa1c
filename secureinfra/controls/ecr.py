"""Controls on ECR repositories."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true, one_of
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.reading.resource_policies import not_public
from secureinfra.controls.verdict import Failure, any_of, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

SCANNED = Control(
    id="ecr-repository-scanned",
    title="Every image is searched for known holes",
    why="a hole that everybody knows would run unseen",
    row="ecr-scan",
    mend="Write image_scanning_configuration { scan_on_push = true }, or an aws_ecr_registry_scanning_configuration.",
)


@SCANNED.check("aws_ecr_repository")
def _scanned(repository: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "image_scanning_configuration.scan_on_push"
    rules = [
        rule
        for registry in configuration.of_type("aws_ecr_registry_scanning_configuration")
        for rule in registry.blocks("rule")
    ]
    if not any_of((None, *rules), lambda rule: _scans(repository, path, rule)):
        found = written(path, repository.get(path))
        yield Failure(found, "image_scanning_configuration { scan_on_push = true }", at=path)


def _scans(repository: Block, path: str, rule: Node | None) -> bool:
    if rule is None:
        return is_true(repository.get(path))
    return rule.get("scan_frequency") in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN") and any_of(
        rule.blocks("repository_filter"), lambda one: _covers(one.get("filter"), repository)
    )


def _covers(pattern: str, repository: Block) -> bool:
    if pattern == "*":
        return True
    name = repository.get("name")
    # docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html: one without a star matches names that hold it.
    return bool(fnmatch.fnmatchcase(name, pattern) if "*" in pattern else pattern in name)


IMMUTABLE_TAGS = Control(
    id="ecr-repository-immutable-tags",
    title="A tag names one image for good",
    why="who may push could put another image under the name that runs in production",
    row="ecr-immutable-tags",
    mend='Set image_tag_mutability = "IMMUTABLE".',
)

IMMUTABLE_TAGS.check("aws_ecr_repository")(
    argument("image_tag_mutability", one_of("IMMUTABLE"), 'image_tag_mutability = "IMMUTABLE"', absent="MUTABLE")
)

EXPIRES = Control(
    id="ecr-repository-lifecycle",
    title="Old images are removed",
    why="images with known holes would stay at hand, and cost more every month",
    row="ecr-lifecycle",
    mend="Give the repository an aws_ecr_lifecycle_policy.",
)


@EXPIRES.check("aws_ecr_repository")
def _expires(repository: Block, configuration: Configuration) -> Iterator[Failure]:
    policies = configuration.attached(repository, "aws_ecr_lifecycle_policy", "repository")
    if not any_of(policies, lambda policy: policy.has("policy")):
        yield Failure("no aws_ecr_lifecycle_policy", "an aws_ecr_lifecycle_policy for the repository")


CUSTOMER_KEY = Control(
    id="ecr-repository-customer-key",
    title="Images are encrypted with a customer managed key",
    why="nobody could take the key away from those who hold a copy",
    row="ecr-cmk",
    mend='Write encryption_configuration { encryption_type = "KMS", kms_key = an aws_kms_key }.',
    python="SecureKey makes one; its arn goes here.",
)


@CUSTOMER_KEY.check("aws_ecr_repository")
def _customer_key(repository: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "encryption_configuration.encryption_type"
    wrong = list(
        argument(path, one_of("KMS", "KMS_DSSE"), 'encryption_type = "KMS"', absent="AES256")(repository, configuration)
    )
    # Without KMS the key is not used, so that it is not asked for.
    yield from wrong or customer_key("encryption_configuration.kms_key")(repository, configuration)


POLICY_NOT_PUBLIC = Control(
    id="ecr-repository-policy-not-public",
    title="No repository policy lets everybody in",
    why="anybody with an AWS account could pull the images, or push their own",
    row="ecr-policy-no-public",
    waivable=False,
    mend="Name the principals, or limit Principal '*' by a condition such as aws:PrincipalOrgID.",
)

POLICY_NOT_PUBLIC.check("aws_ecr_repository_policy", "aws_ecr_registry_policy")(not_public("policy"))
