"""What Terraform asks of S3 for a state is what a role was granted: no less, and for a plan no write."""

import json
import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from secureinfra import (
    GitHubActionsRoles,
    GitHubActionsRolesConfig,
    GitHubRepository,
    StateBackend,
    StateBackendConfig,
    secure_s3_backend,
)
from secureinfra.proofs.decision import Layers, decide
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.requests import Request as Asked
from secureinfra.proofs.statements import read_policy
from secureinfra.testing import synthesize, test_stack
from tests.referees import emulator

pytestmark = pytest.mark.terraform

BUCKET, ACCOUNT = "acme-state", "123456789012"
# The emulator is not AWS: nothing is asked of STS and of instance metadata, and the bucket stands in the path.
AWAY_FROM_AWS = (
    "skip_credentials_validation",
    "skip_requesting_account_id",
    "skip_metadata_api_check",
    "use_path_style",
)


@dataclass(frozen=True)
class Request:
    """One call: the action it needs, the object or the bucket, and the prefix of a listing."""

    action: str
    resource: str
    prefix: str = ""


@dataclass(frozen=True)
class Delivery:
    """A folder with a stack whose state is kept in the bucket, and the emulator's record of calls."""

    folder: Path
    address: str
    record: Path

    def run(self, *arguments: str) -> list[Request]:
        """Run Terraform and answer what it asked of S3."""
        before = len(self.record.read_text())
        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_ENDPOINT_URL": self.address}
        environment = {**os.environ, **keys, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        command = ["terraform", *arguments, "-input=false", "-no-color"]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return list(requests(self.record.read_text()[before:]))

    def headers(self, key: str) -> dict[str, str]:
        """What S3 says of an object."""
        # Somebody must ask; whoever it is, the emulator believes it.
        somebody = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-central-1/s3/aws4_request"}
        question = urllib.request.Request(f"{self.address}/{BUCKET}/{key}", method="HEAD", headers=somebody)
        with urllib.request.urlopen(question) as answer:
            return {name.lower(): value for name, value in answer.headers.items()}


def requests(record: str) -> Iterator[Request]:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", record)  # answers other than 200 stand there in colours
    for method, target in re.findall(rf'"([A-Z]+) (/{BUCKET}[^ "]*) HTTP', plain):
        parts = urllib.parse.urlsplit(target)
        key = urllib.parse.unquote(parts.path.removeprefix(f"/{BUCKET}").strip("/"))
        if not key:
            yield Request(
                "s3:ListBucket", f"arn:aws:s3:::{BUCKET}", dict(urllib.parse.parse_qsl(parts.query))["prefix"]
            )
        else:
            action = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}[method]
            yield Request(f"s3:{action}", f"arn:aws:s3:::{BUCKET}/{key}")


def made() -> tuple[Any, GitHubActionsRoles]:
    stack = test_stack("access")
    config = StateBackendConfig(bucket=BUCKET, region="eu-central-1", account_id=ACCOUNT)
    shop = GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/shop"),))
    return stack, GitHubActionsRoles(stack, "shop", shop, state=StateBackend(stack, "state", config))


def permitted(request: Request, role: str) -> bool:
    """Whether the role's own policy allows a request, as AWS would decide."""
    stack, _ = made()
    text = synthesize(stack)["resource"]["aws_iam_role_policy"][f"shop_{role}_permissions"]["policy"]
    document = json.loads(text.replace("${aws_s3_bucket.state_bucket.arn}", f"arn:aws:s3:::{BUCKET}"))
    caller = Caller("signed", f"arn:aws:iam::{ACCOUNT}:role/{role}", ACCOUNT)
    context = {"s3:prefix": (request.prefix,)} if request.action == "s3:ListBucket" else {}
    return (
        decide(Asked(caller, request.action, request.resource, context), Layers(ACCOUNT, read_policy(document))) is True
    )


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    folder = tmp_path_factory.mktemp("delivery")
    stack = test_stack("network")
    secure_s3_backend(stack, made()[1].backend_config("network.tfstate"))
    document = synthesize(stack)
    document["resource"] = {"terraform_data": {"made": {"input": "once"}}}
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    with emulator.running(folder) as aws:
        (record,) = folder.glob("emulator-*.log")
        urllib.request.urlopen(urllib.request.Request(f"{aws.address}/{BUCKET}", method="PUT")).close()
        started = Delivery(folder, aws.address, record)
        started.run("init", *(f"-backend-config={setting}=true" for setting in AWAY_FROM_AWS))
        yield started


def test_apply_needs_what_the_apply_role_was_granted(delivery: Delivery) -> None:
    asked = delivery.run("apply", "-auto-approve")
    state = f"arn:aws:s3:::{BUCKET}/acme/shop/network.tfstate"
    assert {Request("s3:PutObject", state), Request("s3:DeleteObject", f"{state}.tflock")} <= set(asked)
    assert [request for request in asked if not permitted(request, "apply")] == []
    headers = delivery.headers("acme/shop/network.tfstate")
    assert headers["x-amz-server-side-encryption"] == "aws:kms"
    assert headers["x-amz-server-side-encryption-aws-kms-key-id"].endswith(f":alias/{BUCKET}")


def test_plan_without_lock_needs_what_the_plan_role_was_granted(delivery: Delivery) -> None:
    asked = delivery.run("plan", "-lock=false")
    assert {"s3:ListBucket", "s3:GetObject"} >= {request.action for request in asked} > set()
    assert [request for request in asked if not permitted(request, "plan")] == []


def test_plan_with_lock_needs_more_than_the_plan_role_was_granted(delivery: Delivery) -> None:
    refused = [request for request in delivery.run("plan") if not permitted(request, "plan")]
    lock = f"arn:aws:s3:::{BUCKET}/acme/shop/network.tfstate.tflock"
    assert set(refused) == {Request("s3:PutObject", lock), Request("s3:DeleteObject", lock)}


@pytest.mark.parametrize("role", ["plan", "apply"])
@pytest.mark.parametrize(
    "request_",
    [
        Request("s3:GetObject", f"arn:aws:s3:::{BUCKET}/acme/web/network.tfstate"),
        Request("s3:GetObject", "arn:aws:s3:::customers/list.csv"),
        Request("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", "acme/web/"),
        Request("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/acme/shop/network.tfstate"),
    ],
    ids=lambda request: f"{request.action}-{request.resource}",
)
def test_nothing_else_is_granted(request_: Request, role: str) -> None:
    assert not permitted(request_, role)
