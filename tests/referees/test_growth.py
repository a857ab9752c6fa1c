"""What Terraform plans, and does on the emulated AWS, when settings are given to what exists already."""

import re
from pathlib import Path
from typing import Any

import pytest

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    ObjectLock,
    SecureBucket,
    SecureKey,
    SecureTopic,
    SecureVpc,
    VpcConfig,
    Waiver,
)
from secureinfra.testing import synthesize, test_stack
from tests.referees import emulator
from tests.referees.runner import Terraform, for_emulator

pytestmark = pytest.mark.terraform

NO_FLOW_LOGS: dict[str, Any] = {
    "flow_logs": "none",
    "waivers": (Waiver(control="vpc-flow-logged", reason="trial", owner="lab", until="2099-12-31"),),
}


def document(*, grown: bool, **flows: Any) -> dict[str, Any]:
    """A bucket, a topic and a network, by default or with a lock, a key and another destination that came later.

    Log groups are given no other key: the emulator has no AssociateKmsKey.
    """
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="production"))
    given: dict[str, Any] = {"key": SecureKey(stack, "data")} if grown else {}
    SecureBucket(stack, "files", BucketConfig(object_lock=ObjectLock(days=30) if grown else None), **given)
    SecureTopic(stack, "pages", **given)
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, tiers=("isolated",), **flows))
    return for_emulator(synthesize(stack))[0]


def named(said: str, fate: str) -> set[str]:
    """The addresses of which a plan says this, of what can hold data or the key to it."""
    types = ("aws_cloudwatch_log_group.", "aws_kms_key.", "aws_s3_bucket.")
    return {one for one in re.findall(rf"# (\S+) {fate}", said) if one.startswith(types)}


def test_growth_destroys_no_data(tmp_path: Path) -> None:
    with emulator.running(tmp_path) as aws:
        runner = Terraform(tmp_path / "run", document(grown=False), endpoint=aws.address)
        runner.init()
        runner.apply()
        stages = (
            (
                document(grown=True, flow_logs="s3"),
                {"aws_kms_key.files_key", "aws_kms_key.pages_key", "aws_kms_key.network_flow_logs_key"},
                {"aws_cloudwatch_log_group.network_flow_logs_log_group"},
            ),
            # The second time, the state has none of what is let go of.
            (
                document(grown=True, **NO_FLOW_LOGS),
                {"aws_kms_key.network_flow_logs_key_key"},
                {"aws_s3_bucket.network_flow_logs_bucket"},
            ),
        )
        for grown, keys, stores in stages:
            Terraform(tmp_path / "run", grown, endpoint=aws.address)
            planned = runner.run("plan", "-input=false")
            assert named(planned, "will be destroyed") == named(planned, "must be replaced") == set()
            assert named(planned, "will no longer be managed by Terraform") == keys | stores
            runner.apply()
