"""Addresses of container images: whether they always mean the same image, and which repository they come from."""

from __future__ import annotations

import re

from secureinfra.config.rule import Predicate
from secureinfra.config.rules import is_token

_DIGEST = r"@sha256:[0-9a-f]{64}"
_TAG = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_END = re.compile(f"(?:{_DIGEST}|{_TAG})$")
_PRIVATE = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws)/"
    r"(?P<name>[a-z0-9._/-]+)"
)
_OWN = re.compile(r"\$\{(aws_ecr_repository\.\w+)\.repository_url\}")


def is_settled(image: str) -> bool:
    """Whether an address ends with a digest, or with a tag other than `latest`; one that only Terraform knows does."""
    if image.endswith((":latest", "}")) and not is_whole_reference(image):
        return False
    return is_whole_reference(image) or _END.search(image) is not None


def is_whole_reference(image: str) -> bool:
    """Whether only Terraform knows the tag: the address ends with a reference other than a repository's address."""
    return is_token(image) and image.endswith(("}", "]")) and not image.endswith(".repository_url}")


IMAGE = Predicate(
    lambda image: bool(re.fullmatch(r"[a-z0-9][A-Za-z0-9._/:@-]+", image)) and is_settled(image),
    "does not always mean the same image",
    f'can(regex("({_DIGEST}|{_TAG})$", {{value}})) && !endswith({{value}}, ":latest")',
    "end it with a digest, or with a tag other than 'latest'",
    "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4.2",
)


def is_public(image: str) -> bool:
    """Whether an image is known to come from a registry other than a private one of ECR."""
    return not is_token(image) and _PRIVATE.match(image) is None


def repository_of(image: str, partition: str) -> str | None:
    """The ARN of the private repository of an image; `None` where the address does not show one.

    Args:
        image: its address.
        partition: the partition, for an address that is written out.
    """
    if own := _OWN.match(image):
        return f"${{{own[1]}.arn}}"
    if private := _PRIVATE.match(image):
        return f"arn:{partition}:ecr:{private['region']}:{private['account']}:repository/{private['name']}"
    return None


def region_of(image: str) -> str | None:
    """The region of an image's private repository, as far as the address shows it."""
    private = _PRIVATE.match(image)
    return private["region"] if private else None
