"""What a pipeline may do that owns the image of a service."""

from __future__ import annotations

from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.engine import Grantee, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement
from secureinfra.policy.conditions import passed_to_service


def let_deploy(service: ServiceParts, grantee: Grantee) -> None:
    """Let a role register revisions of the task definition with its two roles, and deploy them to the service.

    Raises:
        ConfigError: Terraform owns the image, or the grantee is an ARN.
    """
    if service.config.image_owner != "pipeline":
        raise ConfigError(
            f"{service.path}: grant_deploy(...) with image_owner='terraform' would let two deploy: the next apply would take a "
            "pipeline's deployment back. Write EcsServiceConfig(image_owner='pipeline')."
        )
    principal_of(grantee, service.path)
    if isinstance(grantee, str):
        raise ConfigError(
            f"{service.path}: grant_deploy({grantee!r}) cannot be written: ECS has no resource policies. Pass a SecureRole, or an "
            "ExistingRole."
        )
    family = f"{service.family_arn}:*"
    # docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html: a revision is
    # described without a resource.
    for actions, resources in (
        (("ecs:RegisterTaskDefinition", "ecs:TagResource"), (family,)),
        (("ecs:DescribeTaskDefinition",), ("*",)),
        (("ecs:DescribeServices", "ecs:UpdateService"), (service.arn,)),
    ):
        grantee.add_to_policy(Statement(actions=actions, resources=resources))
    grantee.add_to_policy(
        Statement(
            actions=("iam:PassRole",),
            resources=(service.execution_role.arn, service.role.arn),
            conditions=(passed_to_service("ecs-tasks.amazonaws.com"),),
        )
    )
