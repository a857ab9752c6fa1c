"""Controls on Glue."""

from typing import Any

import pytest

from secureinfra.controls import glue
from tests.controls.spec import Spec, switch

JOB = {"name": "j", "role_arn": "r", "command": {"script_location": "s3://b/k"}}
USERS: dict[str, dict[str, Any]] = {
    glue.JOB: JOB,
    "aws_glue_crawler": {"name": "c"},
    "aws_glue_dev_endpoint": {"name": "e"},
}
PARTS = {"s3": "SSE-KMS", "cloudwatch": "SSE-KMS", "job_bookmarks": "CSE-KMS"}
ENCRYPTION = {f"{part}_encryption": {f"{part}_encryption_mode": mode} for part, mode in PARTS.items()}
CATALOG = "data_catalog_encryption_settings"
MODE = f"{CATALOG}.encryption_at_rest.catalog_encryption_mode"
PASSWORDS = f"{CATALOG}.connection_password_encryption.return_connection_password_encrypted"
SPECS = [
    switch(
        glue.VERSION,
        glue.JOB,
        "glue_version",
        JOB,
        value="5.0",
        wrong=["2.0", "0.9"],
        also=[{"command.name": "gluestreaming"}],
        unknown=["command.name"],
        spared=[{"command.name": "pythonshell", "glue_version": None}],
    ),
    *(
        switch(glue.CONFIGURED, type, "security_configuration", this, value="s", wrong=[""])
        for type, this in USERS.items()
    ),
    *(
        switch(
            glue.ENCRYPTS,
            glue.SECURITY,
            f"encryption_configuration.{part}_encryption.{part}_encryption_mode",
            {"name": "s", "encryption_configuration": ENCRYPTION},
            value=mode,
            wrong=["DISABLED"],
        )
        for part, mode in PARTS.items()
    ),
    switch(
        glue.CATALOG_ENCRYPTED,
        glue.CATALOG,
        MODE,
        {CATALOG: {"connection_password_encryption": {"return_connection_password_encrypted": True}}},
        value="SSE-KMS",
        wrong=["DISABLED"],
    ),
    switch(
        glue.CATALOG_ENCRYPTED,
        glue.CATALOG,
        PASSWORDS,
        {CATALOG: {"encryption_at_rest": {"catalog_encryption_mode": "SSE-KMS"}}},
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
