"""Where Terraform keeps the state of a stack without a backend: in the working folder, by a path that holds on every machine."""

from __future__ import annotations

import os

from secureinfra.engine._cdk import START, LocalBackend, TerraformStack


def keep_state_by_relative_path(stack: TerraformStack) -> None:
    """Give a stack without a backend the engine's own, a file in the working folder, by its relative path.

    The engine writes the absolute path, so that the output differs between machines and a copied folder would use the
    state of the original. The file stays where it was.

    Args:
        stack: the stack; a backend that it has stays as it is.
    """
    node = stack.node
    outdir = getattr(node.root, "outdir", None)
    # Every backend of the engine has this id.
    if not isinstance(outdir, str) or node.try_find_child("backend") is not None:
        return
    try:
        path = os.path.relpath(START / f"terraform.{node.id}.tfstate", START / outdir / "stacks" / node.id)
    except ValueError:
        # On another drive of Windows.
        return
    LocalBackend(stack, path=path.replace(os.sep, "/"))
