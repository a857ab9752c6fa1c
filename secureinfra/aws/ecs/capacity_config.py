"""What a caller may choose about a cluster's instances: types, architecture, sizes, and how full they run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.aws.autoscaling.config import group_problems
from secureinfra.aws.ec2.image import INSTANCE_TYPE
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import Predicate, between
from secureinfra.config.rules import Number, Text, VpcId, is_token

__all__ = ["EcsCapacityProviderConfig"]

# docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
PROVIDER_NAME = Predicate(
    lambda name: bool(re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name)) and not re.match("aws|ecs|fargate", name, re.I),
    "is not a name of a capacity provider",
    'can(regex("^[A-Za-z0-9_-]{1,255}$", {value})) && !can(regex("^(?i:aws|ecs|fargate)", {value}))',
    "write up to 255 letters, digits, '_' and '-', and neither 'aws', 'ecs' nor 'fargate' first",
    "shop",
)
# docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_GRAVITON = re.compile(r"(?:a1|[a-z]+\d+g[a-z]*)\.")
_GPU = re.compile(r"(?:g|p)\d[a-z]*\.")


class EcsCapacityProviderConfig(Config):
    """What a caller may choose about the instances of a cluster."""

    name: Annotated[str, PROVIDER_NAME] | None = None
    """Name of the capacity provider; by default the construct's path with '-'. Another name replaces it."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Architecture of the instances and of the images that run on them."""
    instance_types: tuple[Annotated[Text, INSTANCE_TYPE], ...] = ("m7g.large", "m6g.large")
    """Types that the group may use, in order of preference; with two or more it finds capacity when one is sold out. Each task
    takes one of an instance's network interfaces, of which the smaller types have two or three."""
    gpu: bool = False
    """The instances have GPUs (types such as `g6.xlarge`) and run Amazon's image with their driver."""
    min_size: Annotated[Number, between(0, 10_000, "instances")] = 0
    """Fewest instances, also while no task runs."""
    max_size: Annotated[Number, between(1, 10_000, "instances")] = 6
    """Most instances; tasks that do not fit wait until there is room."""
    target_capacity_percent: Annotated[Number, between(1, 100, "percent")] = 100
    """How full ECS keeps the instances; below 100 there is room for tasks that start at once."""
    volume_size_gib: Annotated[Number, between(30, 16_384, "GiB")] = 30
    """Size of the root volume, which holds images, layers and scratch directories of all tasks on the instance."""
    session_idle_minutes: Annotated[Number, between(1, 60, "minutes")] = 20
    """When an idle session on an instance ends."""
    vpc_id: VpcId | None = None
    """Id of its network, where no `vpc=` is given. Another one replaces its security group."""
    subnet_ids: Mapping[str, Text] = {}
    """Private subnets for its instances by letter of the zone, where no `vpc=` is given."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags; instances, volumes and interfaces get them too."""

    def problems(self) -> Iterator[Problem]:
        """Types fit the image, and sizes and network fit together."""
        if not self.instance_types:
            yield Problem("instance_types", "names none", instead="Name one or more", subject="instance_types")
        yield from self._type_problems()
        if self.gpu and self.architecture == "arm64":
            why = "Amazon's image with the driver is for x86_64"
            yield Problem("gpu", "does not go with architecture='arm64'", why, "Write architecture='x86_64'")
        yield from group_problems(self.min_size, self.max_size, self.subnet_ids, self.vpc_id)

    def _type_problems(self) -> Iterator[Problem]:
        for type in self.instance_types:
            if is_token(type):
                continue
            its = "arm64" if _GRAVITON.match(type) else "x86_64"
            if its != self.architecture:
                what, why = f"names {type!r}, which is {its}", "the image would not start on it"
                yield Problem(
                    "instance_types",
                    what,
                    why,
                    f"Write architecture={its!r}, or another type",
                    subject="instance_types",
                )
            elif bool(_GPU.match(type)) != self.gpu:
                has = "has GPUs" if _GPU.match(type) else "has none"
                what, why = f"names {type!r}, which {has}", f"gpu={self.gpu} decides about the image"
                instead = f"Write gpu={not self.gpu}, or another type"
                yield Problem("instance_types", what, why, instead, subject="instance_types")
