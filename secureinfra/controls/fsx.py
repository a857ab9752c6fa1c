"""Controls on FSx file systems."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_true, one_of
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Check

OPENZFS, LUSTRE = "aws_fsx_openzfs_file_system", "aws_fsx_lustre_file_system"
ONTAP, WINDOWS = "aws_fsx_ontap_file_system", "aws_fsx_windows_file_system"
_WHY = "an outage of one zone would make every file unavailable"


def _copied(*to: str) -> Check:
    return all_hold(
        *(argument(f"copy_tags_to_{where}", is_true, f"copy_tags_to_{where} = true", absent=False) for where in to)
    )


def _deployed(*types: str) -> Check:
    return argument("deployment_type", one_of(*types), f'deployment_type = "{types[0]}"')


OPENZFS_TAGS = Control(
    id="fsx-openzfs-copy-tags",
    title="FSx for OpenZFS copies tags to backups and volumes",
    why="rules on tags, such as who may delete, would not cover the copies",
    row="fsx-openzfs-copy-tags",
    fix="Set copy_tags_to_backups = true and copy_tags_to_volumes = true.",
)
OPENZFS_TAGS.check(OPENZFS)(_copied("backups", "volumes"))

LUSTRE_TAGS = Control(
    id="fsx-lustre-copy-tags",
    title="FSx for Lustre copies tags to backups",
    why="rules on tags, such as who may delete, would not cover the copies",
    row="fsx-lustre-copy-tags",
    fix="Set copy_tags_to_backups = true.",
)
LUSTRE_TAGS.check(LUSTRE)(_copied("backups"))

OPENZFS_MULTI_AZ = Control(
    id="fsx-openzfs-multi-az",
    title="FSx for OpenZFS is deployed in two Availability Zones",
    why=_WHY,
    row="fsx-openzfs-multi-az",
    fix='Set deployment_type = "MULTI_AZ_1". This replaces an existing file system.',
)
OPENZFS_MULTI_AZ.check(OPENZFS)(_deployed("MULTI_AZ_1"))

ONTAP_MULTI_AZ = Control(
    id="fsx-ontap-multi-az",
    title="FSx for NetApp ONTAP is deployed in two Availability Zones",
    why=_WHY,
    row="fsx-ontap-multi-az",
    fix='Set deployment_type = "MULTI_AZ_2" or "MULTI_AZ_1". This replaces an existing file system.',
)
ONTAP_MULTI_AZ.check(ONTAP)(_deployed("MULTI_AZ_2", "MULTI_AZ_1"))

WINDOWS_MULTI_AZ = Control(
    id="fsx-windows-multi-az",
    title="FSx for Windows File Server is deployed in two Availability Zones",
    why=_WHY,
    row="fsx-windows-multi-az",
    fix='Set deployment_type = "MULTI_AZ_1". This replaces an existing file system.',
)
WINDOWS_MULTI_AZ.check(WINDOWS)(_deployed("MULTI_AZ_1"))

CUSTOMER_KEY = Control(
    id="fsx-customer-key",
    title="FSx file systems are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the files",
    row="fsx-cmk",
    fix="Set kms_key_id to the ARN of a customer managed key. This replaces an existing file system.",
)
CUSTOMER_KEY.check(LUSTRE, ONTAP, OPENZFS, WINDOWS)(customer_key("kms_key_id"))
