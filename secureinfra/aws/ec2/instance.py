"""Instance: one machine without SSH key and public address, protected, recovered, whose data outlives it."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import add_alarms
from secureinfra.aws.ec2.alarms import instance_alarms
from secureinfra.aws.ec2.config import DataVolume, InstanceConfig
from secureinfra.aws.ec2.image import find_image
from secureinfra.aws.ec2.machine import (
    METADATA_OPTIONS,
    add_target,
    encoded,
    give_access,
    require_role,
    root_volume,
)
from secureinfra.aws.ec2.place import Place, place_of
from secureinfra.aws.ec2.refusals import refuse_early
from secureinfra.aws.ec2.sessions import grant_session
from secureinfra.aws.kms.creators import allow_creation_through
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.security_group.group import Connections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import BacksUp, Data, Grantee, Resource, SecureConstruct
from secureinfra.errors import ConfigError

__all__ = ["Instance"]


@declares(
    module="instance",
    page="machines",
    asks=("vpc_id", "subnet_id"),
    yours=(
        "What runs on the instance, and its updates: a newer image replaces nothing by itself.",
        "File systems on its data volumes, and their extension when a volume grows.",
        "What it may connect to: its security group allows nothing by itself.",
        "Ways to Systems Manager: NAT, or the endpoints `session-manager`, `logs` and `kms`.",
    ),
)
class Instance(SecureConstruct):
    """One instance for what cannot be many: no SSH, no public address, IMDSv2 within the instance, data that outlives it.

    Creates the instance, a security group that allows nothing, a role with the rights of Session Manager's agent and nothing else,
    a session document, a log group for sessions, and its data volumes; a key when none is given. AWS moves it to other hardware
    when its own fails, and refuses to terminate it. For what may be replaced at any time, take a `Fleet`.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: image, type and volumes; the defaults meet every control.
        vpc: its network; it is in a private subnet, or in an isolated one if there are none.
        key: key for volumes, sessions and their log; by default one of its own (1 USD a month, 3 after two rotations). Another key
            replaces instance and volumes, which Terraform refuses while they are protected.
        alarms: receives alarms on failed status checks, with which AWS recovers the instance, and on CPU that runs out.
        backup: the plan that backs its volumes up, the root volume too.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or no subnet is known.
        ControlError: it has a public address without a waiver.

    Example:
        `ledger = Instance(stack, "ledger", InstanceConfig(volumes={"data": DataVolume(size_gib=100)}), vpc=network)`
    """

    config: InstanceConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: InstanceConfig = InstanceConfig(),
        *,
        vpc: SecureVpc | None = None,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        backup: BacksUp | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        place = place_of(self, config, vpc)
        self.name = self.path.replace("/", "-")
        about = KeyConfig(description=f"{self.path}: volumes and sessions", protect=config.protect, tags=config.tags)
        self.key: SecureKey = key_of(self, key, about)
        # docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html: who starts the instance uses the key.
        allow_creation_through(self.key, "Volumes", "ec2")
        access = give_access(self, self.name, self.key, config.session_idle_minutes)
        self.log_group, self.role, self._document = access.log_group, access.role, access.document
        group = SecurityGroupConfig(description=f"{self.path}: instance", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", group, vpc_id=place.vpc_id)
        image = find_image(self, config.image)
        self.instance = self._make(place, image)
        refuse_early(self, config, place, self.instance, image)
        self.volumes = {name: self._volume(name, one, place) for name, one in config.volumes.items()}
        self.address = None if config.private else self._address(vpc)
        if backup is not None:
            self._back_up(backup)
        add_alarms(self, alarms, instance_alarms(self, self.instance_id, config.instance_type))

    @property
    def instance_id(self) -> str:
        """Reference to the instance's id, which changes when it is replaced."""
        return self.instance.ref("id")

    @property
    def arn(self) -> str:
        """Reference to the instance's ARN, which changes when it is replaced."""
        return self.instance.ref("arn")

    @property
    def private_ip(self) -> str:
        """Reference to its private address."""
        return self.instance.ref("private_ip")

    @property
    def public_ip(self) -> str:
        """Reference to its elastic IP.

        Raises:
            ConfigError: it has none.
        """
        if self.address is None:
            raise ConfigError(f"{self.path}: it has no public address. Reach it through a load balancer or a session.")
        return self.address.ref("public_ip")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from the instance."""
        return self.security_group.connections

    def volume_id(self, name: str) -> str:
        """Reference to the id of a data volume.

        Args:
            name: its name in the configuration.

        Raises:
            ConfigError: there is none of this name.
        """
        if name not in self.volumes:
            known = ", ".join(self.volumes) or "none"
            raise ConfigError(f"{self.path}: it has no volume {name!r}. It has: {known}.")
        return self.volumes[name].ref("id")

    def listen(
        self,
        load_balancer: SecureLoadBalancer | NetworkLoadBalancer,
        name: str,
        config: TargetConfig | NetworkTargetConfig,
    ) -> None:
        """Receive requests from a load balancer, which may connect to the port of the instance.

        Args:
            load_balancer: in the same network.
            name: name of the target; part of addresses.
            config: its port and which requests it gets, with `target_type="instance"`; a `NetworkTargetConfig` for a network
                load balancer.

        Raises:
            ConfigError: targets are addresses instead of instances, the configuration is for the other kind of load balancer, or
                it refuses the target.
        """
        target = add_target(self.path, "an instance is registered by its id", load_balancer, name, config, self)
        Resource(
            self,
            f"listens-{name}",
            "aws_lb_target_group_attachment",
            target_group_arn=target.ref("arn"),
            target_id=self.instance_id,
        )

    def grant_session(self, grantee: Grantee) -> None:
        """Let a role open sessions on the instance, encrypted and recorded, and on no other one.

        `aws ssm start-session --target i-... --document-name NAME`, with the name of the construct's path.

        Args:
            grantee: a `SecureRole`; instances have no policy of their own for an ARN.

        Raises:
            ConfigError: the grantee is an ARN, or the instance's own role.
        """
        require_role(self.path, grantee)
        if grantee is self.role:
            raise ConfigError(
                f"{self.path}: grant_session with its own role: what the instance waits for would wait for it. Pass another role."
            )
        grant_session(self, grantee, self._document, self.key, instances=self.arn)

    def _make(self, place: Place, image: Data) -> Resource:
        config = self.config
        return Resource(
            self,
            "instance",
            "aws_instance",
            protect=config.protect,
            # Its first start may use what its role was granted.
            depends_on=[self.role.inline, *place.before],
            ignore_changes=self._ignored(),
            ami=image.ref("id"),
            instance_type=config.instance_type,
            subnet_id=place.subnet_id,
            private_ip=config.private_ip,
            associate_public_ip_address=False,
            vpc_security_group_ids=[self.security_group.security_group_id],
            iam_instance_profile=self.role.instance_profile.ref("name"),
            # In this form both majors of the provider keep it alike; of `user_data`, provider 5 keeps a hash.
            user_data_base64=encoded(config.user_data),
            user_data_replace_on_change=config.user_data_replace_on_change or None,
            ebs_optimized=True,
            monitoring=True,
            disable_api_termination=lambda: config.protect and self.stack_state.protects,
            disable_api_stop=config.stop_protected,
            instance_initiated_shutdown_behavior="stop",
            metadata_options=METADATA_OPTIONS,
            maintenance_options={"auto_recovery": "default"},
            root_block_device={**root_volume(self.key, config.volume_size_gib), "tags": self._tags("root")},
            tags={"Name": self.path, **config.tags},
        )

    def _tags(self, volume: str) -> dict[str, str]:
        return {"Name": f"{self.path}/{volume}", **self.config.tags}

    def _ignored(self) -> list[str]:
        # An elastic IP appears here as `true`, which would replace the instance: github.com/hashicorp/terraform-provider-aws/
        # issues/37318.
        ignored = ["associate_public_ip_address"]
        if self.config.image.image_id is None:
            # AWS publishes a newer image every other week, and another image replaces the instance.
            ignored.append("ami")
        if not self.config.user_data_replace_on_change:
            # AWS runs it at the first start only: a change would stop and start the instance without effect.
            # docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
            ignored.append("user_data_base64")
        return ignored

    def _volume(self, name: str, volume: DataVolume, place: Place) -> Resource:
        made = Resource(
            self,
            f"volume-{name}",
            "aws_ebs_volume",
            protect=volume.protect,
            availability_zone=place.zone,
            encrypted=True,
            kms_key_id=self.key.arn,
            type="gp3",
            size=volume.size_gib,
            iops=volume.iops,
            throughput=volume.throughput_mibps,
            snapshot_id=volume.snapshot_id,
            final_snapshot=lambda: self.stack_state.protects,
            tags=self._tags(name),
        )
        Resource(
            self,
            f"attached-{name}",
            "aws_volume_attachment",
            device_name=volume.device_name,
            instance_id=self.instance_id,
            volume_id=made.ref("id"),
            # A mounted volume does not let go, and what is not written yet would be lost.
            # docs.aws.amazon.com/ebs/latest/userguide/ebs-detaching-volume.html
            stop_instance_before_detaching=True,
        )
        return made

    def _address(self, vpc: SecureVpc | None) -> Resource:
        gateway = None if vpc is None else vpc.internet_gateway
        here = gateway is not None and gateway.owner.stack_state is self.stack_state
        return Resource(
            self,
            "address",
            "aws_eip",
            depends_on=[gateway] if gateway is not None and here else [],
            domain="vpc",
            instance=self.instance_id,
            tags=self._tags("address"),
        )

    def _back_up(self, backup: BacksUp) -> None:
        # Volume by volume: an instance's own backup ends with its ARN, and its restore needs rights to pass its role.
        place = f"arn:{self.partition}:ec2:{self.region}:{self.account_id}:volume"
        root = f"{place}/{self.instance.ref('root_block_device[0].volume_id')}"
        backup.back_up(f"{self.path}/root", root, "EBS", key=self.key)
        for name, volume in self.volumes.items():
            backup.back_up(f"{self.path}/{name}", volume.ref("arn"), "EBS", key=self.key)
