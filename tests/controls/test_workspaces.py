"""Controls on WorkSpaces."""

import pytest

from secureinfra.controls import workspaces
from tests.controls.spec import Spec, switch

SPACE = "aws_workspaces_workspace"
THIS = {"bundle_id": "b", "directory_id": "d", "user_name": "u"}
ALL = {
    **THIS,
    "user_volume_encryption_enabled": True,
    "root_volume_encryption_enabled": True,
    "volume_encryption_key": "${aws_kms_key.k.arn}",
}
SPECS = [
    switch(workspaces.ENCRYPTED, SPACE, "user_volume_encryption_enabled", ALL),
    switch(workspaces.ENCRYPTED, SPACE, "root_volume_encryption_enabled", ALL),
    switch(workspaces.ENCRYPTED, SPACE, "volume_encryption_key", ALL, value="alias/aws/workspaces", wrong=[""]),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
