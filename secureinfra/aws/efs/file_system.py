"""EFS file system: under a customer key, over TLS only, mounted by granted roles through access points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.kms.creators import allow_creation_through
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.security_group.group import Connections, HasConnections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.private_subnets import private_subnets
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, VpcId
from secureinfra.controls import efs as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import BacksUp, Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals

__all__ = ["AccessPoint", "FileSystem", "FileSystemConfig"]

_Id = Annotated[Number, between(1, 4_294_967_295, "")]
# docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html: a path of up to four subdirectories.
_PATH = matches(
    r"(/[^/*? ]{1,25}){1,4}",
    "is not a directory",
    "write an absolute path with up to four parts, not '/'",
    example="/orders",
)
_NAME = matches(r"[a-z][a-z0-9-]{0,62}", "is not a name", "write lower-case letters, digits and '-'", example="orders")
_LETTER = matches(r"[a-z]", "is not the letter of a zone", example="a")
_PERMISSIONS = matches(r"[0-7]{3,4}", "is not a mode", "write three or four octal digits", example="750")


class AccessPoint(Config):
    """A directory, and the user as which every client of the access point works. A change replaces the access point, and
    keeps the files."""

    path: Annotated[str, _PATH]
    """Its directory, which is created on the first mount; not the root of the file system."""
    uid: _Id
    """User id of all its clients, whatever they say; not 0, which is root."""
    gid: _Id
    """Group id of all its clients."""
    permissions: Annotated[Text, _PERMISSIONS] = "750"
    """Mode of the directory when it is created."""


class FileSystemConfig(Config):
    """What a caller may choose about a file system."""

    access_points: Mapping[str, AccessPoint] = {}
    """The ways in, by name: a directory and a user each."""
    vpc_id: VpcId | None = None
    """Id of its network, where no `vpc=` is given. Another one replaces its security group."""
    subnet_ids: Mapping[str, Text] = {}
    """Private subnets for its mount targets by letter of the zone, where no `vpc=` is given."""
    throughput_mode: Literal["elastic", "bursting"] = "elastic"
    """Throughput that follows the load, or that grows with the size."""
    transition_to_ia: (
        Literal["AFTER_1_DAY", "AFTER_7_DAYS", "AFTER_14_DAYS", "AFTER_30_DAYS", "AFTER_60_DAYS", "AFTER_90_DAYS"]
        | None
    ) = "AFTER_30_DAYS"
    """When files that are not read move to cheaper storage; `None` keeps them."""
    backed_up: Annotated[bool, controls.BACKED_UP.keeps()] = True
    """AWS's daily backups, kept for 35 days; a plan (`backup=`) takes their place."""
    protect: bool = True
    """Terraform refuses to destroy file system and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Names become addresses, and two access points of one directory have one owner."""
        for name in self.access_points:
            if complaint := _NAME.complaint(name):
                what = f"has the name {name!r}, which {complaint}"
                yield Problem(("access_points", name), what, subject="access_points")
        for letter in self.subnet_ids:
            if complaint := _LETTER.complaint(letter):
                yield Problem(
                    ("subnet_ids", letter), f"has the key {letter!r}, which {complaint}", subject="subnet_ids"
                )
        if bool(self.subnet_ids) != (self.vpc_id is not None):
            yield Problem("subnet_ids", "and vpc_id go together", instead="Set both, or neither", subject="subnet_ids")


