"""Where a function's code comes from: a folder, an archive in S3, or a container image by digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import Predicate, matches
from secureinfra.config.rules import TOKEN, Text
from secureinfra.engine import SecureConstruct
from secureinfra.engine.asset import add_asset, place_of
from secureinfra.errors import ConfigError
from secureinfra.files.archive import zip_of
from secureinfra.files.within import refuse_outside

__all__ = ["FolderCode", "ImageCode", "S3Code"]

# docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LARGEST_UPLOAD = 50 * 1024 * 1024

_HASH = matches(
    r"[A-Za-z0-9+/]{43}=", "is not a hash", "write the base64 of the archive's SHA-256", example=f"{'A' * 43}="
)
# docs.aws.amazon.com/lambda/latest/dg/images-create.html: only images of a private registry of ECR.
_BY_DIGEST = Predicate(
    lambda uri: matches(_IMAGE, "").test(uri),
    "is not an image of ECR by its digest",
    'can(regex("@sha256:[0-9a-f]{64}$", {value}))',
    "a tag such as 'latest' can be moved to other code; write the repository's URL and '@sha256:' with the digest",
    "111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:" + "0a" * 32,
)
_IMAGE = r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}"


class FolderCode(Config):
    """A folder of source and libraries, zipped at synthesis so that every machine makes the same archive."""

    kind: Literal["folder"] = "folder"
    """Kind of code, in YAML."""
    path: Text
    """The folder, seen from where the program starts; `__pycache__` and version control's folders are left out."""

    def arguments(self, owner: SecureConstruct, name: str) -> dict[str, Any]:
        """The function's arguments; the archive is written beside the stack's Terraform.

        Args:
            owner: the construct.
            name: name of the archive, without its end.

        Raises:
            ConfigError: the folder cannot be zipped, or is too large to be uploaded.
            ConfigurationError: it lies outside of what `only_below` allows.
        """
        where = f"{owner.path}: FolderCode path={self.path!r}"
        folder = place_of(self.path)
        refuse_outside(folder)
        if not folder.is_dir():
            raise ConfigError(f"{where} is not a folder: seen from {place_of('')}. Write its path from there.")
        try:
            content = zip_of(folder)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{where} cannot be zipped: it {error}. Copy the files into a folder.") from None
        if len(content) > _LARGEST_UPLOAD:
            raise ConfigError(
                f"{where} makes an archive of {len(content) / 1024 / 1024:.0f} MB: Lambda takes uploads of 50 MB. Upload an archive to "
                "a bucket and use S3Code, or build an image and use ImageCode."
            )
        return {
            "filename": add_asset(owner, f"{name}.zip", content),
            "source_code_hash": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        }


class S3Code(Config):
    """An archive in a bucket of the function's region."""

    kind: Literal["s3"] = "s3"
    """Kind of code, in YAML."""
    bucket: Text
    """Name of the bucket."""
    key: Text
    """Key of the archive."""
    object_version: Text | None = None
    """Version of the object; with it, the function keeps exactly this code."""
    source_code_hash: Annotated[str, TOKEN, _HASH] | None = None
    """Base64 of the archive's SHA-256, by which Terraform sees that the code has changed."""

    def problems(self) -> Iterator[Problem]:
        """Something must tell one archive from the next."""
        if self.object_version is None and self.source_code_hash is None:
            yield Problem(
                "object_version",
                "is missing",
                "Terraform would not see that the archive has changed",
                lambda words: f"Add {words.setting('object_version')} or {words.setting('source_code_hash')}",
            )

    def arguments(self, owner: SecureConstruct, name: str) -> dict[str, Any]:
        """The function's arguments."""
        return {
            "s3_bucket": self.bucket,
            "s3_key": self.key,
            "s3_object_version": self.object_version,
            "source_code_hash": self.source_code_hash,
        }


class ImageCode(Config):
    """A container image, by its digest."""

    kind: Literal["image"] = "image"
    """Kind of code, in YAML."""
    uri: Annotated[str, TOKEN, _BY_DIGEST]
    """The image in a private repository of ECR in the function's region, by its digest."""
    command: tuple[Text, ...] = ()
    """Replaces the image's `CMD`."""
    entry_point: tuple[Text, ...] = ()
    """Replaces the image's `ENTRYPOINT`."""
    working_directory: Text | None = None
    """Replaces the image's `WORKDIR`."""

    def arguments(self, owner: SecureConstruct, name: str) -> dict[str, Any]:
        """The function's arguments."""
        changed = {
            "command": list(self.command) or None,
            "entry_point": list(self.entry_point) or None,
            "working_directory": self.working_directory,
        }
        given = any(value is not None for value in changed.values())
        return {"package_type": "Image", "image_uri": self.uri, "image_config": changed if given else None}
