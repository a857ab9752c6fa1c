"""Documents of one application: a bucket for them, and the role of the service that reads and writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from secureinfra import (
    BucketConfig,
    Config,
    Construct,
    Number,
    Problem,
    RoleConfig,
    SecureBucket,
    SecureConstruct,
    SecureRole,
    ServiceTrust,
    Text,
    between,
)


class DocumentsConfig(Config):
    """What a team may choose about its documents."""

    folders: tuple[Text, ...]
    """Folders of the bucket that the service works in, e.g. `[in, out]`."""
    writable: tuple[Text, ...] = ()
    """Folders that the service writes to; the others it only reads."""
    noncurrent_days: Annotated[Number, between(30, 3650, "days")] = 90
    """Days after which a replaced or deleted document can no longer be restored."""

    def problems(self) -> Iterator[Problem]:
        """What no single field shows."""
        for number, folder in enumerate(self.writable):
            if folder not in self.folders:
                yield Problem(("writable", number), "is not among folders", instead="Add it to folders", given=folder)


class Documents(SecureConstruct):
    """A private bucket under its own key, and a role for one service, with access to its folders only.

    Args:
        scope: the stack.
        id: name within it.
        config: the settings.

    Example: `Documents(stack, "contracts", DocumentsConfig(folders=("in", "out"), writable=("out",)))`
    """

    def __init__(self, scope: Construct, id: str, config: DocumentsConfig) -> None:
        super().__init__(scope, id, config)
        self.bucket = SecureBucket(self, "bucket", BucketConfig(noncurrent_days=config.noncurrent_days))
        self.role = SecureRole(self, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
        for folder in config.folders:
            self.bucket.grant_read(self.role, prefix=f"{folder}/")
        for folder in config.writable:
            self.bucket.grant_write(self.role, prefix=f"{folder}/")
