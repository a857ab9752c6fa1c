"""Controls on CodeBuild projects and report groups."""

import pytest

from secureinfra.controls import codebuild
from tests.controls.spec import Spec, own_key, switch

PROJECT = codebuild.PROJECT
THIS = {"name": "p", "service_role": "r"}
URL = "https://github.com/acme/shop.git"
VALUE = "environment.environment_variable.0.value"
SECRET = {"name": "DB_PASSWORD", "type": "SECRETS_MANAGER", "value": "db:password"}
TOKEN = "".join(("ghp", "_", "x" * 20, "1" * 16))
EXPORT = {"type": "S3", "s3_destination": {"bucket": "b", "encryption_key": "k"}}
SPECS = [
    Spec(
        codebuild.SOURCE_NO_CREDENTIALS,
        PROJECT,
        {
            **THIS,
            "source": {"type": "GITHUB", "location": URL},
            "secondary_sources": [{"type": "GITHUB", "location": URL}],
        },
        also=[{"source.location": "https://github.com/${var.x}.git"}, {"source": {"type": "NO_SOURCE"}}],
        fails=[
            (
                {"source.location": "https://me:secret@github.com/acme/shop.git"},
                "source[0].location: a source URL with",
            ),
            ({"source.location": "https://token@github.com/${var.x}.git"}, "a source URL with credentials"),
            ({"secondary_sources.0.location": "https://t@h.example.com/x"}, "secondary_sources[0].location"),
        ],
        unknown=["source.location"],
    ),
    Spec(
        codebuild.ENVIRONMENT_NO_CREDENTIALS,
        PROJECT,
        {**THIS, "environment": {"environment_variable": [SECRET]}},
        also=[{"environment.environment_variable": [{"name": "STAGE", "value": "live"}]}],
        fails=[
            ({"environment.environment_variable": [{"name": "AWS_ACCESS_KEY_ID", "value": "x"}]}, "AWS_ACCESS_KEY_ID"),
            (
                {
                    "environment.environment_variable": [
                        {"name": "AWS_SECRET_ACCESS_KEY", "type": "PLAINTEXT", "value": "x"}
                    ]
                },
                "a credential of AWS",
            ),
            ({"environment.environment_variable": [{"name": "TOKEN", "value": TOKEN}]}, "a GitHub token"),
        ],
        unknown=["environment.environment_variable.0.type"],
    ),
    switch(
        codebuild.S3_LOGS_ENCRYPTED,
        PROJECT,
        "logs_config.s3_logs.encryption_disabled",
        THIS,
        value=False,
        wrong=[True],
        optional=True,
    ),
    Spec(
        codebuild.LOGGED,
        PROJECT,
        THIS,
        also=[{"logs_config": {"cloudwatch_logs": {"status": "DISABLED"}, "s3_logs": {"status": "ENABLED"}}}],
        fails=[({"logs_config.cloudwatch_logs.status": "DISABLED"}, "neither cloudwatch_logs nor s3_logs")],
        unknown=["logs_config.cloudwatch_logs.status"],
    ),
    switch(
        codebuild.REPORTS_ENCRYPTED,
        "aws_codebuild_report_group",
        "export_config.s3_destination.encryption_disabled",
        {"name": "reports", "type": "TEST", "export_config": EXPORT},
        value=False,
        wrong=[True],
        optional=True,
    ),
    switch(
        codebuild.NOT_PRIVILEGED,
        PROJECT,
        "environment.privileged_mode",
        THIS,
        value=False,
        wrong=[True, "true"],
        optional=True,
    ),
    Spec(
        codebuild.ARTIFACTS_ENCRYPTED,
        PROJECT,
        {**THIS, "artifacts": {"type": "S3"}, "secondary_artifacts": [{"type": "S3", "artifact_identifier": "a"}]},
        fails=[
            ({"artifacts.encryption_disabled": True}, "artifacts[0].encryption_disabled = true"),
            ({"secondary_artifacts.0.encryption_disabled": True}, "secondary_artifacts[0].encryption_disabled"),
        ],
        unknown=["artifacts.encryption_disabled"],
    ),
    own_key(codebuild.CUSTOMER_KEY, PROJECT, "encryption_key", THIS),
    switch(
        codebuild.PRIVATE, PROJECT, "project_visibility", THIS, value="PRIVATE", wrong=["PUBLIC_READ"], optional=True
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
