"""ECR repository: immutable tags, images scanned, encrypted with a customer key and expired by rules."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.config.config import Config
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import AccountId, Number, OrganizationId
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.facts.tokens import as_text
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import principal_organization, source_account, source_arn

__all__ = ["Repository", "RepositoryConfig"]

# docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
REPOSITORY_NAME = matches(
    r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*",
    "is not a repository name",
    "write up to 256 lower-case letters and digits, with single '.', '_', '-' or '/' between them",
    example="shop/api",
)
_LONGEST_NAME = 256
_TAG = matches(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", "is not an image tag", example="1.4.2")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
_PUSH = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")


class RepositoryConfig(Config):
    """What a caller may choose about a repository."""

    name: Annotated[str, REPOSITORY_NAME] | None = None
    """Name of the repository; by default the construct's path. Another name replaces it, with its images."""
    keep_images: Annotated[Number, between(1, 10_000, "images")] = 100
    """How many images are kept; older ones expire. Keep more than can be deployed or rolled back to."""
    untagged_days: Annotated[Number, between(1, 3650, "days")] = 14
    """How many days an image without a tag is kept."""
    organization_id: OrganizationId | None = None
    """All accounts of this organization may pull images."""
    pull_accounts: tuple[AccountId, ...] = ()
    """Other accounts that may pull images."""
    protect: bool = True
    """Terraform refuses to destroy the repository; the `sandbox` environment turns it off, and deletes its images too."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(
    module="repository",
    page="containers",
    yours=(
        "Pushing images: a tag can be pushed once, so that `latest` cannot move.",
        "Reading the findings of image scans.",
    ),
)
class Repository(SecureConstruct):
    """A repository whose tags never change, whose images are scanned and encrypted, and which only granted principals use.

    Creates the repository; a lifecycle policy that expires old images; a key when none is given; and a repository policy
    once something outside the account, or a role by its ARN, may use it. Principals that push and pull need no rights on
    the key: ECR uses it through a grant of its own (docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations). Another key replaces
            the repository.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `images = Repository(stack, "images"); images.grant_push(build); image = images.image("1.4.2")`
    """

    config: RepositoryConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: RepositoryConfig = RepositoryConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: images", tags=config.tags))
        self.policy = PolicyDocument("resource", self.path)
        self.repository = Resource(
            self,
            "repository",
            "aws_ecr_repository",
            protect=config.protect,
            name=config.name or self._derived_name(),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configuration={"encryption_type": "KMS", "kms_key": self.key.arn},
            # In a sandbox Terraform deletes the images with the repository.
            force_delete=lambda: None if self.stack_state.protects else True,
            tags=config.tags or None,
        )
        self._expire_images()
        self.repository_policy = Resource(
            self,
            "policy",
            "aws_ecr_repository_policy",
            when=lambda: bool(self.policy),
            repository=self.name,
            policy=self.policy.to_json,
        )
        self._let_others_pull()

    @property
    def arn(self) -> str:
        """Reference to the repository's ARN."""
        return self.repository.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the repository's name."""
        return self.repository.ref("name")

    @property
    def url(self) -> str:
        """Reference to the repository's address, as `docker push` takes it, without a tag."""
        return self.repository.ref("repository_url")

    def image(self, version: str) -> str:
        """The address of an image in this repository.

        Args:
            version: a tag, e.g. `1.4.2`, or a digest, `sha256:...`.

        Raises:
            ConfigError: it is neither, or the tag is `latest`, which cannot move here.
        """
        if version == "latest":
            raise ConfigError(
                f"{self.path}: image('latest') would never change: tags are immutable, so that `latest` can be pushed once. "
                "Use a tag of the build, e.g. image('1.4.2'), or a digest."
            )
        if _DIGEST.fullmatch(version):
            return f"{self.url}@{version}"
        if complaint := _TAG.complaint(version):
            raise ConfigError(f"{self.path}: image({version!r}) {complaint}.")
        return f"{self.url}:{version}"

    def grant_pull(self, grantee: Grantee | str) -> None:
        """Let a role pull images, and nothing else.

        Args:
            grantee: a `SecureRole`, or the ARN of a role, which needs `ecr:GetAuthorizationToken` in a policy of its own.

        Raises:
            ConfigError: the grantee is not a role.
        """
        self._grant(grantee, "Pull", PULL)

    def grant_push(self, grantee: Grantee | str) -> None:
        """Let a role push images, and pull the layers it builds on; tags that exist cannot be replaced.

        Args:
            grantee: a `SecureRole`, or the ARN of a role, which needs `ecr:GetAuthorizationToken` in a policy of its own.

        Raises:
            ConfigError: the grantee is not a role.
        """
        self._grant(grantee, "Push", (*PULL, *_PUSH))

    def allow_functions(self) -> None:
        """Let Lambda pull images for functions of this account and region."""
        # Lambda would otherwise write such a statement itself, which Terraform would remove again:
        # docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
        functions = f"arn:{self.partition}:lambda:{self.region}:{self.account_id}:function:*"
        self.policy.add(
            Statement(
                sid="Functions",
                principal=Principal.service("lambda.amazonaws.com"),
                actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                conditions=(source_account(self.account_id), source_arn(functions)),
            )
        )

    def _grant(self, grantee: Grantee | str, sid: str, actions: tuple[str, ...]) -> None:
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            # A repository policy has no resource: ECR refused it for years, and needs none
            # (docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html).
            self.policy.add(Statement(sid=sid, principal=principal, actions=actions))
            return
        grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,)))
        # It takes no resource: docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
        grantee.add_to_policy(Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)))

    def _let_others_pull(self) -> None:
        config = self.config
        if config.organization_id:
            self.policy.add(
                Statement(
                    sid="Organization",
                    principal=Principal.everybody(),
                    actions=PULL,
                    conditions=(principal_organization(config.organization_id),),
                )
            )
        if config.pull_accounts:
            roots = (f"arn:{self.partition}:iam::{account}:root" for account in config.pull_accounts)
            self.policy.add(Statement(sid="Accounts", principal=Principal.arns(*roots), actions=PULL))

    def _expire_images(self) -> None:
        config = self.config
        rules = [
            _rule(1, "untagged images", "untagged", "sinceImagePushed", config.untagged_days),
            # A rule for all images comes last: docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
            _rule(2, "images beyond those that are kept", "any", "imageCountMoreThan", config.keep_images),
        ]
        self.lifecycle = Resource(
            self,
            "lifecycle",
            "aws_ecr_lifecycle_policy",
            repository=self.name,
            policy=_numbers(json.dumps({"rules": rules}, separators=(",", ":"))),
        )

    def _derived_name(self) -> str:
        name = re.sub(r"[^a-z0-9/]+", "-", self.path.lower()).strip("-/")
        if REPOSITORY_NAME.complaint(name) or len(name) > _LONGEST_NAME:
            raise ConfigError(
                f"{self.path}: {name!r}, which comes from the path, {REPOSITORY_NAME.message}. Set RepositoryConfig(name='...')."
            )
        return name


def _rule(priority: int, what: str, status: str, kind: str, number: float | str) -> dict[str, Any]:
    selection: dict[str, Any] = {"tagStatus": status, "countType": kind, "countNumber": as_text(number)}
    if kind == "sinceImagePushed":
        selection["countUnit"] = "days"
    return {
        "rulePriority": priority,
        "description": f"Expire {what}",
        "selection": selection,
        "action": {"type": "expire"},
    }


def _numbers(policy: str) -> str:
    """The policy with numbers and references to numbers without quotes, since ECR takes no text there."""
    return re.sub(r'"countNumber":"([^"]*)"', r'"countNumber":\1', policy)
