"""What a caller may choose about a fleet of instances: image, types, sizes, volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from secureinfra.aws.ec2.image import INSTANCE_TYPE, MachineImage, type_problems
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, VpcId, is_token

__all__ = ["FleetConfig"]

_LETTER = matches(r"[a-z]", "is not the letter of a zone", example="a")


class FleetConfig(Config):
    """What a caller may choose about a fleet."""

    image: MachineImage = MachineImage()
    """The image of the instances."""
    instance_types: tuple[Annotated[Text, INSTANCE_TYPE], ...] = ("t4g.small", "t4g.medium")
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
        for number, one in enumerate(self.instance_types):
            for problem in type_problems("instance_types", one, self.image.architecture):
                yield problem.moved(("instance_types", number))
        yield from group_problems(self.min_size, self.max_size, self.subnet_ids, self.vpc_id)


def group_problems(low: Any, high: Any, subnet_ids: Mapping[str, Any], vpc_id: Any) -> Iterator[Problem]:
    """Sizes and networks of a group of instances that contradict each other.

    Args:
        low: `min_size`.
        high: `max_size`.
        subnet_ids: subnets by letter of the zone.
        vpc_id: their network.
    """
    if not is_token(low) and not is_token(high) and low > high:
        yield Problem("min_size", f"is above max_size={high}", instead="Lower it, or raise max_size")
    for letter in subnet_ids:
        if complaint := _LETTER.complaint(letter):
            yield Problem(("subnet_ids", letter), f"has the key {letter!r}, which {complaint}", subject="subnet_ids")
    if bool(subnet_ids) != (vpc_id is not None):
        yield Problem("subnet_ids", "and vpc_id go together", instead="Set both, or neither", subject="subnet_ids")
