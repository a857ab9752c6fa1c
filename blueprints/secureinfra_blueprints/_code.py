"""What a blueprint's function runs: code of a runtime, or an image."""

from __future__ import annotations

from typing import Any

from secureinfra import FolderCode, ImageCode, S3Code


def runs(code: FolderCode | S3Code | ImageCode, runtime: str | None, handler: str | None) -> dict[str, Any]:
    """The arguments of a `FunctionConfig` for it: an image says itself what runs, so that it has neither runtime nor handler.

    Args:
        code: a folder, an archive in a bucket, or an image.
        runtime: language and version.
        handler: what Lambda calls.
    """
    if isinstance(code, ImageCode):
        return {"code": code}
    return {"code": code, "runtime": runtime, "handler": handler}
