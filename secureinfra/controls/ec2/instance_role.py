"""Controls on the role of an EC2 instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.ec2.instance import INSTANCES
from secureinfra.controls.ec2.launch import launch_argument, template_of
from secureinfra.controls.shared.arguments import is_set
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

PROFILE = Control(
    id="instance-profile",
    title="EC2 instances have an instance profile",
    why="applications would need stored access keys that do not expire",
    row="instance-profile",
    fix="Set iam_instance_profile to an aws_iam_instance_profile with a role made for this instance.",
)

PROFILE.check(*INSTANCES)(
    launch_argument(
        "iam_instance_profile", "iam_instance_profile", is_set, "iam_instance_profile = the name of an instance profile"
    )
)


@PROFILE.check("aws_launch_template")
def _profile_of_template(template: Block, configuration: Configuration) -> Iterator[Failure]:
    profiles = template.blocks("iam_instance_profile")
    if not any_of(profiles, lambda profile: profile.has("arn") or profile.has("name")):
        yield Failure("no iam_instance_profile block", "iam_instance_profile { arn = the ARN of an instance profile }")


SSM_MANAGED = Control(
    id="instance-ssm-managed",
    title="EC2 instances are managed by Systems Manager",
    why="administration would need an open SSH port and a shared key, and instances would not be patched",
    row="instance-ssm-managed",
    fix="Attach the managed policy AmazonSSMManagedInstanceCore to the instance's role.",
)

# docs.aws.amazon.com/systems-manager/latest/userguide/managed-instances-default-host-management.html
_DEFAULT_HOST_MANAGEMENT = "/ssm/managed-instance/default-ec2-instance-management-role"
_MANAGED = ("AmazonSSMManagedInstanceCore", "AmazonSSMManagedEC2InstanceDefaultPolicy", "AmazonEC2RoleforSSM")
# The agent's first call; a custom policy that allows it is meant for Systems Manager.
_ACTION = "ssm:UpdateInstanceInformation"


@SSM_MANAGED.check(*INSTANCES, "aws_launch_template")
def _ssm_managed(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    for setting in configuration.of_type("aws_ssm_service_setting"):
        id = setting.get("setting_id")
        if (text_of(id)).endswith(_DEFAULT_HOST_MANAGEMENT) and setting.surely(instance):
            raise NotApplicable(f"{setting.address} gives every instance a role for Systems Manager")
    role = _role(instance, configuration)
    if not any_of(_policies(role, configuration), lambda policy: _manages(policy, configuration)):
        yield Failure(
            f"no policy of {role.address} allows Systems Manager",
            "AmazonSSMManagedInstanceCore on its role",
            block=role,
        )


def _role(instance: Block, configuration: Configuration) -> Block:
    named = instance.get("iam_instance_profile")
    if isinstance(named, dict | list):
        # The block of a launch template.
        named = instance.get("iam_instance_profile.arn", instance.get("iam_instance_profile.name"))
    if named is None and instance.type != "aws_launch_template":
        template = template_of(instance, configuration)
        if template is not None:
            return _role(template, configuration)
    if named is None:
        raise NotApplicable("it has no instance profile, which instance-profile checks")
    profile = _resource(named, "aws_iam_instance_profile", configuration)
    return _resource(profile.get("role"), "aws_iam_role", configuration)


def _resource(value: Any, type: str, configuration: Configuration) -> Block:
    block = configuration.target(value)
    if block is None and isinstance(value, str):
        block = next((held for held in configuration.of_type(type) if _same(held.get("name"), value)), None)
    if block is not None and (block.section, block.type) == ("resource", type):
        return block
    if block is None and is_unknown(value):
        raise UnknownValueError(value)
    raise NotApplicable(f"its {type} is in another configuration")


def _same(name: Any, value: str) -> bool:
    return not is_unknown(name) and bool(name == value)


def _policies(role: Block, configuration: Configuration) -> Iterator[Any]:
    """Policies of a role: the ARN of a managed policy, or the block of an inline policy."""
    arns = role.get("managed_policy_arns")
    yield from [arns] if is_unknown(arns) else arns or ()
    yield from (node for node in role.blocks("inline_policy"))
    for type, via, held in (
        ("aws_iam_role_policy_attachment", "role", "policy_arn"),
        ("aws_iam_policy_attachment", "roles", "policy_arn"),
        ("aws_iam_role_policy_attachments_exclusive", "role_name", "policy_arns"),
    ):
        for attachment in configuration.attached(role, type, via):
            value = attachment.get(held)
            yield from value if isinstance(value, list) else [value]
    yield from configuration.attached(role, "aws_iam_role_policy", "role")


def _manages(policy: Any, configuration: Configuration) -> bool:
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415 - the emitting wing needs none of it

    if isinstance(policy, str):
        return policy.endswith(_MANAGED)
    if is_unknown(policy):
        if policy.text.endswith(_MANAGED):
            return True
        block = configuration.target(policy)
        if block is None:
            raise UnknownValueError(policy)
        if block.type != "aws_iam_policy":
            return False
        if block.section == "data":
            name = block.get("arn", block.get("name"))
            return bool(name.endswith(_MANAGED))
        policy = block
    statements = statements_of(policy, "policy", configuration)
    return any_of(statements, lambda statement: statement.allows and statement.speaks_of(_ACTION))
