"""ElastiCache: Valkey or Redis OSS over TLS only, users that sign in by IAM, a customer key, failover between zones."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.elasticache.config import CACHE_NAME, CacheConfig, CacheUser
from secureinfra.aws.kms.creators import allow_creation_through
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.security_group.group import Connections, HasConnections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.log_delivery import deliver_to
from secureinfra.aws.wiring.private_subnets import private_subnets
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Cache"]

_LONGEST_NAME = 40
_PORT = 6379


@declares(
    module="cache",
    page="cache",
    asks=("vpc_id",),
    needs=("subnet_ids",),
    yours=(
        "Clients that sign in by IAM: a token of SigV4 in place of a password, renewed within 15 minutes.",
        "Security-group rules of the clients, to port 6379.",
    ),
)
class Cache(SecureConstruct):
    """A cache that clients reach over TLS only, as users that sign in by IAM, and that survives the loss of a zone.

    Creates the replication group with its subnet group, security group, users and user group, and a log group for slow commands and
    the engine's messages; a key when none is given; alarms on request. There is no password and no AUTH token. About 50 USD a month
    for two of the smallest nodes that the default names.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        vpc: its network; nodes are in the isolated subnets, or in the private ones if there are none.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations). Another key replaces the cache.
        alarms: receives alarms on memory and CPU that run out, and on failed sign-ins.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or no subnets in two zones are known.

    Example:
        `sessions = Cache(stack, "sessions", vpc=network); sessions.allow_from(service); sessions.grant_connect(role, "app")`
    """

    config: CacheConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: CacheConfig = CacheConfig(),
        *,
        vpc: SecureVpc | None = None,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        vpc_id, subnets = private_subnets(self.path, vpc, config.vpc_id, config.subnet_ids)
        if config.replicas and len(subnets) < 2:
            raise ConfigError(
                f"{self.path}: replicas={config.replicas} needs subnets in two zones or more, and {len(subnets)} is known: a replica "
                "in the same zone fails with it. Give the network another zone."
            )
        self.name = config.name or self._own_name()
        about = KeyConfig(description=f"{self.path}: cache", protect=config.protect, tags=config.tags)
        self.key: SecureKey = key_of(self, key, about)
        # docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
        allow_creation_through(self.key, "Cache", "elasticache")
        self.log_group = SecureLogGroup(self, "log", LogGroupConfig(tags=config.tags), key=self.key)
        delivery = deliver_to(self, self.log_group)
        group = SecurityGroupConfig(description=f"{self.path}: cache", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", group, vpc_id=vpc_id)
        self._subnet_group = Resource(
            self,
            "subnets",
            "aws_elasticache_subnet_group",
            name=self.name,
            description=f"{self.path}: cache",
            subnet_ids=list(subnets.values()),
            tags=config.tags or None,
        )
        self.users = {name: self._user(name, user) for name, user in config.users.items()}
        self._user_group = self._group_of_users()
        self.cache = self._make(delivery)
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the cache's ARN."""
        return self.cache.ref("arn")

    @property
    def endpoint(self) -> str:
        """Reference to the host name for reads and writes; with several shards, that for clients in cluster mode."""
        return self.cache.ref("configuration_endpoint_address" if self._in_cluster_mode else "primary_endpoint_address")

    @property
    def reader_endpoint(self) -> str:
        """Reference to the host name for reads from replicas.

        Raises:
            ConfigError: it has several shards, whose clients find the replicas themselves.
        """
        if self._in_cluster_mode:
            raise ConfigError(
                f"{self.path}: with several shards there is no reader endpoint. Use endpoint, in cluster mode."
            )
        return self.cache.ref("reader_endpoint_address")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from its nodes."""
        return self.security_group.connections

    def user_name(self, user: str) -> str:
        """Reference to the name that a user signs in with.

        Args:
            user: its name in the configuration.

        Raises:
            ConfigError: there is no such user.
        """
        return self._known(user).ref("user_name")

    def allow_from(self, peer: HasConnections | Peer | str, description: str = "") -> None:
        """Let clients open connections to the nodes: port 6379, on both sides.

        Args:
            peer: what has a security group, or a CIDR, `sg-...`, `pl-...` or a `Peer`.
            description: purpose of the rules.
        """
        self.connections.allow_from(peer, Port.tcp(_PORT), description)

    def grant_connect(self, grantee: Grantee, user: str) -> None:
        """Let a role sign in as a user, whose access string decides what it may do.

        Args:
            grantee: a `SecureRole`; caches have no policy of their own for an ARN.
            user: its name in the configuration.

        Raises:
            ConfigError: there is no such user, or the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_connect({grantee!r}) cannot be written: a cache has no policy of its own. Pass a SecureRole."
            )
        # docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html: both must be named.
        resources = (self.arn, self._known(user).ref("arn"))
        grantee.add_to_policy(Statement(actions=("elasticache:Connect",), resources=resources))

    def _known(self, user: str) -> Resource:
        if user not in self.users:
            raise ConfigError(f"{self.path}: it has no user {user!r}. It has: {', '.join(self.users)}.")
        return self.users[user]

    @property
    def _in_cluster_mode(self) -> bool:
        return self.config.shards != 1

    def _own_name(self) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", self.path.lower()).strip("-")
        name = name if name[:1].isalpha() else f"cache-{name}"
        if len(name) > _LONGEST_NAME:
            # The suffix distinguishes it from others whose paths have the same beginning.
            name = f"{name[:31].strip('-')}-{zlib.crc32(self.path.encode()):08x}"
        return derived_name(self, CACHE_NAME, name=name)

    def _user(self, name: str, user: CacheUser) -> Resource:
        # AWS wants the same id and name of a user that signs in by IAM, and the id is unique in account and region.
        # With a digest of the path, since both have 40 characters at most.
        id = f"{name}-{zlib.crc32(self.path.encode()):08x}"
        return Resource(
            self,
            f"user-{name}",
            "aws_elasticache_user",
            user_id=id,
            user_name=id,
            engine=self.config.engine,
            access_string=user.access_string,
            authentication_mode={"type": "iam"},
            tags=self.config.tags or None,
        )

    def _group_of_users(self) -> Resource:
        members = [user.ref("user_id") for user in self.users.values()]
        if self.config.engine == "redis":
            # A group for Redis OSS must have a user of this name, for clients that do not sign in: it may do nothing.
            # docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
            nobody = Resource(
                self,
                "user-default",
                "aws_elasticache_user",
                user_id=f"default-{zlib.crc32(self.path.encode()):08x}",
                user_name="default",
                engine="redis",
                access_string="off ~keys* -@all",
                authentication_mode={"type": "no-password-required"},
                tags=self.config.tags or None,
            )
            members.append(nobody.ref("user_id"))
        return Resource(
            self,
            "users",
            "aws_elasticache_user_group",
            user_group_id=self.name,
            engine=self.config.engine,
            user_ids=members,
            tags=self.config.tags or None,
        )

    def _make(self, delivery: Resource) -> Resource:
        config = self.config
        nodes: dict[str, Any] = {"num_cache_clusters": config.replicas + 1}
        if self._in_cluster_mode:
            nodes = {"num_node_groups": config.shards, "replicas_per_node_group": config.replicas}
        logs = {"destination": self.log_group.name, "destination_type": "cloudwatch-logs", "log_format": "json"}
        return Resource(
            self,
            "cache",
            "aws_elasticache_replication_group",
            protect=config.protect,
            depends_on=[delivery],
            replication_group_id=self.name,
            description=f"{self.path}: cache",
            engine=config.engine,
            engine_version=config.version,
            node_type=config.node_type,
            port=_PORT,
            **nodes,
            automatic_failover_enabled=config.replicas != 0,
            multi_az_enabled=config.replicas != 0,
            subnet_group_name=self._subnet_group.ref("name"),
            security_group_ids=[self.security_group.security_group_id],
            user_group_ids=[self._user_group.ref("user_group_id")],
            at_rest_encryption_enabled=True,
            kms_key_id=self.key.arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auto_minor_version_upgrade=True,
            snapshot_retention_limit=config.snapshot_retention_days,
            snapshot_window=config.snapshot_window if config.snapshot_retention_days else None,
            maintenance_window=config.maintenance_window,
            log_delivery_configuration=[{**logs, "log_type": "engine-log"}, {**logs, "log_type": "slow-log"}],
            tags=config.tags or None,
        )

    def _nodes(self) -> Iterator[str]:
        """Names of the nodes, as AWS makes them."""
        for number in range(1, self.config.replicas + 2):
            if not self._in_cluster_mode:
                yield f"{number:03}"
                continue
            for shard in range(1, self.config.shards + 1):
                yield f"{shard:04}-{number:03}"

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        """For each node: CloudWatch has no sums over a cache."""
        for node in self._nodes():
            dimensions = {"CacheClusterId": f"{self.name}-{node}"}
            for id, metric, threshold, why in (
                (
                    "memory",
                    "DatabaseMemoryUsagePercentage",
                    90,
                    "memory runs out, and keys are evicted or writes refused",
                ),
                ("cpu", "EngineCPUUtilization", 90, "the engine has no more processor time"),
            ):
                yield WorkloadAlarm(
                    id=f"{id}-{node}",
                    namespace="AWS/ElastiCache",
                    metric=metric,
                    dimensions=dimensions,
                    statistic="Average",
                    threshold=threshold,
                    why=why,
                    periods=3,
                )
            yield WorkloadAlarm(
                id=f"sign-ins-{node}",
                namespace="AWS/ElastiCache",
                metric="AuthenticationFailures",
                dimensions=dimensions,
                threshold=10,
                why="clients fail to sign in: a token is old, or a client guesses",
            )
