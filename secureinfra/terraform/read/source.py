"""What was read from disk or memory: documents, the directory they make up, and the root modules that are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from secureinfra.terraform.read.disk import shown
from secureinfra.terraform.read.labels import LABELS
from secureinfra.terraform.read.positions import Place

Tool = Literal["auto", "terraform", "opentofu"]
"""Whose files are read: `auto` reads those of OpenTofu in a folder that has some."""


@dataclass(frozen=True)
class Unread:
    """A part of the configuration that was not read, so that nothing in it is checked.

    Args:
        what: e.g. `module.network (acme/network/aws)`, `block 'widget'`.
        why: the rest of the sentence.
        place: where it is written, as the beginning of a note: `main.tf:3: `; empty for what lies in no file.
    """

    what: str
    why: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place}{self.what}: {self.why}"


def unknown_kind(kind: str, place: str) -> Unread:
    """What to say of a block at the top of a file that this reader does not know.

    Args:
        kind: as it is called.
        place: as for `Unread`.
    """
    return Unread(f"block {kind!r}", "this kind of block is not known here, so what it holds is not checked.", place)


@dataclass(frozen=True)
class Document:
    """One file, whatever it was written in, as Terraform's JSON syntax would have it.

    Args:
        file: the file as shown to people: relative to the working directory when below it, empty for a document in
            memory.
        body: `{"resource": {type: {name: block}}, "variable": {name: block}, "locals": {name: value}, ...}`. Labels
            hold objects, never lists of them; `provider` holds a list of blocks for each name; `terraform` holds one
            block, or a list where the file has several. What was HCL has its nested blocks as lists of objects.
        places: finds where everything is written; called on the first question for a line.
        unread: its blocks of a kind that is not known here.
    """

    file: str
    body: Mapping[str, Any]
    places: Callable[[], Place] | None = field(default=None, repr=False, compare=False)
    unread: tuple[Unread, ...] = ()

    def line_of(self, *path: str) -> int | None:
        """The line, counted from 1, on which a block or something within it is written.

        Of something that is not written, or deeper than lines are kept, it is the line of the nearest thing around
        it; `None` if the document does not have the block at all. The elements of a list have their index as name,
        which may be left out for the first.

        Args:
            path: e.g. `"resource", "aws_s3_bucket", "b"` or `"resource", "aws_s3_bucket", "b", "acl"`.
        """
        if self._root is None or not path:
            return None
        place = self._root
        named = 1 if path[0] == "locals" else LABELS.get(path[0], 0)
        for depth, name in enumerate(path):
            held = place.get(name)
            if held is None:
                return None if depth <= named else place.line
            place = held
        return place.line

    def place(self, *path: str) -> str:
        """Where something is written, as the beginning of an error: `main.tf:12: `; empty for what lies in no file."""
        if not self.file:
            return ""
        line = self.line_of(*path)
        return f"{self.file}:{line}: " if line else f"{self.file}: "

    @cached_property
    def _root(self) -> Place | None:
        return self.places() if self.places else None


@dataclass(frozen=True)
class Module:
    """One directory of Terraform, or what stands for one.

    Args:
        directory: where relative module sources start; `None` for a document in memory.
        documents: its files in order of name, override files already merged into what they override.
        tfvars: what the variable files of a root directory set, later files over earlier ones; empty for other modules.
        tool: whose files are read where both have some, for the modules that it calls.
        notes: what a reader of the report should know besides: that files of OpenTofu were read.
        unread: what of its files was not read.
    """

    directory: Path | None
    documents: tuple[Document, ...]
    tfvars: Mapping[str, Any] = field(default_factory=dict)
    tool: Tool = "auto"
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Root:
    """One thing to check: a stack, a folder, a file, a plan.

    Args:
        name: the name of a stack in `cdktf.out`, or the path as it was given.
        path: the file or folder, as shown to people.
        module: what was read; `None` for a plan.
        plan: what `terraform show -json` says of a plan; `None` for anything else.
    """

    name: str
    path: str
    module: Module | None
    plan: Mapping[str, Any] | None = None

    @property
    def own_path(self) -> Path | None:
        """Where it lies, if it is called by its path; `None` for a stack, which has a name, or a document in memory."""
        return Path(self.name) if self.path and shown(Path(self.name)) == self.path else None
