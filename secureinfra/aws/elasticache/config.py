"""What a caller may choose about a cache: engine, nodes, users, snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, VpcId, is_token
from secureinfra.controls import elasticache as controls

__all__ = ["CacheConfig", "CacheUser"]

# docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
CACHE_NAME = matches(
    r"[a-z](-?[a-z0-9]){0,39}",
    "is not a name of a cache",
    "write up to 40 lower-case letters, digits and single '-', a letter first",
    example="sessions",
)
_USER = matches(
    r"[a-z](-?[a-z0-9]){0,19}", "is not a name of a user", "write up to 20 lower-case letters, digits and '-'"
)
_LETTER = matches(r"[a-z]", "is not the letter of a zone", example="a")
_NODE = matches(r"cache\.[a-z0-9]+\.[a-z0-9]+", "is not a node type", example="cache.t4g.small")
_VERSION = matches(r"[0-9]+\.[0-9]+", "is not a version", "write it with one dot", example="8.0")
_WINDOW = matches(
    r"(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d",
    "is not a window",
    "write day and time in UTC",
    example="sun:03:00-sun:04:00",
)
_HOURS = matches(r"\d\d:\d\d-\d\d:\d\d", "is not a window", "write times in UTC", example="01:00-02:00")
# The first version of each in which a user signs in by IAM: docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
_IAM_SINCE = {"valkey": (7, 2), "redis": (7, 0)}
_NEWEST = {"valkey": "8.0", "redis": "7.1"}


class CacheUser(Config):
    """What a user may do: which keys, and which commands."""

    keys: tuple[Text, ...] = ("*",)
    """Patterns of the keys it reaches, e.g. `session:*`."""
    commands: tuple[Text, ...] = ("+@all", "-@admin", "-@dangerous")
    """Commands and categories it may use (`+`) or not (`-`), in this order; by default all but those that manage the server or
    reach every key at once."""

    @property
    def access_string(self) -> str:
        """As the engine's access control lists write it."""
        return " ".join(("on", *(f"~{pattern}" for pattern in self.keys), *self.commands))

    def problems(self) -> Iterator[Problem]:
        """Parts are single words, and commands are allowed or not."""
        for field in ("keys", "commands"):
            for number, word in enumerate(getattr(self, field)):
                if not is_token(word) and len(word.split()) != 1:
                    yield Problem((field, number), f"holds {word!r}, which is not one word", subject=field)
        for number, word in enumerate(self.commands):
            if not is_token(word) and not word.startswith(("+", "-")):
                what = f"holds {word!r}, which neither allows nor denies"
                yield Problem(("commands", number), what, instead=f"Write '+{word}' or '-{word}'", subject="commands")


class CacheConfig(Config):
    """What a caller may choose about a cache."""

    name: Annotated[str, CACHE_NAME] | None = None
    """Its name, unique in account and region; by default made of the construct's path. Another name replaces it."""
    engine: Literal["valkey", "redis"] = "valkey"
    """Valkey, which is cheaper, or Redis OSS. A change from Valkey to Redis OSS replaces it."""
    engine_version: Annotated[Text, _VERSION] | None = None
    """Its version, by default 8.0 of Valkey and 7.1 of Redis OSS; minor versions are upgraded automatically."""
    node_type: Annotated[Text, _NODE] = "cache.t4g.small"
    """Type of its nodes."""
    shards: Annotated[int, between(1, 500, "shards")] = 1
    """Parts that the keys are spread over; with more than one, clients must speak cluster mode. 1 cannot become 2 later on."""
    replicas: Annotated[
        int, between(0, 5, "replicas"), controls.FAILOVER.keeps(lambda count: count >= 1, "{value} >= 1")
    ] = 1
    """Copies of each part in other zones, one of which takes over if the first fails."""
    users: Mapping[str, CacheUser] = {"app": CacheUser()}
    """Who signs in, by name: roles with `grant_connect(role, user)`, by IAM. There are no passwords."""
    vpc_id: VpcId | None = None
    """Id of its network, where no `vpc=` is given. Another one replaces its security group."""
    subnet_ids: Mapping[str, Text] = {}
    """Private subnets for its nodes by letter of the zone, where no `vpc=` is given."""
    snapshot_retention_days: Annotated[
        Number, between(0, 35, "days"), controls.BACKED_UP.keeps(lambda days: days >= 1, "{value} >= 1")
    ] = 7
    """How long its daily snapshots are kept; 0 makes none."""
    snapshot_window: Annotated[Text, _HOURS] = "01:00-02:00"
    """When they are made, in UTC."""
    maintenance_window: Annotated[Text, _WINDOW] = "sun:03:00-sun:04:00"
    """When AWS patches it and when changes are applied, in UTC."""
    protect: bool = True
    """Terraform refuses to destroy cache and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    @property
    def version(self) -> str:
        """The version of the engine."""
        return self.engine_version or _NEWEST[self.engine]

    def problems(self) -> Iterator[Problem]:
        """Users sign in by IAM, which needs a new engine and users."""
        if self.engine_version is not None and not is_token(self.engine_version):
            major, minor = map(int, self.engine_version.split("."))
            least = _IAM_SINCE[self.engine]
            if (major, minor) < least:
                why = "its users could not sign in by IAM"
                yield Problem("engine_version", "is too old", why, f"Use {'.'.join(map(str, least))} or newer")
        if not self.users:
            why = "no client could sign in"
            yield Problem("users", "has none", why, "Name one, or leave it out", subject="users")
        for name in self.users:
            if complaint := _USER.complaint(name):
                yield Problem(("users", name), f"has the name {name!r}, which {complaint}", subject="users")
            elif name == "default":
                why = "the engine takes it for clients that do not sign in"
                yield Problem(("users", name), "has the name 'default'", why, "Use another name", subject="users")
        for letter in self.subnet_ids:
            if complaint := _LETTER.complaint(letter):
                yield Problem(
                    ("subnet_ids", letter), f"has the key {letter!r}, which {complaint}", subject="subnet_ids"
                )
        if bool(self.subnet_ids) != (self.vpc_id is not None):
            yield Problem("subnet_ids", "and vpc_id go together", instead="Set both, or neither", subject="subnet_ids")
