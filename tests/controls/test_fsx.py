"""Controls on FSx file systems."""

import pytest

from secureinfra.controls import fsx
from tests.controls.spec import Spec, own_key, switch

KINDS = (fsx.LUSTRE, fsx.ONTAP, fsx.OPENZFS, fsx.WINDOWS)
SPECS = [
    switch(fsx.OPENZFS_TAGS, fsx.OPENZFS, "copy_tags_to_backups", {"copy_tags_to_volumes": True}),
    switch(fsx.OPENZFS_TAGS, fsx.OPENZFS, "copy_tags_to_volumes", {"copy_tags_to_backups": True}),
    switch(fsx.LUSTRE_TAGS, fsx.LUSTRE, "copy_tags_to_backups"),
    switch(fsx.OPENZFS_MULTI_AZ, fsx.OPENZFS, "deployment_type", value="MULTI_AZ_1", wrong=["SINGLE_AZ_1"]),
    switch(fsx.ONTAP_MULTI_AZ, fsx.ONTAP, "deployment_type", value="MULTI_AZ_2", wrong=["SINGLE_AZ_1"]),
    switch(fsx.WINDOWS_MULTI_AZ, fsx.WINDOWS, "deployment_type", value="MULTI_AZ_1", wrong=["SINGLE_AZ_2"]),
    *(own_key(fsx.CUSTOMER_KEY, type, "kms_key_id") for type in KINDS),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
