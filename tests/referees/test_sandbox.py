"""A sandbox can be destroyed with objects and logs in its buckets; anything else keeps them."""

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import AwsProvider, AwsProviderConfig, SecureBucket
from secureinfra.testing import synthesize, test_stack
from tests.referees.runner import for_emulator

pytestmark = pytest.mark.terraform


def buckets(environment: Any) -> dict[str, Any]:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment=environment))
    SecureBucket(stack, "files")
    return synthesize(stack)


def test_only_a_sandbox_empties_its_buckets() -> None:
    for environment, forced in (("sandbox", True), ("production", None), ("development", None)):
        made = buckets(environment)["resource"]["aws_s3_bucket"].values()
        assert {bucket.get("force_destroy") for bucket in made} == {forced}


def test_a_sandbox_with_objects_is_destroyed(terraform: Callable[..., Any], emulator: str) -> None:
    document = buckets("sandbox")
    document["output"] = {"name": {"value": "${aws_s3_bucket.files_bucket.bucket}"}}
    document, _ = for_emulator(document)
    # The emulator's address has no TLS, without which the policies deny every upload.
    del document["resource"]["aws_s3_bucket_policy"]
    for ownership in document["resource"]["aws_s3_bucket_ownership_controls"].values():
        del ownership["depends_on"]
    sandbox = terraform(document, endpoint=emulator)
    sandbox.apply()
    name = sandbox.run("output", "-raw", "name").strip()
    for body in (b"one", b"two"):
        key = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-central-1/s3/aws4_request"}
        request = urllib.request.Request(f"{emulator}/{name}/report", data=body, method="PUT", headers=key)
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
    assert "Destroy complete!" in sandbox.run("destroy", "-auto-approve", "-input=false")
