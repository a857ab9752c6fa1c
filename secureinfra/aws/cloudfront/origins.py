"""The origins of one distribution: each defined once, buckets that allow it to read, one with a failover origin."""

from __future__ import annotations

from typing import Any

from secureinfra.aws.cloudfront.origin import ORIGIN_PATH, BucketOrigin, Origin, origin_of
from secureinfra.config.rules import is_token
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError

GROUP = "failover"


class Origins:
    """Where a distribution fetches from.

    Args:
        distribution: the distribution that buckets allow to read.
    """

    def __init__(self, distribution: Resource) -> None:
        self._distribution = distribution
        self._path = distribution.owner.path
        self._by_id: dict[str, Origin] = {}
        self._group: tuple[str, str] | None = None

    def take(self, given: object) -> Origin:
        """The origin that a caller gave; a bucket then allows the distribution to read.

        Raises:
            ConfigError: it is not an origin, or differs from another of the same host and path.
        """
        origin = origin_of(self._path, given)
        known = self._by_id.get(origin.origin_id)
        if known is None:
            self._add(origin)
        elif known != origin:
            raise ConfigError(
                f"{self._path}: origin {origin.origin_id!r} is there already with other settings: CloudFront tells origins apart by "
                "this name. Give both the same settings, or one an origin_path."
            )
        return origin

    def _add(self, origin: Origin) -> None:
        self._by_id[origin.origin_id] = origin
        if not isinstance(origin, BucketOrigin):
            self._distribution.conditions.extend(origin.conditions())
            return
        origin.let_in(self._distribution.ref("arn"))
        if is_token(origin.path):
            self._distribution.demand(
                "origin-path", origin.path, ORIGIN_PATH.expression, ORIGIN_PATH.message, "BucketOrigin path"
            )

    def stand_in(self, first: Origin, given: object) -> None:
        """Use another origin when the first one fails.

        Raises:
            ConfigError: it is not an origin, or the first one itself.
        """
        second = self.take(given)
        if second.origin_id == first.origin_id:
            raise ConfigError(
                f"{self._path}: failover {second.origin_id!r} is the origin itself: both would fail together. Pass another one."
            )
        self._group = (first.origin_id, second.origin_id)

    @property
    def has_bucket(self) -> bool:
        """Whether one of them is a bucket."""
        return any(isinstance(origin, BucketOrigin) for origin in self._by_id.values())

    def blocks(self, access_control_id: str) -> list[dict[str, Any]]:
        """The `origin` blocks."""
        return [origin.block(access_control_id) for origin in self._by_id.values()]

    def groups(self, status_codes: tuple[int, ...]) -> list[dict[str, Any]] | None:
        """The `origin_group` blocks.

        Args:
            status_codes: status codes after which the second one is used.
        """
        if self._group is None:
            return None
        members = [{"origin_id": origin_id} for origin_id in self._group]
        return [{"origin_id": GROUP, "failover_criteria": {"status_codes": list(status_codes)}, "member": members}]
