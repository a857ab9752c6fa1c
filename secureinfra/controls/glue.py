"""Controls on Glue: jobs, crawlers, the data catalog."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, at_least, is_set, is_true, one_of, only_if

JOB, SECURITY = "aws_glue_job", "aws_glue_security_configuration"
CATALOG = "aws_glue_data_catalog_encryption_settings"
_SPARK = ("glueetl", "gluestreaming")
_ENCRYPTION = "encryption_configuration"
_CATALOG = "data_catalog_encryption_settings"

VERSION = Control(
    id="glue-job-version-supported",
    title="Glue jobs run a supported version",
    why="vulnerabilities of Spark and its libraries are not fixed in older versions",
    row="glue-version-supported",
    fix="Set glue_version to 3.0 or newer, e.g. 5.0.",
)
VERSION.check(JOB)(
    only_if(
        lambda job: job.get("command.name", "glueetl") in _SPARK,
        "it is not a Spark job",
        argument("glue_version", at_least(3), 'glue_version = "3.0" or newer'),
    )
)

CONFIGURED = Control(
    id="glue-security-configuration-used",
    title="Glue jobs, crawlers and endpoints have a security configuration",
    why="what they write would not be encrypted, logs included",
    row="glue-security-configuration",
    fix="Set security_configuration to the name of an aws_glue_security_configuration.",
)
CONFIGURED.check(JOB, "aws_glue_crawler", "aws_glue_dev_endpoint")(
    argument("security_configuration", is_set, "security_configuration = the name of one")
)

ENCRYPTS = Control(
    id="glue-security-configuration-encrypts",
    title="Glue security configurations encrypt data, logs and bookmarks",
    why="a copy of the storage would expose what jobs read and wrote",
    row="glue-security-configuration-encrypts",
    fix='Set s3_encryption_mode = "SSE-KMS", cloudwatch_encryption_mode = "SSE-KMS" and job_bookmarks_encryption_mode = '
    '"CSE-KMS".',
)
ENCRYPTS.check(SECURITY)(
    all_hold(
        *(
            argument(
                f"{_ENCRYPTION}.{part}_encryption.{part}_encryption_mode",
                one_of(*modes),
                f'{part}_encryption_mode = "{modes[0]}"',
                absent="DISABLED",
            )
            for part, modes in (
                ("s3", ("SSE-KMS", "SSE-S3")),
                ("cloudwatch", ("SSE-KMS",)),
                ("job_bookmarks", ("CSE-KMS",)),
            )
        )
    )
)

CATALOG_ENCRYPTED = Control(
    id="glue-catalog-encrypted",
    title="The Glue data catalog and its connection passwords are encrypted",
    why="names of tables, and passwords of databases, could be read in a copy of the storage",
    row="glue-catalog-encrypted",
    fix='Set catalog_encryption_mode = "SSE-KMS" and return_connection_password_encrypted = true.',
)
CATALOG_ENCRYPTED.check(CATALOG)(
    all_hold(
        argument(
            f"{_CATALOG}.encryption_at_rest.catalog_encryption_mode",
            one_of("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"),
            'catalog_encryption_mode = "SSE-KMS"',
        ),
        argument(
            f"{_CATALOG}.connection_password_encryption.return_connection_password_encrypted",
            is_true,
            "return_connection_password_encrypted = true",
        ),
    )
)
