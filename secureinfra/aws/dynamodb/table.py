"""DynamoDB table: under a customer key, recoverable to any second of 35 days, protected from deletion, over TLS only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.dynamodb.access import (
    READ,
    READ_KEY,
    SCAN,
    WRITE,
    Place,
    allow_creation,
    check_keys,
    grant,
    policy_of,
)
from secureinfra.aws.dynamodb.config import TABLE_NAME, TableCapacity, TableConfig
from secureinfra.aws.dynamodb.replica import ReplicaOfTable
from secureinfra.aws.dynamodb.scaling import autoscale
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, BacksUp, Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Table"]


@declares(
    module="table",
    page="tables",
    asks=("hash_key",),
    yours=(
        "Grants for readers and writers: policies of roles that name the table, its indexes and its key.",
        "Backups for longer than the recovery window.",
    ),
)
class Table(SecureConstruct):
    """A table that can be reached only over TLS and by roles that were granted access to it and to its key.

    Creates the table with its resource policy; a key when none is given; replicas with keys of their regions, autoscaling and
    alarms on request. It can be restored to any second of the last 35 days.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its keys, and what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        replica_keys: keys of replicas by region; by default each has one of its own.
        alarms: receives alarms on throttled requests, and on replicas that fall behind.
        backup: the plan that backs it up.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `orders = Table(stack, "orders", TableConfig(hash_key="customer")); orders.grant_read(service)`
    """

    config: TableConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: TableConfig,
        *,
        key: SecureKey | None = None,
        replica_keys: Mapping[str, SecureKey] | None = None,
        alarms: SecureTopic | None = None,
        backup: BacksUp | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.name = config.name or derived_name(self, TABLE_NAME)
        about = KeyConfig(description=f"{self.path}: table", protect=config.protect, tags=config.tags)
        self.key: SecureKey = key_of(self, key, about)
        allow_creation(self.key, self.name)
        self.table = self._make()
        self.policy = policy_of(self.path, self.arn, config.vpc_endpoint_ids)
        Resource(self, "policy", "aws_dynamodb_resource_policy", resource_arn=self.arn, policy=self.policy.to_json)
        if config.provisioned:
            self._scale(config.provisioned)
        self.replicas = dict(self._replicate(replica_keys or {}))
        add_alarms(self, alarms, self._alarms())
        if backup is not None:
            backup.back_up(self.path, self.arn, "DynamoDB", key=self.key)

    @property
    def arn(self) -> str:
        """Reference to the table's ARN."""
        return self.table.ref("arn")

    @property
    def stream_arn(self) -> str:
        """Reference to the ARN of the stream of changes.

        Raises:
            ConfigError: the table has no stream.
        """
        if self.config.stream is None:
            raise ConfigError(
                f"{self.path}: it has no stream: no change is recorded. Set TableConfig(stream_view_type='NEW_AND_OLD_IMAGES')."
            )
        return self.table.ref("stream_arn")

    def grant_read(
        self, grantee: Grantee | str, *, keys: Sequence[str] | None = None, regions: Sequence[str] = ()
    ) -> None:
        """Let a role get and query items, and scan the table and its indexes.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            keys: values of the partition key that it is limited to, `*` allowed; variables such as
                `${aws:PrincipalTag/tenant}` too. Then it can neither scan nor use indexes, whose partition keys are others.
            regions: replicas that it may read too.

        Raises:
            ConfigError: keys match nothing or everything, or there is no replica in a region.
        """
        self._grant(grantee, (*READ, *SCAN), keys, regions)

    def grant_write(
        self, grantee: Grantee | str, *, keys: Sequence[str] | None = None, regions: Sequence[str] = ()
    ) -> None:
        """Let a role put, change and delete items, but not get them.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            keys: as in `grant_read`.
            regions: replicas that it may write to, too.

        Raises:
            ConfigError: as in `grant_read`.
        """
        self._grant(grantee, WRITE, keys, regions)

    def grant_read_write(
        self, grantee: Grantee | str, *, keys: Sequence[str] | None = None, regions: Sequence[str] = ()
    ) -> None:
        """Let a role get, query, put, change and delete items.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            keys: as in `grant_read`.
            regions: replicas that it may use too.
        """
        self.grant_read(grantee, keys=keys, regions=regions)
        self.grant_write(grantee, keys=keys, regions=regions)

    def grant_stream_read(self, grantee: Grantee) -> None:
        """Let a role read the stream of changes, and decrypt them.

        Args:
            grantee: a `SecureRole`; this library writes no policy of a stream.

        Raises:
            ConfigError: the table has no stream, or the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_stream_read({grantee!r}) cannot be written: the stream has no policy. Pass a SecureRole."
            )
        actions = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
        grantee.add_to_policy(Statement(actions=actions, resources=(self.stream_arn,)))
        # Without resources in IAM: it shows names of streams, and pollers call it first.
        grantee.add_to_policy(Statement(actions=("dynamodb:ListStreams",), resources=("*",)))
        self.key.grant(grantee, "Decrypt", READ_KEY, via="dynamodb")

    def _grant(
        self,
        grantee: Grantee | str,
        actions: tuple[str, ...],
        keys: Sequence[str] | None,
        regions: Sequence[str],
    ) -> None:
        check_keys(self.path, keys, self.config.hash_key_type)
        places: list[Place] = [self]
        for region in regions:
            if region not in self.replicas:
                known = ", ".join(self.replicas) or "none"
                raise ConfigError(f"{self.path}: it has no replica in {region!r}. It has: {known}.")
            places.append(self.replicas[region])
        grant(places, grantee, actions, keys)

    def _make(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "table",
            "aws_dynamodb_table",
            protect=config.protect,
            ignore_changes=self._left_to_others(),
            name=self.name,
            billing_mode="PROVISIONED" if config.provisioned else "PAY_PER_REQUEST",
            **self._units(),
            table_class=None if config.table_class == "STANDARD" else config.table_class,
            hash_key=config.hash_key,
            range_key=config.range_key,
            attribute=[{"name": name, "type": type} for name, type in sorted(config.attributes.items())],
            global_secondary_index=[self._index(name) for name in sorted(config.indexes)] or None,
            ttl={"attribute_name": config.ttl_attribute, "enabled": True} if config.ttl_attribute else None,
            stream_enabled=True if config.stream else None,
            stream_view_type=config.stream,
            server_side_encryption={"enabled": True, "kms_key_arn": self.key.arn},
            # 35 days is AWS's default.
            point_in_time_recovery={
                "enabled": True,
                "recovery_period_in_days": None
                if config.recovery_period_in_days == 35
                else config.recovery_period_in_days,
            },
            deletion_protection_enabled=lambda: config.protect and self.stack_state.protects,
            tags=config.tags or None,
        )

    def _left_to_others(self) -> list[str]:
        """What Terraform does not compare. A literal list of the same resource, so that a change of it replaces nothing.

        Replicas are resources of their own, and the provider asks to ignore the table's blocks then
        (registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table_replica); without any, too, or the
        table would delete the last replica a second time. Autoscaling changes the units, those of indexes within their block.
        """
        units = ["read_capacity", "write_capacity"] if self.config.provisioned else []
        indexes = ["global_secondary_index"] if self.config.provisioned and self.config.indexes else []
        return [*units, *indexes, "replica"]

    def _units(self) -> dict[str, Any]:
        capacity = self.config.provisioned
        return {"read_capacity": capacity.read_min, "write_capacity": capacity.write_min} if capacity else {}

    def _index(self, name: str) -> dict[str, Any]:
        index = self.config.indexes[name]
        return {
            "name": name,
            # `key_schema`, which provider 6.30 prefers, is unknown to provider 5. With provider_major=6 it is not written either:
            # the provider deletes and creates an index whose `hash_key` goes (checkIfGSIRecreateAttributesChanged in its
            # internal/service/dynamodb/table.go).
            "hash_key": index.hash_key,
            "range_key": index.range_key,
            "projection_type": index.projection_type,
            "non_key_attributes": list(index.non_key_attributes) or None,
            **self._units(),
        }

    def _scale(self, capacity: TableCapacity) -> None:
        names = sorted(self.config.indexes)
        autoscale(self, self.table, capacity, names)
        if names:
            listed = ", ".join(f'"{name}"' for name in names)
            made = "[for one in self.global_secondary_index : one.name]"
            self.table.postconditions.append(
                {
                    "condition": f"${{toset({made}) == toset([{listed}])}}",
                    "error_message": f"{self.path}: the table has other indexes than its configuration. Terraform ignores changes of "
                    "indexes while capacity is provisioned, since autoscaling changes their units: create or delete the index with "
                    "`aws dynamodb update-table`, or leave provisioned= out.",
                }
            )

    def _replicate(self, keys: Mapping[str, SecureKey]) -> Iterator[tuple[str, ReplicaOfTable]]:
        regions = {replica.region for replica in self.config.replicas}
        for region in keys:
            if region not in regions:
                raise ConfigError(
                    f"{self.path}: replica_keys names {region!r}, where no replica is. Add one, or leave it out."
                )
        own = AwsProvider.region_of(self)
        for replica in self.config.replicas:
            if replica.region == own:
                raise ConfigError(f"{self.path}: replicas names {own!r}, where the table itself is. Leave it out.")
            provider = AwsProvider.for_region(self, replica.region)
            yield (
                replica.region,
                ReplicaOfTable(
                    self,
                    replica.region,
                    replica,
                    table=self.table,
                    chosen=self.config,
                    key=keys.get(replica.region),
                    provider=provider,
                ),
            )

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        """Throttled in three of five minutes: single throttles are retried by every SDK."""
        for kind in ("Read", "Write"):
            yield WorkloadAlarm(
                id=f"{kind.lower()}-throttles",
                namespace="AWS/DynamoDB",
                metric=f"{kind}ThrottleEvents",
                dimensions={"TableName": self.table.ref("name")},
                threshold=10,
                why=f"{kind.lower()}s are throttled: a partition is hot, or the capacity is too small",
                period_seconds=60,
                periods=5,
                breaching_periods=3,
            )
        for region in self.replicas:
            yield WorkloadAlarm(
                id=f"replica-{region}",
                namespace="AWS/DynamoDB",
                metric="ReplicationLatency",
                dimensions={"TableName": self.table.ref("name"), "ReceivingRegion": region},
                statistic="Average",
                # Milliseconds; a second is usual.
                threshold=60_000,
                why=f"the replica in {region} is a minute or more behind",
                period_seconds=300,
                periods=3,
            )
