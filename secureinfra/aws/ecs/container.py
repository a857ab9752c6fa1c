"""What a caller may choose about one container: image, ports, inputs, and what it may write to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from secureinfra.aws.ecs.image import IMAGE, is_public, is_settled
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, breaks
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, is_token
from secureinfra.controls.ecs import container as controls
from secureinfra.controls.shared.credentials import is_literal_secret, is_surely_secret_name, kinds_in
from secureinfra.facts import arns

PORT = between(1, 65535, "(a port)")
_SECRET = matches(
    arns.arn("secretsmanager", "secret:[^:]+(:[^:]*:[^:]*:[^:]*){0,1}") + "|" + arns.arn("ssm", "parameter/.+"),
    "is not a secret",
    "write the ARN of a secret, with ':key::' after it for one of its keys, or of a parameter",
    example="arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-a1b2c3",
)
_DIRECTORY = matches(r"/[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", "is not a directory", example="/var/cache/app")
_USER = matches(
    r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*){0,1}",
    "is not a user",
    "write a user id, or user and group",
    example="1000:1000",
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _is_root(user: str) -> bool:
    return user.partition(":")[0].lower() in ("root", "0")


class ContainerConfig(Config):
    """What a caller may choose about a container."""

    image: Annotated[str, IMAGE]
    """Address of the image, by a digest, or by a tag of a private repository; `latest` is refused."""
    port: Annotated[Number, PORT] | None = None
    """Port it listens on; a worker has none."""
    command: tuple[Text, ...] = ()
    """Command and arguments; by default the image's."""
    entry_point: tuple[Text, ...] = ()
    """Entry point; by default the image's."""
    environment: dict[str, str] = {}
    """Variables that anybody who can read the task definition can read; values that look like credentials are refused."""
    secrets: dict[str, Annotated[str, _SECRET]] = {}
    """Variables whose values ECS reads when a task starts: the ARN of a secret or a parameter by the variable's name."""
    user: Annotated[
        str,
        _USER,
        controls.NONROOT_USER.keeps(lambda user: not _is_root(user), '!can(regex("^(root|0)(:|$)", {value}))'),
    ] = "1000:1000"
    """User, and group, that its processes run as."""
    read_only_root: Annotated[bool, controls.READONLY_ROOT.keeps()] = True
    """Its root file system is read-only; it writes to `scratch` only."""
    scratch: tuple[Annotated[str, _DIRECTORY], ...] = ()
    """Directories that it may write to; empty at the start of each task, unless the image declares them as a `VOLUME`.
    They belong to root unless the image declares them with another owner."""
    health_command: tuple[Text, ...] = ()
    """Command whose exit code tells whether it is healthy; by default only its end counts."""
    stop_timeout_seconds: Annotated[Number, between(2, 120, "seconds")] = 30
    """How long it may take to end before it is killed."""

    def problems(self) -> Iterator[Problem]:
        """Images are settled, variables have names and no credentials, and each directory is given once."""
        yield from self._image_problems()
        yield from self._variable_problems()
        if self.waiver(controls.NO_SECRETS.id) is None:
            yield from self._credential_problems()
        if len(set(self.scratch)) != len(self.scratch):
            yield Problem("scratch", "names a directory twice", instead="Name each once", subject="scratch")

    def _image_problems(self) -> Iterator[Problem]:
        if not is_settled(self.image):
            why = "the next deployment would run another image than the last"
            yield Problem("image", IMAGE.what, why, "End it with ':' and a tag of the build, or with '@sha256:...'")
        elif is_public(self.image) and "@sha256:" not in self.image:
            why = "its publisher can move the tag to another image"
            yield Problem("image", "names an image of a public registry by a tag", why, "Use its digest, '@sha256:...'")

    def _variable_problems(self) -> Iterator[Problem]:
        for field in ("environment", "secrets"):
            for name in getattr(self, field):
                if not _VARIABLE.fullmatch(name):
                    what = f"names {name!r}, which is not a variable"
                    yield Problem(field, what, instead="Write letters, digits and '_'", subject=field)
        for name in self.secrets:
            if name in self.environment:
                what, why = f"names {name!r}, as environment does", "ECS refuses a variable with two values"
                yield Problem("secrets", what, why, "Leave one of the two out", subject="secrets")

    def _credential_problems(self) -> Iterator[Problem]:
        for name, value in self.environment.items():
            kind = next(kinds_in(value), "")
            if not kind and (is_literal_secret(name, value) or (is_token(value) and is_surely_secret_name(name))):
                kind = "the value of a secret"
            if kind:
                more = "Pass it by its ARN, in secrets."
                yield breaks(f"environment {name!r} contains {kind} and", controls.NO_SECRETS, ("environment",), more)
        for field in ("command", "entry_point", "health_command"):
            for kind in dict.fromkeys(kind for part in getattr(self, field) for kind in kinds_in(part)):
                more = "Pass it by its ARN, in secrets."
                yield breaks(f"{field} contains {kind} and", controls.NO_SECRETS, (field,), more)
