"""What `app.synth()` does in addition to the engine: it raises our own errors, and says what was written and where."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from secureinfra import uncaught
from secureinfra.engine._cdk import START
from secureinfra.engine.earlier_files import EarlierFiles
from secureinfra.errors import ConfigError
from secureinfra.files.state_encryption import FILE, is_ours

QUIET = "SECUREINFRA_QUIET"


class Synthesis:
    """What is known about the synthesis of one app.

    Attributes:
        done: whether `app.synth()` has written the app.
        late: paths of constructs that were created since.
        assets: content of the files that belong beside a stack's Terraform, by the stack's path and the file's path there.
        encryption: OpenTofu's encryption of a stack's state, by the stack's path; `None` if its backend has none.
    """

    def __init__(self) -> None:
        self.done = False
        self.late: list[str] = []
        self.assets: dict[tuple[str, str], bytes] = {}
        self.encryption: dict[str, str | None] = {}
        self._notes: dict[str, None] = {}

    def note(self, text: str) -> None:
        """Say something at the end of the synthesis that is not an error, but that the output does not show."""
        self._notes[text] = None

    def created(self, path: str) -> None:
        """Remember a construct if the app has been written without it."""
        if not self.done:
            return
        if not self.late:
            atexit.register(self._say_what_is_late)
        self.late.append(path)

    def write_assets(self, outdir: str) -> None:
        """Write the files that belong beside the Terraform of each stack, and remove an encryption that a stack no longer has.

        Args:
            outdir: the app's output folder, in which the engine has written the stacks.

        Raises:
            ConfigError: a file cannot be written.
        """
        folders = {stack["constructPath"]: START / outdir / stack["workingDirectory"] for stack in _stacks_in(outdir)}
        encrypted = {stack: text for stack, text in self.encryption.items() if text is not None}
        beside = {(stack, FILE): text.encode() for stack, text in encrypted.items()}
        place: Path = START / outdir
        try:
            for (stack, path), content in (self.assets | beside).items():
                place = folders[stack] / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            for stack, folder in folders.items():
                place = folder / FILE
                if stack not in encrypted and is_ours(place):
                    place.unlink()
        except OSError as error:
            raise _refused(str(place), error.strerror or type(error).__name__) from None

    def written(self) -> None:
        """The app has been written: print the notes, each once."""
        self.done = True
        self.late.clear()
        for text in self._notes:
            _say(text)
        self._notes.clear()

    def _say_what_is_late(self) -> None:
        if self.late:
            _say(
                f"NOT written, since created after app.synth(): {', '.join(self.late)}. Create them before, or call app.synth() "
                "again."
            )


def install(app: type, before: Callable[[Any], Synthesis | None]) -> None:
    """Wrap the engine's `App`, so that its errors and its silence are ours.

    The engine has no hook that runs after it has written, and answers every error of Python's with one of its own.

    Args:
        app: the engine's class.
        before: called with the app before it is synthesized; `None` if nothing in the app is of this library.
    """
    constructed: Any = app.__init__  # type: ignore[misc]
    synthesized: Any = app.synth  # type: ignore[attr-defined]

    @functools.wraps(constructed)
    def construct(self: Any, *args: Any, **keywords: Any) -> None:
        # The engine reads the environment of its own process, which started when it was imported.
        if keywords.get("outdir") is None and os.environ.get("CDKTF_OUTDIR"):
            keywords["outdir"] = os.environ["CDKTF_OUTDIR"]
        _make_room(keywords.get("outdir"))
        try:
            constructed(self, *args, **keywords)
        except RuntimeError as error:
            raise _unwritable(error) or error from None

    @functools.wraps(synthesized)
    def synth(self: Any) -> None:
        synthesis = None
        earlier = EarlierFiles(START / self.outdir)
        try:
            synthesis = before(self)
            synthesized(self)
        except RuntimeError as error:
            if synthesis is not None:
                _put_back(earlier, self.outdir)
            raise uncaught.original(error) or _unwritable(error) or error from None
        if synthesis is not None:
            synthesis.write_assets(self.outdir)
            synthesis.written()
            if os.environ.get(QUIET, "") in ("", "0"):
                _say(_summary(self.outdir))

    app.__init__, app.synth = construct, synth  # type: ignore[misc, attr-defined]


def _say(text: str) -> None:
    sys.stderr.write(f"secureinfra: {text}\n")


def _put_back(earlier: EarlierFiles, outdir: str) -> None:
    """Undo the stacks that were written before one was refused."""
    try:
        earlier.put_back()
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        _say(f"{outdir}: some stacks were written before another was refused, and cannot be put back: {why}.")


def _make_room(outdir: Any) -> None:
    """Create the folders above the output folder, which the engine expects."""
    if not isinstance(outdir, str):
        return
    try:
        (START / outdir).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(outdir, error.strerror or type(error).__name__) from None


def _unwritable(error: RuntimeError) -> ConfigError | None:
    """The engine's error as ours, if the file system refused to write."""
    text = str(error)
    for code, why in (
        ("EACCES", "permission denied"),
        ("EPERM", "permission denied"),
        ("EROFS", "the file system is read-only"),
        ("ENOSPC", "no space is left"),
        ("ENOTDIR", "it is not a folder"),
        ("ENOENT", "its folder does not exist"),
    ):
        if f"{code}:" in text:
            return _refused(text.rpartition(" '")[2].rstrip("'\n") or "the output folder", why)
    return None


def _refused(path: str, why: str) -> ConfigError:
    return ConfigError(
        f"{path}: cannot be written: {why.lower()}. Use a folder that can be written: App(outdir=...) or CDKTF_OUTDIR."
    )


def _stacks_in(outdir: str) -> list[dict[str, Any]]:
    """What the engine's manifest says of each stack."""
    stacks: dict[str, Any] = json.loads((START / outdir / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    return list(stacks.values())


def _summary(outdir: str) -> str:
    """The stacks that were written, where they are, and the next command."""
    written = START / outdir
    stacks = {stack["name"]: stack for stack in _stacks_in(outdir)}
    ordered = sorted(stacks.values(), key=lambda stack: len(_before(stack["name"], stacks)))
    names = [f"{stack['name']} ({_resources(written / stack['synthesizedStackPath'])})" for stack in ordered]
    if not names:
        return f"the app has no stack, so {outdir} holds none. Add a TerraformStack(app, 'name')."
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    folder = shlex.quote(os.path.join(outdir, ordered[0]["workingDirectory"]))
    # Terraform would store the state of a new stack in plain text, and cannot read an encrypted one.
    tool = "tofu" if is_ours(written / ordered[0]["workingDirectory"] / FILE) else "terraform"
    return f"wrote {listed} to {os.path.join(outdir, 'stacks')}. Next: {tool} -chdir={folder} init, then plan."


def _before(name: str, stacks: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    ahead = [name]
    while ahead:
        needed = set(stacks.get(ahead.pop(), {}).get("dependencies", ())) - found
        found |= needed
        ahead += needed
    return found


def _resources(file: Path) -> str:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # The engine's HCL output.
        return "not counted"
    blocks: Iterable[Any] = document.get("resource", {}).values()
    count = sum(len(named) for named in blocks)
    return f"{count} resource{'' if count == 1 else 's'}"
