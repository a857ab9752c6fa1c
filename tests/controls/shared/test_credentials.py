"""What counts as a credential in a text, and what does not."""

import pytest

from secureinfra.controls.shared.credentials import is_literal_secret, is_secret_name, is_surely_secret_name, kinds_in

# Written in two parts, so that nobody's scanner takes them for real ones.
ACCESS_KEY = "AKIA" + "QWERTYUIOPASDFGH"
GITHUB = "ghp_" + "a1" * 18
STRIPE = "sk_live_" + "a1" * 12
SLACK = "xoxb-" + "1234567890-abcdef"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"export AWS_ACCESS_KEY_ID={ACCESS_KEY}", "an AWS access key"),
        (
            "aws configure set aws_secret_access_key " + "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY",
            "an AWS secret key",
        ),
        ("-----BEGIN RSA PRIVATE " + "KEY-----", "a private key"),
        ("-----BEGIN PRIVATE " + "KEY-----", "a private key"),
        (f"curl -H 'Authorization: token {GITHUB}'", "a GitHub token"),
        ("glpat-" + "a1" * 10, "a GitLab token"),
        (SLACK, "a Slack token"),
        (STRIPE, "a Stripe key"),
        ("AIza" + "a1b2c" * 7, "a Google API key"),
        ("npm_" + "a1" * 18, "an npm token"),
        ("postgres://app:hunter2@db:5432/app", "a password in a URL"),
        ("export DB_PASSWORD=hunter2\n", "a literal value for DB_PASSWORD"),
        ("app --password='hunter2'", "a literal value for password"),
        ('$AdminPassword = "hunter2"', "a literal value for AdminPassword"),
        ("password = hunter2", "a literal value for password"),
        ("users:\n  - name: a\n    password: hunter2\n", "a literal value for password"),
        ('{"apiKey": "abcdef"}', "a literal value for apiKey"),
    ],
)
def test_credentials(text: str, kind: str) -> None:
    assert list(kinds_in(f"#!/bin/sh\n{text}\n")) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        'TOKEN=$(curl -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")',
        "TOKEN=`cat /run/token`",
        "curl -H X-aws-ec2-metadata-token:$TOKEN -H 'X-aws-ec2-metadata-token: $TOKEN'",
        "export DB_PASSWORD=$SECRET",
        "echo ${DB_PASSWORD:-default}",
        "DB_PASSWORD_FILE=/run/secrets/password",
        "DB_PASSWORD=/run/secrets/password",
        "DB_SECRET=arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret: x",
        "lock_passwd: true",
        "password = getpass()",
        "password = secret",
        "password = os.environ",
        "password: {{resolve:secretsmanager:db}}",
        'echo "Enter the password: and press return"',
        'if [ "$PASSWORD" == "x" ]; then exit; fi',
        "-----BEGIN CERTIFICATE-----",
        "http://host:8080/path@2",
        "AKIASHORT",
        "db_password = var.password",
        "DB_PASSWORD=\n",
    ],
)
def test_none(text: str) -> None:
    assert list(kinds_in(f"#!/bin/sh\n{text}\n")) == []


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PASSWORD",
            "DB_PASSWORD",
            "dbPassword",
            "PGPASSWORD",
            "mysql_passwd",
            "API_KEY",
            "apiKey",
            "DB_PWD",
            "SECRET",
        ),
        *("AWS_SECRET_ACCESS_KEY", "client-secret", "GITHUB_TOKEN", "PRIVATE_KEY", "SECRET_KEY_BASE"),
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PASSWORD_FILE",
            "PWD",
            "SECRET_ARN",
            "SECRET_NAME",
            "TOKEN_URL",
            "KMS_KEY",
            "PUBLIC_KEY",
            "KEY",
            "TABLE_NAME",
        ),
        *("NEXT_TOKEN", "MAX_TOKENS", "1", ""),
    ],
)
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


def test_a_secret_may_be_the_name_of_one() -> None:
    assert not is_literal_secret("DB_SECRET", "my-app-db")
    assert is_literal_secret("CLIENT_SECRET", "my-app-db")
    assert is_literal_secret("DB_SECRET", "hunter2")
    assert is_literal_secret("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY")
    assert not is_literal_secret("DB_PASSWORD", "prod/db/password")
    assert not is_literal_secret("DB_PASSWORD", "")
    assert is_surely_secret_name("DB_PASSWORD")
    assert not is_surely_secret_name("DB_SECRET")
