"""Controls on CodeBuild projects and report groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_false, one_of
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_reference_to_resource, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

PROJECT = "aws_codebuild_project"
_USER_IN_URL = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@\s]+@", re.IGNORECASE)
_KNOWN_HOST = re.compile(r"^[a-z]+://[^$@/]+/", re.IGNORECASE)
_VARIABLES = "environment_variable"
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

SOURCE_NO_CREDENTIALS = Control(
    id="codebuild-project-source-no-credentials",
    title="Source URLs of CodeBuild do not contain credentials",
    why="everyone who may read the project or the Terraform state could use them",
    row="codebuild-source-no-credentials",
    waivable=False,
    fix="Use an aws_codestarconnections_connection, or an aws_codebuild_source_credential with a token from a secret.",
)


@SOURCE_NO_CREDENTIALS.check(PROJECT)
def _source_no_credentials(project: Block, configuration: Configuration) -> Iterator[Failure]:
    def check(source: Node) -> Iterator[Failure]:
        location = source.get("location")
        if location is not None and _USER_IN_URL.match(text_of(location)):
            yield Failure("a source URL with credentials", "a URL without them", at=f"{source.path}.location")
        # `https://github.com/${var.repository}`: what comes before the host is known.
        elif is_unknown(location) and not _KNOWN_HOST.match(location.text) and not is_reference_to_resource(location):
            raise UnknownValueError(location)

    yield from each([*project.blocks("source"), *project.blocks("secondary_sources")], check)


ENVIRONMENT_NO_CREDENTIALS = Control(
    id="codebuild-project-environment-no-credentials",
    title="Environment variables of CodeBuild do not contain credentials",
    why="everyone who may read the project, its logs or the Terraform state could use them",
    row="codebuild-env-no-credentials",
    waivable=False,
    fix='Set type = "SECRETS_MANAGER" or "PARAMETER_STORE", and value to the name; for AWS, use the role of the project.',
)


@ENVIRONMENT_NO_CREDENTIALS.check(PROJECT)
def _environment_no_credentials(project: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.shared.disclosure import disclosed_by_variable  # noqa: PLC0415 - the emitting wing needs none of it

    def check(variable: Node) -> Iterator[Failure]:
        if variable.get("type", "PLAINTEXT") != "PLAINTEXT":
            return
        name = variable.get("name", "")
        kind = (
            "a credential of AWS"
            if name in _KEYS
            else disclosed_by_variable(name, variable.get("value"), configuration)
        )
        if kind:
            yield Failure(f"{name} contains {kind}", 'type = "SECRETS_MANAGER"', at=f"{variable.path}.value")

    environments = project.blocks("environment")
    yield from each([variable for node in environments for variable in node.blocks(_VARIABLES)], check)


S3_LOGS_ENCRYPTED = Control(
    id="codebuild-project-s3-logs-encrypted",
    title="CodeBuild encrypts its logs in S3",
    why="logs of builds often contain what an attacker looks for",
    row="codebuild-s3-logs-encrypted",
    fix="Remove encryption_disabled from s3_logs.",
)
S3_LOGS_ENCRYPTED.check(PROJECT)(
    argument("logs_config.s3_logs.encryption_disabled", is_false, "encryption_disabled = false")
)

LOGGED = Control(
    id="codebuild-project-logged",
    title="CodeBuild projects write logs",
    why="you could not find out what a build did",
    row="codebuild-logging",
    fix='Remove status = "DISABLED" from cloudwatch_logs, or write s3_logs { status = "ENABLED", location = ... }.',
)


@LOGGED.check(PROJECT)
def _logged(project: Block, configuration: Configuration) -> Iterator[Failure]:
    statuses = (("cloudwatch_logs", "ENABLED"), ("s3_logs", "DISABLED"))
    taken = [project.get(f"logs_config.{name}.status", default) for name, default in statuses]
    if not any_of(taken, lambda status: status == "ENABLED"):
        yield Failure("neither cloudwatch_logs nor s3_logs is enabled", 'cloudwatch_logs { status = "ENABLED" }')


REPORTS_ENCRYPTED = Control(
    id="codebuild-report-group-encrypted",
    title="CodeBuild encrypts the test reports that it exports",
    why="reports show parts of the code and of its test data",
    row="codebuild-report-export-encrypted",
    fix="Remove encryption_disabled from s3_destination.",
)
REPORTS_ENCRYPTED.check("aws_codebuild_report_group")(
    argument("export_config.s3_destination.encryption_disabled", is_false, "encryption_disabled = false")
)

NOT_PRIVILEGED = Control(
    id="codebuild-project-not-privileged",
    title="CodeBuild builds run without privileged mode",
    why="code of a build could control the host that it runs on",
    row="codebuild-no-privileged",
    fix="Remove privileged_mode; add a waiver for a project that builds container images.",
)
NOT_PRIVILEGED.check(PROJECT)(argument("environment.privileged_mode", is_false, "privileged_mode = false"))

ARTIFACTS_ENCRYPTED = Control(
    id="codebuild-project-artifacts-encrypted",
    title="CodeBuild encrypts what it builds",
    why="a copy of the artifacts would expose the application",
    row="codebuild-artifacts-encrypted",
    fix="Remove encryption_disabled from artifacts and secondary_artifacts.",
)
ARTIFACTS_ENCRYPTED.check(PROJECT)(
    all_hold(
        *(
            argument(f"{name}[].encryption_disabled", is_false, "encryption_disabled = false")
            for name in ("artifacts", "secondary_artifacts")
        )
    )
)

CUSTOMER_KEY = Control(
    id="codebuild-project-customer-key",
    title="CodeBuild encrypts with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts artifacts",
    row="codebuild-cmk",
    fix="Set encryption_key to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(PROJECT)(customer_key("encryption_key"))

PRIVATE = Control(
    id="codebuild-project-private",
    title="CodeBuild projects are private",
    why="anyone on the internet could read logs and artifacts of its builds",
    row="codebuild-private",
    waivable=False,
    fix='Remove project_visibility, or set it to "PRIVATE".',
)
PRIVATE.check(PROJECT)(
    argument("project_visibility", one_of("PRIVATE"), 'project_visibility = "PRIVATE"', absent="PRIVATE")
)
