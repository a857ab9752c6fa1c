"""Controls on ECR repositories."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true, one_of
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.resource_policies import not_public
from secureinfra.controls.verdict import Failure, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

SCANNED = Control(
    id="ecr-repository-scanned",
    title="ECR images are scanned for vulnerabilities",
    why="an image with a known vulnerability would run unnoticed",
    row="ecr-scan",
    fix="Write image_scanning_configuration { scan_on_push = true }, or an aws_ecr_registry_scanning_configuration.",
)


@SCANNED.check("aws_ecr_repository")
def _scanned(repository: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "image_scanning_configuration.scan_on_push"
    if not _scans(repository, path, None) and not configuration.is_there(
        "aws_ecr_registry_scanning_configuration",
        test=lambda registry: any_of(registry.blocks("rule"), lambda rule: _scans(repository, path, rule)),
        beside=repository,
    ):
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
    title="ECR image tags are immutable",
    why="anyone who can push could replace the image behind the tag that runs in production",
    row="ecr-immutable-tags",
    fix='Set image_tag_mutability = "IMMUTABLE".',
)

IMMUTABLE_TAGS.check("aws_ecr_repository")(
    argument("image_tag_mutability", one_of("IMMUTABLE"), 'image_tag_mutability = "IMMUTABLE"', absent="MUTABLE")
)

EXPIRES = Control(
    id="ecr-repository-lifecycle",
    title="ECR repositories expire old images",
    why="images with known vulnerabilities would stay available, and storage costs would grow",
    row="ecr-lifecycle",
    fix="Give the repository an aws_ecr_lifecycle_policy.",
)


@EXPIRES.check("aws_ecr_repository")
def _expires(repository: Block, configuration: Configuration) -> Iterator[Failure]:
    policies = configuration.attached(repository, "aws_ecr_lifecycle_policy", "repository")
    if not any_of(policies, lambda policy: policy.has("policy")):
        yield Failure("no aws_ecr_lifecycle_policy", "an aws_ecr_lifecycle_policy for the repository")


CUSTOMER_KEY = Control(
    id="ecr-repository-customer-key",
    title="ECR images are encrypted with a customer managed key",
    why="you could not revoke the key that protects a leaked copy",
    row="ecr-cmk",
    fix='Write encryption_configuration { encryption_type = "KMS", kms_key = the ARN of an aws_kms_key }.',
    setting="SecureKey creates one; pass its arn.",
)


@CUSTOMER_KEY.check("aws_ecr_repository")
def _customer_key(repository: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "encryption_configuration.encryption_type"
    wrong = list(
        argument(path, one_of("KMS", "KMS_DSSE"), 'encryption_type = "KMS"', absent="AES256")(repository, configuration)
    )
    # Without KMS the key is not used, so it is not checked.
    yield from wrong or customer_key("encryption_configuration.kms_key")(repository, configuration)


POLICY_NOT_PUBLIC = Control(
    id="ecr-repository-policy-not-public",
    title="ECR repository policies do not allow anonymous access",
    why="any AWS account could pull the images or push its own",
    row="ecr-policy-no-public",
    waivable=False,
    fix="Name the principals, or limit Principal '*' by a condition such as aws:PrincipalOrgID.",
)

POLICY_NOT_PUBLIC.check("aws_ecr_repository_policy", "aws_ecr_registry_policy")(not_public("policy"))
