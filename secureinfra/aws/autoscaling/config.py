"""What a caller may choose about a fleet of instances: image, types, sizes, volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, VpcId, is_token

__all__ = ["FleetConfig", "MachineImage"]

_OWNER = matches(
    r"[0-9]{12}|amazon|self", "is not an owner of images", "write an account id, 'amazon' or 'self'", example="amazon"
)
_TYPE = matches(r"[a-z0-9-]+\.[a-z0-9-]+", "is not an instance type", example="t4g.small")
_LETTER = matches(r"[a-z]", "is not the letter of a zone", example="a")
_IMAGE = matches(r"ami-[0-9a-f]{8,17}", "is not the id of an image", example="ami-0a1b2c3d4e5f60718")


class MachineImage(Config):
    """The image of the instances: the newest of a name, or one by its id, of an owner that is named."""

    owners: tuple[Annotated[Text, _OWNER], ...] = ("amazon",)
    """Whose images are used: account ids, `amazon` or `self`. Names of images are free for anyone to take."""
    name: Text | None = "al2023-ami-2023.*"
    """Name of the image, `*` allowed; the newest is used, so that an apply renews the instances once there is one."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Architecture of the image and of the instance types."""
    image_id: Annotated[Text, _IMAGE] | None = None
    """One image by its id, which stays until you change it; its owner is checked too."""

    def problems(self) -> Iterator[Problem]:
        """An image of any owner is whatever someone uploads."""
        if not self.owners:
            yield Problem(
                "owners", "names none", "anyone can publish an image of any name", "Name one", subject="owners"
            )
        if self.name is None and self.image_id is None:
            yield Problem("name", "is missing", instead="Name images, or one by image_id")


class FleetConfig(Config):
    """What a caller may choose about a fleet."""

    image: MachineImage = MachineImage()
    """The image of the instances."""
    instance_types: tuple[Annotated[Text, _TYPE], ...] = ("t4g.small", "t4g.medium")
    """Types that the group may use, in order of preference; with two or more it finds capacity when one is sold out."""
    min_size: Annotated[Number, between(0, 10_000, "instances")] = 2
    """Fewest instances."""
    max_size: Annotated[Number, between(1, 10_000, "instances")] = 4
    """Most instances."""
    cpu_target_percent: Annotated[Number, between(10, 90, "percent")] | None = 60
    """Average CPU utilization that the group keeps by its size; `None` leaves the size alone."""
    volume_size_gib: Annotated[Number, between(8, 16_384, "GiB")] = 20
    """Size of the root volume."""
    root_device: Text = "/dev/xvda"
    """Name of the image's root device: `/dev/sda1` for Ubuntu, Debian and Windows."""
    user_data: Text | None = None
    """Script of the first start, as text. It is no place for secrets: anything on the instance can read it."""
    session_idle_minutes: Annotated[Number, between(1, 60, "minutes")] = 20
    """When an idle session ends."""
    vpc_id: VpcId | None = None
    """Id of its network, where no `vpc=` is given. Another one replaces its security group."""
    subnet_ids: Mapping[str, Text] = {}
    """Private subnets for its instances by letter of the zone, where no `vpc=` is given."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags; instances, volumes and interfaces get them too."""

    def problems(self) -> Iterator[Problem]:
        """Sizes and types that AWS takes."""
        if not self.instance_types:
            yield Problem("instance_types", "names none", instead="Name one or more", subject="instance_types")
        low, high = self.min_size, self.max_size
        if not is_token(low) and not is_token(high) and low > high:
            yield Problem("min_size", f"is above max_size={high}", instead="Lower it, or raise max_size")
        for letter in self.subnet_ids:
            if complaint := _LETTER.complaint(letter):
                yield Problem(
                    ("subnet_ids", letter), f"has the key {letter!r}, which {complaint}", subject="subnet_ids"
                )
        if bool(self.subnet_ids) != (self.vpc_id is not None):
            yield Problem("subnet_ids", "and vpc_id go together", instead="Set both, or neither", subject="subnet_ids")
