"""Fleet: instances without SSH keys and public addresses, encrypted, renewed by rolling refresh, reached by Session Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constructs import Construct

from secureinfra.aws.autoscaling.config import FleetConfig
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.ec2.image import find_image
from secureinfra.aws.ec2.machine import (
    METADATA_OPTIONS,
    add_target,
    encoded,
    give_access,
    require_role,
    root_volume,
)
from secureinfra.aws.ec2.sessions import grant_session
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.security_group.group import Connections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.private_subnets import private_subnets
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Grantee, Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import equals, principal_account, resource_tag

__all__ = ["Fleet"]

_TAG = "secureinfra:fleet"
"""The tag by which a session is limited to the instances of one fleet."""
_USE_KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


@declares(
    module="fleet",
    page="machines",
    asks=("vpc_id",),
    needs=("subnet_ids",),
    yours=(
        "What runs on the instances, and its updates.",
        "What they may connect to: their security group allows nothing by itself.",
        "Ways to Systems Manager: NAT, or the endpoints `session-manager`, `logs` and `kms`.",
    ),
)
class Fleet(SecureConstruct):
    """Instances that no one logs in to with a key: no SSH, no public address, IMDSv2 within the instance, encrypted volumes.

    Creates the launch template, the Auto Scaling group, a security group that allows nothing, a role with the rights of Session
    Manager's agent and nothing else, a session document, and a log group for sessions; a key when none is given. A new image or
    template renews the instances one after another, and goes back if they fail.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: image, types and sizes; the defaults meet every control.
        vpc: its network; instances are in the private subnets, or in the isolated ones if there are none.
        key: key for volumes, sessions and their log; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: receives alarms on instances that fail their status checks, and on CPU that runs out.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or no subnets in two zones are known.

    Example:
        `workers = Fleet(stack, "workers", vpc=network); workers.grant_session(operators); queue.grant_consume(workers.role)`
    """

    config: FleetConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: FleetConfig = FleetConfig(),
        *,
        vpc: SecureVpc | None = None,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        tiers = ("private", "isolated")
        vpc_id, subnets = private_subnets(self.path, vpc, config.vpc_id, config.subnet_ids, tiers=tiers)
        if len(subnets) < 2:
            raise ConfigError(
                f"{self.path}: its network has {len(subnets)} zone, whose outage would stop every instance. Give it another zone."
            )
        self.name = self.path.replace("/", "-")
        about = KeyConfig(description=f"{self.path}: volumes and sessions", tags=config.tags)
        self.key: SecureKey = key_of(self, key, about)
        self._allow_auto_scaling()
        access = give_access(self, self.name, self.key, config.session_idle_minutes)
        self.log_group, self.role, self._document = access.log_group, access.role, access.document
        group = SecurityGroupConfig(description=f"{self.path}: instances", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", group, vpc_id=vpc_id)
        self._target_arns: list[str] = []
        self.launch_template = self._template()
        self.group = self._group(list(subnets.values()))
        self._follow_load()
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the group's ARN."""
        return self.group.ref("arn")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from its instances."""
        return self.security_group.connections

    def listen(
        self,
        load_balancer: SecureLoadBalancer | NetworkLoadBalancer,
        name: str,
        config: TargetConfig | NetworkTargetConfig,
    ) -> None:
        """Receive requests from a load balancer, which may connect to the port of the instances; unhealthy ones are replaced.

        Args:
            load_balancer: in the same network.
            name: name of the target; part of addresses.
            config: its port and which requests it gets, with `target_type="instance"`; a `NetworkTargetConfig` for a network
                load balancer.

        Raises:
            ConfigError: targets are addresses instead of instances, the configuration is for the other kind of load balancer, or
                it refuses the target.
        """
        whose = "an Auto Scaling group registers instances"
        target = add_target(self.path, whose, load_balancer, name, config, self)
        self._target_arns.append(target.ref("arn"))

    def grant_session(self, grantee: Grantee) -> None:
        """Let a role open sessions on the instances, encrypted and recorded, and on no other instance.

        `aws ssm start-session --target i-... --document-name NAME`, with the name of the construct's path.

        Args:
            grantee: a `SecureRole`; instances have no policy of their own for an ARN.

        Raises:
            ConfigError: the grantee is an ARN.
        """
        require_role(self.path, grantee)
        instances = f"arn:{self.partition}:ec2:{self.region}:{self.account_id}:instance/*"
        tagged = (resource_tag(_TAG, self.name),)
        grant_session(self, grantee, self._document, self.key, instances=instances, conditions=tagged)

    def _allow_auto_scaling(self) -> None:
        """Let Auto Scaling start instances with encrypted volumes: its own role has no rights on a customer key by IAM.

        docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html. By a condition, since KMS refuses
        a policy that names a role which AWS has yet to create.
        """
        role = f"arn:{self.key.partition}:iam::{self.key.account_id}:role/aws-service-role/autoscaling.amazonaws.com/"
        its = (
            principal_account(self.key.account_id),
            equals("aws:PrincipalArn", f"{role}AWSServiceRoleForAutoScaling"),
        )
        for_aws = Condition("Bool", "kms:GrantIsForAWSResource", ("true",))
        for sid, actions, conditions in (
            ("AutoScaling", _USE_KEY, its),
            ("AutoScalingGrants", ("kms:CreateGrant",), (*its, for_aws)),
        ):
            self.key.policy.add(
                Statement(
                    sid=sid,
                    principal=Principal.everybody(),
                    actions=actions,
                    resources=("*",),
                    conditions=conditions,
                )
            )

    def _template(self) -> Resource:
        config = self.config
        tags = self._tags()
        volume = root_volume(self.key, config.volume_size_gib)
        return Resource(
            self,
            "template",
            "aws_launch_template",
            name_prefix=f"{self.name[:90]}-",
            update_default_version=True,
            image_id=find_image(self, config.image).ref("id"),
            instance_type=config.instance_types[0],
            user_data=encoded(config.user_data),
            ebs_optimized=True,
            iam_instance_profile={"arn": self.role.instance_profile.ref("arn")},
            metadata_options=METADATA_OPTIONS,
            monitoring={"enabled": True},
            network_interfaces=[
                {
                    "associate_public_ip_address": False,
                    "delete_on_termination": True,
                    "security_groups": [self.security_group.security_group_id],
                }
            ],
            block_device_mappings=[{"device_name": config.root_device, "ebs": volume}],
            tag_specifications=[
                {"resource_type": kind, "tags": tags} for kind in ("instance", "volume", "network-interface")
            ],
            tags=config.tags or None,
        )

    def _tags(self) -> dict[str, str]:
        """Tags of what the group starts: default tags of the provider do not reach it."""
        provider = AwsProvider.of(self)
        defaults: Mapping[str, str] = provider.default_tags if provider else {}
        return {**defaults, "Name": self.path, _TAG: self.name, **self.config.tags}

    def _group(self, subnets: list[str]) -> Resource:
        config = self.config
        template = {
            "launch_template_id": self.launch_template.ref("id"),
            # The number, not `$Latest`: by that alone a plan would see no change, and renew nothing.
            "version": self.launch_template.ref("latest_version"),
        }
        return Resource(
            self,
            "fleet",
            "aws_autoscaling_group",
            name_prefix=f"{self.name[:200]}-",
            min_size=config.min_size,
            max_size=config.max_size,
            vpc_zone_identifier=subnets,
            target_group_arns=lambda: self._target_arns or None,
            health_check_type=lambda: "ELB" if self._target_arns else "EC2",
            health_check_grace_period=300,
            mixed_instances_policy={
                "instances_distribution": {"on_demand_percentage_above_base_capacity": 100},
                "launch_template": {
                    "launch_template_specification": template,
                    "override": [{"instance_type": type} for type in config.instance_types],
                },
            },
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {"min_healthy_percentage": 90, "auto_rollback": True, "skip_matching": True},
            },
            enabled_metrics=["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"],
            tag=[{"key": key, "value": value, "propagate_at_launch": False} for key, value in self._tags().items()],
        )

    def _follow_load(self) -> None:
        if self.config.cpu_target_percent is None:
            return
        Resource(
            self,
            "scaling",
            "aws_autoscaling_policy",
            name="cpu",
            autoscaling_group_name=self.group.ref("name"),
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
                "target_value": self.config.cpu_target_percent,
            },
        )

    def _alarms(self) -> list[WorkloadAlarm]:
        dimensions = {"AutoScalingGroupName": self.group.ref("name")}
        return [
            WorkloadAlarm(
                id="status",
                namespace="AWS/EC2",
                metric="StatusCheckFailed",
                dimensions=dimensions,
                statistic="Maximum",
                threshold=1,
                why="an instance fails its status checks",
                periods=2,
            ),
            WorkloadAlarm(
                id="cpu",
                namespace="AWS/EC2",
                metric="CPUUtilization",
                dimensions=dimensions,
                statistic="Average",
                threshold=90,
                why="the group is at its largest, or does not follow the load",
                periods=6,
            ),
        ]
