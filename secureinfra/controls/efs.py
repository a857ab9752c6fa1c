"""Controls on EFS file systems, their access points and mount targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, has_blocks, is_true, not_one_of
from secureinfra.controls.shared.backup_selection import not_selected
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.subnets import no_public_addresses
from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

FILES, ACCESS_POINT, BACKUPS = "aws_efs_file_system", "aws_efs_access_point", "aws_efs_backup_policy"

ENCRYPTED = Control(
    id="efs-file-system-encrypted",
    title="EFS file systems are encrypted",
    why="a copy of the storage or a backup would expose every file",
    row="efs-encrypted",
    fix="Set encrypted = true. This replaces an existing file system: copy its files to the new one first.",
)

ENCRYPTED.check(FILES)(argument("encrypted", is_true, "encrypted = true", absent=False))

CUSTOMER_KEY = Control(
    id="efs-file-system-customer-key",
    title="EFS file systems are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the files",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id to the ARN of a customer managed key.",
)

CUSTOMER_KEY.check(FILES)(customer_key("kms_key_id"))

ACCESS_POINT_ROOT = Control(
    id="efs-access-point-root",
    title="EFS access points lead to a directory of their own",
    why="every client of the access point could read the files of all others",
    row="efs-access-point-root",
    fix="Write root_directory with a path other than /, and creation_info.",
)
ACCESS_POINT_ROOT.check(ACCESS_POINT)(
    argument("root_directory.path", not_one_of("/", ""), "root_directory { path = a directory }", absent="/")
)

ACCESS_POINT_USER = Control(
    id="efs-access-point-user",
    title="EFS access points enforce a user",
    why="a client could claim to be any user, root included",
    row="efs-access-point-user",
    fix="Write posix_user with uid and gid.",
)
ACCESS_POINT_USER.check(ACCESS_POINT)(has_blocks("posix_user", "posix_user { uid = ..., gid = ... }"))

BACKED_UP = Control(
    id="efs-file-system-backed-up",
    title="EFS file systems are backed up",
    why="files that are deleted or encrypted by an attacker could not be restored",
    row="efs-backup",
    fix='Write an aws_efs_backup_policy with backup_policy { status = "ENABLED" }, or name the file system in an '
    "aws_backup_selection.",
)


@BACKED_UP.check(FILES)
def _backed_up(files: Block, configuration: Configuration) -> Iterator[Failure]:
    def by_policy() -> bool:
        policies = configuration.attached(files, BACKUPS, "file_system_id")
        return any_of(policies, lambda one: one.get("backup_policy.status") == "ENABLED")

    def by_plan() -> bool:
        return not list(not_selected(files, configuration))

    if not any_of((by_policy, by_plan), lambda way: way()):
        yield Failure(f"no {BACKUPS} that is enabled, and no aws_backup_selection", f"an {BACKUPS}")


MOUNTED_PRIVATELY = Control(
    id="efs-mount-target-private",
    title="EFS mount targets are in subnets that assign no public addresses",
    why="the file system would be in reach of hosts on the internet",
    row="efs-mount-target-private",
    fix="Set subnet_id to a private subnet.",
)
MOUNTED_PRIVATELY.check("aws_efs_mount_target")(no_public_addresses("subnet_id"))
