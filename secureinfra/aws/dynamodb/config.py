"""What a caller may choose about a table: keys, indexes, capacity, streams, replicas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Region, VpcEndpointId, is_token
from secureinfra.controls import dynamodb as controls

__all__ = ["TableCapacity", "TableConfig", "TableIndex", "TableReplica"]

# docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
TABLE_NAME = matches(
    r"[a-zA-Z0-9_.-]{3,255}",
    "is not a name of a table or index",
    "write 3 to 255 letters, digits, '_', '.' and '-'",
    example="orders",
)
ATTRIBUTE = matches(r".{1,255}", "is not the name of an attribute", "write 1 to 255 characters", example="id")

AttributeName = Annotated[str, ATTRIBUTE]
AttributeType = Literal["S", "N", "B"]
StreamViewType = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
# A global table replicates from this kind of stream:
# docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html
REPLICATED: StreamViewType = "NEW_AND_OLD_IMAGES"

Units = Annotated[Number, between(1, 1_000_000, "units")]


class TableIndex(Config):
    """A global secondary index. Another key replaces the index, and fills the new one from the table."""

    hash_key: AttributeName
    """Its partition key."""
    hash_key_type: AttributeType = "S"
    """Type of the partition key: `S` (string), `N` (number) or `B` (binary)."""
    range_key: AttributeName | None = None
    """Its sort key."""
    range_key_type: AttributeType = "S"
    """Type of the sort key."""
    projection_type: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    """Which attributes are copied into the index; `INCLUDE` adds those of `non_key_attributes` to the keys."""
    non_key_attributes: tuple[AttributeName, ...] = ()
    """The attributes that `INCLUDE` copies."""

    def problems(self) -> Iterator[Problem]:
        """`INCLUDE` goes with attributes, and nothing else does."""
        if self.projection_type == "INCLUDE" and not self.non_key_attributes:
            yield Problem("projection_type", "includes no attribute", instead="Name some in non_key_attributes")
        if self.projection_type != "INCLUDE" and self.non_key_attributes:
            yield Problem(
                "non_key_attributes",
                f"goes with projection_type='INCLUDE' only, not {self.projection_type!r}",
                "AWS refuses it",
                lambda words: f"Write {words.setting('projection_type', 'INCLUDE')}, or leave it out",
            )
        if self.range_key == self.hash_key:
            yield Problem("range_key", "is the partition key too", instead="Name another attribute, or leave it out")


class TableCapacity(Config):
    """Provisioned capacity of the table and of each index, scaled between two bounds. Choose it when the table is created: later
    changes of capacity and indexes are left to autoscaling and to you, and Terraform ignores them (`ignore_changes`)."""

    read_min: Units = 1
    """Fewest read units."""
    read_max: Units
    """Most read units."""
    write_min: Units = 1
    """Fewest write units."""
    write_max: Units
    """Most write units."""
    target_percent: Annotated[Number, between(20, 90, "percent")] = 70
    """Share of the units in use that autoscaling keeps, 20 to 90."""

    def problems(self) -> Iterator[Problem]:
        """A range has two ends, in order."""
        for name in ("read", "write"):
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if not is_token(low) and not is_token(high) and low > high:
                what = f"is above {name}_max={high}"
                yield Problem(f"{name}_min", what, instead=f"Lower it, or raise {name}_max")


class TableReplica(Config):
    """A replica in another region, with its own key, recovery window and deletion protection."""

    region: Region
    """Its region, e.g. `eu-west-1`."""
    table_class: Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"] | None = None
    """Storage class there; by default that of the table. Another one replaces the replica."""


class TableConfig(Config):
    """What a caller may choose about a table."""

    hash_key: AttributeName
    """Its partition key. Another one replaces the table, and so does another sort key."""
    hash_key_type: AttributeType = "S"
    """Type of the partition key: `S` (string), `N` (number) or `B` (binary)."""
    range_key: AttributeName | None = None
    """Its sort key. Another one replaces the table."""
    range_key_type: AttributeType = "S"
    """Type of the sort key."""
    name: Annotated[str, TABLE_NAME] | None = None
    """Its name, unique in account and region; by default the construct's path with '-'. Another name replaces it."""
    indexes: Mapping[str, TableIndex] = {}
    """Global secondary indexes by name."""
    ttl_attribute: AttributeName | None = None
    """Attribute that holds when an item expires, in seconds since 1970; expired items are deleted within a few days."""
    stream_view_type: StreamViewType | None = None
    """Record every change for 24 hours: the keys, the item before, after, or both; by default no change is recorded."""
    provisioned: TableCapacity | None = None
    """Provisioned capacity with autoscaling; by default the table is on demand, and each request is paid for."""
    table_class: Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"] = "STANDARD"
    """`STANDARD_INFREQUENT_ACCESS` stores for less than half the price, and each request costs a quarter more."""
    recovery_period_in_days: Annotated[Number, between(1, 35, "days")] = 35
    """How far back the table can be restored to any second, 1 to 35 days. Fewer need provider 5.92 or newer."""
    replicas: tuple[TableReplica, ...] = ()
    """Replicas in other regions (a global table). Each region pays for every write and for its storage."""
    vpc_endpoint_ids: tuple[VpcEndpointId, ...] = ()
    """Items can be reached through these VPC endpoints only; calls that AWS services make for a caller still work."""
    protect: Annotated[bool, controls.DELETION_PROTECTED.keeps()] = True
    """Deletion protection in AWS, and `prevent_destroy` on table and key; the `sandbox` environment turns both off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    @property
    def stream(self) -> StreamViewType | None:
        """What the stream records: replicas need one."""
        return REPLICATED if self.replicas else self.stream_view_type

    @property
    def attributes(self) -> dict[str, AttributeType]:
        """The type of each attribute that is a key of the table or of an index, by name."""
        return dict(self._keys())

    def problems(self) -> Iterator[Problem]:
        """Keys have one type each; replicas need what AWS replicates from."""
        if self.range_key == self.hash_key:
            yield Problem("range_key", "is the partition key too", instead="Name another attribute, or leave it out")
        for name in self.indexes:
            if complaint := TABLE_NAME.complaint(name):
                yield Problem(("indexes", name), f"has the name {name!r}, which {complaint}", subject="indexes")
        known: dict[str, str] = {}
        for name, type in self._keys():
            if known.setdefault(name, type) != type:
                what = f"give the attribute {name!r} the types {known[name]!r} and {type!r}"
                yield Problem("indexes", what, "an attribute has one type", "Use the same type everywhere", "keys")
        if (expires := known.get(self.ttl_attribute or "", "N")) != "N":
            why, advice = "DynamoDB would expire no item", "Name an attribute of type 'N'"
            yield Problem("ttl_attribute", f"is a key of type {expires!r}", why, advice)
        yield from self._replica_problems()

    def _replica_problems(self) -> Iterator[Problem]:
        regions = [replica.region for replica in self.replicas]
        for number, region in enumerate(regions):
            if region in regions[:number]:
                yield Problem(("replicas", number), f"names {region!r} twice", instead="Name each region once")
        if self.replicas and self.stream_view_type not in (None, REPLICATED):
            why = f"AWS replicates from a stream of {REPLICATED}"
            yield Problem("stream_view_type", "does not go with replicas", why, "Leave it out")
        if self.replicas and self.provisioned:
            # docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables_reqs_bestpractices.html: on demand is what
            # AWS advises; provisioned replicas need the autoscaling policies of every region first.
            why = "a replica whose write capacity is too small falls behind"
            yield Problem("provisioned", "does not go with replicas", why, "Leave it out", subject="provisioned")

    def _keys(self) -> Iterator[tuple[str, AttributeType]]:
        both: list[TableConfig | TableIndex] = [self, *self.indexes.values()]
        for keys in both:
            yield keys.hash_key, keys.hash_key_type
            if keys.range_key is not None:
                yield keys.range_key, keys.range_key_type
