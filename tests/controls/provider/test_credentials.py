"""Access keys in provider blocks."""

from typing import Any

import pytest

from secureinfra.check.finding import Finding
from secureinfra.check.run import run_controls
from secureinfra.controls.provider import credentials as provider
from secureinfra.terraform.model.configuration import Configuration

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def judged(blocks: Any, name: str = "aws", **sections: Any) -> list[Finding]:
    document = {"provider": {name: blocks}, "variable": {"x": {}, "known": {"default": SECRET}}, **sections}
    return run_controls(Configuration.of(document), [provider.NO_STATIC_KEYS])


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ({}, "passed"),
        ({"profile": "ci", "assume_role": {"role_arn": "arn:aws:iam::111122223333:role/ci"}}, "passed"),
        ({"access_key": "AKIAIOSFODNN7EXAMPLE"}, "failed"),
        ({"secret_key": SECRET}, "failed"),
        ({"secret_key": "${var.known}"}, "failed"),
        ({"secret_key": "${aws_iam_access_key.k.secret}"}, "failed"),
        ({"secret_key": "${var.x}"}, "unknown"),
        ({"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "${var.x}"}, "failed"),
        ({"secret_key": "${data.vault_aws_access_credentials.c.secret_key}"}, "passed"),
    ],
)
def test_no_static_keys(keys: dict[str, Any], answer: str) -> None:
    (found,) = judged(
        {"region": "eu-central-1", **keys},
        resource={"aws_iam_access_key": {"k": {"user": "ann"}}},
        data={"vault_aws_access_credentials": {"c": {}}},
    )
    assert found.status == answer
    assert SECRET not in f"{found.found}{found.expected}"


def test_no_static_keys_in_any_provider() -> None:
    found = judged([{"region": "a"}, {"alias": "b", "access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": SECRET}])
    assert [(finding.at, finding.found) for finding in found] == [
        ("access_key", "provider aws has access_key"),
        ("secret_key", "provider aws has secret_key"),
    ]
    assert judged({"access_key": "AKIAIOSFODNN7EXAMPLE"}, name="awscc")[0].status == "failed"
    assert judged({}, name="google")[0].status == "not applicable"
    assert not provider.NO_STATIC_KEYS.waivable
