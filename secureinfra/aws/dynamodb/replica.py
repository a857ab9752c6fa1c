"""A replica of a table in another region: its own key, recovery window, deletion protection and resource policy."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.dynamodb.access import allow_creation, policy_of
from secureinfra.aws.dynamodb.config import TableConfig, TableReplica
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct


@declares(apart="a part of Table")
class ReplicaOfTable(SecureConstruct):
    """A replica under a customer key of its region, recoverable and protected like the table.

    `aws_dynamodb_table_replica` rather than a `replica` block of the table: in provider 5 the block has no deletion protection.

    Args:
        scope: the table's construct.
        id: its region.
        config: the region, and what to choose.
        table: the table.
        chosen: what was chosen for the table.
        key: key of that region; by default one of its own.
        provider: a provider for that region.
    """

    config: TableReplica

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: TableReplica,
        *,
        table: Resource,
        chosen: TableConfig,
        key: SecureKey | None,
        provider: Any,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: table", protect=chosen.protect, tags=chosen.tags)
        self.key = key_of(self, key, about)
        allow_creation(self.key, str(table.attributes["name"]))
        self.replica = Resource(
            self,
            "replica",
            "aws_dynamodb_table_replica",
            protect=chosen.protect,
            global_table_arn=table.ref("arn"),
            kms_key_arn=self.key.arn,
            point_in_time_recovery=True,
            deletion_protection_enabled=lambda: chosen.protect and self.stack_state.protects,
            table_class_override=config.table_class,
            tags=chosen.tags or None,
        )
        self.policy = policy_of(self.path, self.arn, ())
        Resource(self, "policy", "aws_dynamodb_resource_policy", resource_arn=self.arn, policy=self.policy.to_json)

    @property
    def arn(self) -> str:
        """Reference to the replica's ARN."""
        return self.replica.ref("arn")
