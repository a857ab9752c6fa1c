"""The tasks of a blueprint's service: what they run, how many there are, and what deploys them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from secureinfra import (
    Config,
    Construct,
    EcsService,
    EcsServiceConfig,
    GitHubTrust,
    Number,
    Problem,
    Repository,
    RepositoryConfig,
    RoleConfig,
    Secret,
    SecretConfig,
    SecureKey,
    SecureRole,
    ServiceTrust,
    TargetConfig,
    Text,
    between,
    is_token,
    matches,
)

COUNT = between(1, 1000, "tasks")
VARIABLE = matches(
    r"[A-Z][A-Z0-9_]{0,62}", "is not a variable", "write capital letters, digits and '_', a letter first"
)


class ServiceTasks(Config):
    """The tasks of a service."""

    image: Text | None = None
    """Address of the image, by digest or by a tag of a private repository; by default `image_tag` of a repository made here."""
    image_tag: Text = "1"
    """Tag of the first image in the repository that is made here; the pipeline deploys the others."""
    cpu: Number = 256
    """CPU units of a task, 256 (a quarter of a processor) to 16,384."""
    memory_mib: Number = 512
    """Memory of a task in MiB, 2 to 8 times the CPU units."""
    minimum_tasks: Annotated[Number, COUNT] = 2
    """How many tasks run at least, spread over the zones."""
    maximum_tasks: Annotated[Number, COUNT] = 10
    """How many tasks run at most, while their processors are busy."""
    environment: dict[str, str] = {}
    """Variables of the containers; never secrets."""
    secrets: dict[str, str] = {}
    """Variables whose values ECS reads when a task starts: the ARN of a secret or a parameter by the variable's name."""
    secret_key_arns: tuple[Text, ...] = ()
    """Customer keys that the given `secrets` are encrypted with."""
    generated_secrets: tuple[Annotated[str, VARIABLE], ...] = ()
    """Variables whose secrets are created here with a random value, e.g. `[SESSION_KEY]`; write another one with `aws secretsmanager
    put-secret-value`. Nothing rotates them, which needs a waiver for `secret-rotated`. One that is removed is destroyed, and
    can be restored for 30 days."""
    scratch: tuple[Text, ...] = ()
    """Directories that containers may write to; the rest of their file system is read-only."""
    pipeline: GitHubTrust | None = None
    """GitHub workflows that push images and deploy; needs the account's OIDC provider for GitHub."""

    def problems(self) -> Iterator[Problem]:
        """Numbers that are no range, a pipeline without a repository, and variables with two values."""
        if not any(map(is_token, (self.minimum_tasks, self.maximum_tasks))) and self.minimum_tasks > self.maximum_tasks:
            what = f"is below minimum_tasks={self.minimum_tasks!r}"
            yield Problem("maximum_tasks", what, instead="Raise it, or lower the other", subject="maximum_tasks")
        if self.pipeline is not None and self.image is not None:
            what, why = "goes with the repository that is made here", "workflows push to no other"
            yield Problem("pipeline", what, why, "Remove image, or grant your own role", subject="pipeline")
        for number, name in enumerate(self.generated_secrets):
            if name in (*self.environment, *self.secrets, *self.generated_secrets[:number]):
                what, why = f"names {name!r}, which has a value already", "ECS refuses a variable with two"
                yield Problem(("generated_secrets", number), what, why, "Leave one out", subject="generated_secrets")

    def part(
        self, repository: Repository | None, *, port: Any, found: Mapping[str, str], log_days: Any, tags: dict[str, str]
    ) -> EcsServiceConfig:
        """The configuration of the service.

        Args:
            repository: of the image, where it is made here.
            port: that the containers serve HTTPS on.
            found: variables by which tasks find what the blueprint made; those of the caller win.
            log_days: how long their output is kept.
            tags: of the blueprint.
        """
        return EcsServiceConfig(
            image=str(self.image) if repository is None else repository.image(self.image_tag),
            port=port,
            cpu=self.cpu,
            memory_mib=self.memory_mib,
            desired_count=self.minimum_tasks,
            environment={**found, **self.environment},
            secrets=self.secrets,
            secret_key_arns=self.secret_key_arns,
            scratch=self.scratch,
            image_owner="pipeline" if self.pipeline is not None else "terraform",
            log_retention_in_days=log_days,
            tags=tags,
        )


def secret_part(config: Any) -> SecretConfig:
    """The configuration of each secret that is made here, for what nothing rotates.

    Args:
        config: of the blueprint, with its waivers.
    """
    waivers = tuple(one for one in config.waivers if one.control.startswith("secret-"))
    return SecretConfig(rotation=None, protect=config.protect, tags=config.tags, waivers=waivers)


def place_problems(trust: ServiceTrust, target: TargetConfig) -> Iterator[Problem]:
    """Why tasks could not use what was there before them: `service_trust` and `service`.

    Args:
        trust: what assumes the role.
        target: the load balancer's target.
    """
    if trust.service not in ("ecs-tasks", "ecs-tasks.amazonaws.com"):
        what, why = "does not go with tasks", "ECS could not assume the role, so that no task would start"
        yield Problem("service_trust", what, why, "Leave it out", subject="service_trust")
    if target.target_type != "ip":
        what, why = "of type 'instance' does not go with tasks", "they have addresses of their own"
        yield Problem("service", what, why, "Leave target_type out", subject="service")


def make_repository(
    scope: Construct, tasks: ServiceTasks, *, key: SecureKey, protect: bool, tags: dict[str, str]
) -> Repository | None:
    """The repository of the images, unless an image is given.

    Args:
        scope: the blueprint, or a part of it.
        tasks: what runs.
        key: encrypts the images.
        protect: deletion protection.
        tags: of the blueprint.
    """
    if tasks.image is not None:
        return None
    return Repository(scope, "images", RepositoryConfig(protect=protect, tags=tags), key=key)


def make_secrets(
    service: EcsService, scope: Construct, tasks: ServiceTasks, config: SecretConfig, key: SecureKey
) -> None:
    """Create the secrets, and give each to the service as a variable.

    Args:
        service: whose tasks read them.
        scope: the blueprint, or a part of it.
        tasks: what names them.
        config: of each secret.
        key: encrypts them.
    """
    for variable in tasks.generated_secrets:
        id = "secret-" + variable.lower().replace("_", "-")
        service.add_secret(variable, Secret(scope, id, config, key=key))


def make_pipeline(
    scope: Construct, about: str, tasks: ServiceTasks, repository: Repository | None, service: EcsService
) -> SecureRole | None:
    """The role by which workflows push images and deploy.

    Args:
        scope: the blueprint, or a part of it.
        about: the role's description.
        tasks: what names the workflows.
        repository: what they push to.
        service: what they deploy.
    """
    if tasks.pipeline is None or repository is None:
        return None
    config = RoleConfig(trust=tasks.pipeline, description=about, tags=service.config.tags)
    role = SecureRole(scope, "pipeline", config)
    repository.grant_push(role)
    service.grant_deploy(role)
    return role
