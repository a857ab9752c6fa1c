"""Controls on Macie."""

from secureinfra.controls.detection import macie
from tests.controls.judge import failure, status


def test_enabled() -> None:
    assert status(macie.ENABLED, aws_macie2_account={"m": {}}) == "passed"
    assert status(macie.ENABLED, aws_macie2_account={"m": {"status": "ENABLED"}}) == "passed"
    assert failure(macie.ENABLED, aws_macie2_account={"m": {"status": "PAUSED"}}) == (
        'aws_macie2_account.m status: status = "PAUSED" -> status = "ENABLED"'
    )
    assert status(macie.ENABLED, variable={"x": {}}, aws_macie2_account={"m": {"status": "${var.x}"}}) == "unknown"
