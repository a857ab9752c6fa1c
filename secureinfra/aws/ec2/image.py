"""Images and types of instances: of a named owner, of one architecture, of a kind whose volumes can be EBS-optimized."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text, is_token
from secureinfra.engine import Data, SecureConstruct
from secureinfra.facts.ebs_optimized import cannot_be_ebs_optimized

__all__ = ["MachineImage"]

_OWNER = matches(
    r"[0-9]{12}|amazon|self", "is not an owner of images", "write an account id, 'amazon' or 'self'", example="amazon"
)
INSTANCE_TYPE = matches(r"[a-z0-9-]+\.[a-z0-9-]+", "is not an instance type", example="t4g.small")
_IMAGE = matches(r"ami-[0-9a-f]{8,17}", "is not the id of an image", example="ami-0a1b2c3d4e5f60718")
# Names below `/aws/` are for AWS alone: docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
_PARAMETER = matches(
    r"/aws/service/[A-Za-z0-9._/-]+",
    "is not a public parameter of AWS",
    "write its path below '/aws/service/'",
    example="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
)
# docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html: `g` after the generation is AWS Graviton.
_FAMILY = re.compile(r"[a-z]+\d+([a-z]*)")


class MachineImage(Config):
    """The image of the instances: the newest of a name, the one that AWS recommends, or one by its id, of an owner that is named."""

    owners: tuple[Annotated[Text, _OWNER], ...] = ("amazon",)
    """Whose images are used: account ids, `amazon` or `self`. Names of images are free for anyone to take."""
    name: Text | None = "al2023-ami-2023.*"
    """Name of the image, `*` allowed; the newest is used. An apply renews the instances of a fleet once there is one; a single
    instance keeps the one that it was made from."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Architecture of the image and of the instance types."""
    image_id: Annotated[Text, _IMAGE] | None = None
    """One image by its id, which stays until you change it; its owner is checked too."""
    parameter: Annotated[Text, _PARAMETER] | None = None
    """Public parameter of AWS that holds the id of the image that it recommends, in place of `name`; its owner is checked too."""

    def problems(self) -> Iterator[Problem]:
        """An image of any owner is whatever someone uploads."""
        if not self.owners:
            yield Problem(
                "owners", "names none", "anyone can publish an image of any name", "Name one", subject="owners"
            )
        if self.name is None and self.image_id is None and self.parameter is None:
            yield Problem("name", "is missing", instead="Name images, or one by image_id")
        if self.image_id is not None and self.parameter is not None:
            what, why = "and image_id are both given", "each of them names one image"
            yield Problem("parameter", what, why, "Leave one of the two out", subject="parameter")


def find_image(owner: SecureConstruct, image: MachineImage) -> Data:
    """The data source that looks an image up.

    Args:
        owner: the construct that starts instances of it.
        image: which.
    """
    filters = [{"name": "architecture", "values": [image.architecture]}, {"name": "state", "values": ["available"]}]
    # A deprecated image is listed for its own id only, which a filter is not: docs.aws.amazon.com/AWSEC2/latest/UserGuide/
    # ami-deprecate.html. Without this, every plan would fail on the day on which its owner deprecates it.
    deprecated = True if image.image_id is not None else None
    if image.image_id is not None:
        filters.append({"name": "image-id", "values": [image.image_id]})
    elif image.parameter is not None:
        # `insecure_value` is the public value, which plans may show.
        recommended = Data(owner, "recommended", "aws_ssm_parameter", name=image.parameter)
        filters.append({"name": "image-id", "values": [recommended.ref("insecure_value")]})
    elif image.name is not None:
        filters.append({"name": "name", "values": [image.name]})
    return Data(
        owner,
        "image",
        "aws_ami",
        most_recent=True,
        include_deprecated=deprecated,
        owners=list(image.owners),
        filter=filters,
    )


def type_problems(field: str, instance_type: str, architecture: str) -> Iterator[Problem]:
    """What AWS refuses about an instance type: another architecture than the image's, volumes that cannot be EBS-optimized.

    Args:
        field: name of the setting.
        instance_type: family and size.
        architecture: the image's.
    """
    if is_token(instance_type):
        return
    family = instance_type.partition(".")[0]
    if cannot_be_ebs_optimized(instance_type):
        what = "is older than the Nitro system, and cannot be EBS-optimized"
        yield Problem(field, what, "AWS refuses such an instance", "Use a current type, e.g. 't4g.small' or 't3.small'")
        return
    attributes = _FAMILY.match(family)
    if attributes is None:
        return
    own = "arm64" if family == "a1" or "g" in attributes[1] else "x86_64"
    if own != architecture and not is_token(architecture):
        what = f"is of architecture {own}, and the image of {architecture}"
        yield Problem(field, what, "it could not start", "Use another type, or another architecture of the image")
