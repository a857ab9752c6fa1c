"""What ECS reads for a task before it starts: images and secrets, each by its ARN, through the execution role."""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

from secureinfra.aws.ecr.repository import PULL, Repository
from secureinfra.aws.ecs.image import is_public, repository_of
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.service_config import is_parameter
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.config.rules import is_token
from secureinfra.engine import Grantee
from secureinfra.errors import ConfigError
from secureinfra.facts.iam_reads import READS_SECRET
from secureinfra.policy import Statement
from secureinfra.policy.conditions import via_service

# `:key:stage:version` after the ARN of a secret, and after a reference to one.
_PART = re.compile(r"^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*|.*\})(?::[^:{}]*){3}$")


@runtime_checkable
class Secret(Protocol):
    """A construct that holds a secret: it has an ARN, and grants reading it."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...

    def grant_read(self, grantee: Grantee) -> None:
        """Let a role read it."""
        ...


def let_pull(service: ServiceParts, repository: Repository | None) -> None:
    """Let ECS pull the images of a service from their repositories, and from no other.

    Raises:
        ConfigError: the repository of an image cannot be known.
    """
    role, config = service.execution_role, service.config
    if repository is not None:
        repository.grant_pull(role)
    arns = [] if repository is not None else [config.repository_arn or _repository(service, config.image)]
    arns += [_repository(service, one.image) for one in config.sidecars.values()]
    known = tuple(dict.fromkeys(arn for arn in arns if arn))
    if known:
        role.add_to_policy(Statement(actions=PULL, resources=known))
        role.add_to_policy(Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)))


def let_read_secrets(service: ServiceParts) -> None:
    """Let ECS read the secrets that the configuration names, and decrypt with the keys that it names."""
    role, config = service.execution_role, service.config
    values = [value for one in config.containers().values() for value in one.secrets.values()]
    for parameters, action in ((False, READS_SECRET), (True, "ssm:GetParameters")):
        arns = tuple(dict.fromkeys(_PART.sub(r"\1", value) for value in values if is_parameter(value) is parameters))
        if arns:
            role.add_to_policy(Statement(actions=(action,), resources=arns))
    if config.secret_key_arns:
        through = via_service(*(f"{name}.{service.region}.{service.dns_suffix}" for name in ("secretsmanager", "ssm")))
        role.add_to_policy(Statement(actions=("kms:Decrypt",), resources=config.secret_key_arns, conditions=(through,)))


def refuse_strange_role(service: ServiceParts) -> None:
    """Refuse a task role that ECS could not assume.

    Raises:
        ConfigError: its trust names another service.
    """
    trust = service.role.config.trust
    if not isinstance(trust, ServiceTrust) or trust.service.removesuffix(".amazonaws.com") != "ecs-tasks":
        raise ConfigError(
            f"{service.path}: role={service.role.path!r} cannot be assumed by ECS: the tasks would not start. Create it with "
            "trust=ServiceTrust(service='ecs-tasks')."
        )


def _repository(service: ServiceParts, image: str) -> str | None:
    if is_public(image):
        return None
    found = repository_of(image, service.partition)
    if found is None and is_token(image):
        raise ConfigError(
            f"{service.path}: image={image!r} does not show its repository, which ECS must be allowed to pull from. Pass "
            "repository=images, set repository_arn='arn:...', or write the address with images.image('1.4.2')."
        )
    return found
