"""Custom endpoints of an Aurora cluster: a host name for some of its instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from secureinfra.aws.rds.parts import ClusterParts
from secureinfra.config.rule import matches
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError

# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Endpoints.Custom.html
_MOST = 5
_LONGEST = 63
_NAME = matches(
    r"[a-z](-?[a-z0-9]){0,30}",
    "is not a name of an endpoint",
    "write up to 31 lower-case letters, digits and single hyphens, a letter first",
    example="reports",
)

EndpointType = Literal["READER", "ANY"]


def custom_endpoint(
    cluster: ClusterParts,
    name: str,
    *,
    members: Sequence[str] | None,
    excluding: Sequence[str] | None,
    type: str,
) -> Resource:
    """Write one endpoint.

    Args:
        cluster: the cluster.
        name: what the endpoint is for.
        members: names of the only instances that it leads to.
        excluding: names of instances that it does not lead to, unlike all others and those that come later.
        type: `READER` or `ANY`.

    Raises:
        ConfigError: the name, the lists or the type are refused, or the cluster has five endpoints.
    """
    given = f"{cluster.path}: add_endpoint({name!r})"
    if complaint := _NAME.complaint(name):
        raise ConfigError(f"{given} {complaint}.")
    whole = f"{cluster.identifier}-{name}"
    if len(whole) > _LONGEST:
        raise ConfigError(f"{given} makes a name of {len(whole)} characters: AWS takes {_LONGEST}. Use a shorter one.")
    if f"endpoint-{name}" in cluster.resources:
        raise ConfigError(f"{given}: it already has an endpoint {name!r}. Use another name.")
    if sum(one.startswith("endpoint-") for one in cluster.resources) == _MOST:
        raise ConfigError(f"{given} is not possible: a cluster has {_MOST} custom endpoints at most. Remove one.")
    if type not in ("READER", "ANY"):
        raise ConfigError(
            f"{given} type={type!r} is unknown. Use 'READER', or 'ANY' for the instance that writes, too."
        )
    listed = _listed(given, cluster.instances, members, excluding)
    return Resource(
        cluster,
        f"endpoint-{name}",
        "aws_rds_cluster_endpoint",
        cluster_identifier=cluster.cluster.ref("cluster_identifier"),
        cluster_endpoint_identifier=whole,
        custom_endpoint_type=type,
        static_members=listed if members is not None else None,
        excluded_members=listed if excluding is not None else None,
        tags=cluster.config.tags or None,
    )


def _listed(
    given: str, instances: Mapping[str, Resource], members: Sequence[str] | None, excluding: Sequence[str] | None
) -> list[str]:
    """Identifiers of the instances in the one list that AWS takes."""
    if (members is None) == (excluding is None):
        raise ConfigError(f"{given} needs one of members=[...] and excluding=[...]: AWS takes one list. Write one.")
    names = members if members is not None else excluding
    if isinstance(names, str) or not names:
        raise ConfigError(
            f"{given} is given {names!r}, which is not a list of instances. Write e.g. members=['reports']."
        )
    for one in names:
        if one not in instances:
            raise ConfigError(f"{given} names {one!r}, which is not an instance. It has: {', '.join(instances)}.")
    if excluding is not None and set(names) == set(instances):
        raise ConfigError(f"{given} excludes every instance, so that it leads nowhere. Leave one out of the list.")
    return [instances[one].ref("identifier") for one in dict.fromkeys(names)]