@declares(
    module="file-system",
    page="backup",
    asks=("vpc_id",),
    needs=("subnet_ids",),
    yours=(
        "Mounting with TLS and IAM: `mount -t efs -o tls,iam,accesspoint=...` with the EFS mount helper.",
        "Security-group rules of the clients, to port 2049.",
    ),
)
class FileSystem(SecureConstruct):
    """A file system that granted roles mount over TLS through access points, and that anonymous clients cannot mount.

    Creates the file system with its policy, a mount target in each zone, a security group, and the access points; a key when none
    is given. Without a policy EFS lets every client in that reaches a mount target; here only a role that was granted it.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its access points, and what to choose; the defaults meet every control.
        vpc: its network; mount targets are in the isolated subnets, or in the private ones if there are none.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations). Another key replaces the file system.
        backup: the plan that backs it up, in place of AWS's own daily backups.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or no subnets are known.

    Example:
        `files.grant_mount(service_role, "orders"); files.allow_from(service)`
    """

    config: FileSystemConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: FileSystemConfig = FileSystemConfig(),
        *,
        vpc: SecureVpc | None = None,
        key: SecureKey | None = None,
        backup: BacksUp | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        vpc_id, subnets = private_subnets(self.path, vpc, config.vpc_id, config.subnet_ids)
        about = KeyConfig(description=f"{self.path}: file system", protect=config.protect, tags=config.tags)
        self.key: SecureKey = key_of(self, key, about)
        # docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
        allow_creation_through(self.key, "FileSystem", "elasticfilesystem")
        self.file_system = self._make()
        self.policy = PolicyDocument("resource", self.path)
        self._deny_without_tls_or_mount_target()
        Resource(
            self, "policy", "aws_efs_file_system_policy", file_system_id=self.file_system_id, policy=self.policy.to_json
        )
        group = SecurityGroupConfig(description=f"{self.path}: file system", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", group, vpc_id=vpc_id)
        self.mount_targets = {letter: self._mount_target(letter, subnet) for letter, subnet in subnets.items()}
        self.access_points = {name: self._access_point(name, one) for name, one in config.access_points.items()}
        if backup is not None:
            backup.back_up(self.path, self.arn, "EFS", key=self.key)
        Resource(
            self,
            "backups",
            "aws_efs_backup_policy",
            file_system_id=self.file_system_id,
            backup_policy={"status": "ENABLED" if config.backed_up and backup is None else "DISABLED"},
        )

    @property
    def arn(self) -> str:
        """Reference to the file system's ARN."""
        return self.file_system.ref("arn")

    @property
    def file_system_id(self) -> str:
        """Reference to the file system's id."""
        return self.file_system.ref("id")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from its mount targets."""
        return self.security_group.connections

    def access_point_id(self, name: str) -> str:
        """Reference to the id of an access point, for mounts.

        Args:
            name: its name in the configuration.

        Raises:
            ConfigError: there is none of this name.
        """
        return self._known(name).ref("id")

    def access_point_arn(self, name: str) -> str:
        """Reference to the ARN of an access point, e.g. for a function's file system.

        Args:
            name: its name in the configuration.

        Raises:
            ConfigError: there is none of this name.
        """
        return self._known(name).ref("arn")

    def allow_from(self, peer: HasConnections | Peer | str, description: str = "") -> None:
        """Let clients open connections to the mount targets: port 2049, on both sides.

        Args:
            peer: what has a security group, or a CIDR, `sg-...`, `pl-...` or a `Peer`.
            description: purpose of the rules.
        """
        self.connections.allow_from(peer, Port.NFS, description)

    def grant_mount(self, grantee: Grantee | str, access_point: str, *, read_only: bool = False) -> None:
        """Let a role mount the file system through one access point, as its user and below its directory.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            access_point: its name in the configuration.
            read_only: whether it may not write.

        Raises:
            ConfigError: there is no such access point, or the grantee is not a role.
        """
        principal = principal_of(grantee, self.path)
        through = equals("elasticfilesystem:AccessPointArn", self.access_point_arn(access_point))
        actions: tuple[str, ...] = ("elasticfilesystem:ClientMount",)
        if not read_only:
            actions = (*actions, "elasticfilesystem:ClientWrite")
        if not isinstance(grantee, str):
            grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,), conditions=(through,)))
            return
        sid = "Mount"
        self.policy.add(
            Statement(sid=sid, principal=principal, actions=actions, resources=(self.arn,), conditions=(through,))
        )

    def _known(self, name: str) -> Resource:
        if name not in self.access_points:
            known = ", ".join(self.access_points) or "none"
            raise ConfigError(f"{self.path}: it has no access point {name!r}. It has: {known}.")
        return self.access_points[name]

    def _make(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "file-system",
            "aws_efs_file_system",
            protect=config.protect,
            encrypted=True,
            kms_key_id=self.key.arn,
            throughput_mode=config.throughput_mode,
            lifecycle_policy=self._lifecycle(),
            tags={"Name": self.path, **config.tags},
        )

    def _lifecycle(self) -> list[dict[str, str]] | None:
        if self.config.transition_to_ia is None:
            return None
        # One block each: AWS takes one transition in a policy.
        return [
            {"transition_to_ia": self.config.transition_to_ia},
            {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
        ]

    def _deny_without_tls_or_mount_target(self) -> None:
        # docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html: with a policy, only what it or a role's policy allows.
        client = (
            "elasticfilesystem:ClientMount",
            "elasticfilesystem:ClientWrite",
            "elasticfilesystem:ClientRootAccess",
        )
        for sid, actions, key in (
            ("DenyWithoutTls", ("elasticfilesystem:*",), "aws:SecureTransport"),
            ("DenyOutsideMountTargets", client, "elasticfilesystem:AccessedViaMountTarget"),
        ):
            self.policy.add(
                Statement(
                    sid=sid,
                    effect="Deny",
                    principal=Principal.everybody(),
                    actions=actions,
                    resources=(self.arn,),
                    conditions=(Condition("Bool", key, ("false",)),),
                )
            )

    def _mount_target(self, letter: str, subnet: str) -> Resource:
        return Resource(
            self,
            f"mount-{letter}",
            "aws_efs_mount_target",
            file_system_id=self.file_system_id,
            subnet_id=subnet,
            security_groups=[self.security_group.security_group_id],
        )

    def _access_point(self, name: str, one: AccessPoint) -> Resource:
        owner = {"owner_uid": one.uid, "owner_gid": one.gid, "permissions": one.permissions}
        return Resource(
            self,
            f"access-{name}",
            "aws_efs_access_point",
            file_system_id=self.file_system_id,
            posix_user={"uid": one.uid, "gid": one.gid},
            root_directory={"path": one.path, "creation_info": owner},
            tags={"Name": f"{self.path}/{name}", **self.config.tags},
        )
