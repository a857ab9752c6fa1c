"""Controls on EFS file systems."""

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true
from secureinfra.controls.reading.keys import customer_key

ENCRYPTED = Control(
    id="efs-file-system-encrypted",
    title="A file system is encrypted",
    why="who gets hold of the storage or a backup could read every file",
    row="efs-encrypted",
    mend="Set encrypted = true; a file system that exists must be made anew and its files copied.",
)

ENCRYPTED.check("aws_efs_file_system")(argument("encrypted", is_true, "encrypted = true", absent=False))

CUSTOMER_KEY = Control(
    id="efs-file-system-customer-key",
    title="A file system is encrypted with a customer key",
    why="with a key of AWS nobody could see who decrypts the files, or stop them",
    # No framework asks for a key of one's own here: the row is about encryption.
    mend="Set kms_key_id to the ARN of a customer managed key.",
)

CUSTOMER_KEY.check("aws_efs_file_system")(customer_key("kms_key_id"))
