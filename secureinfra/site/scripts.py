"""Scripts of others that the site has copies of: Mermaid, which draws diagrams, and what lets the search work from a folder.

Each is one file of a package of npm, under the MIT license, whose text stands beside it. `make site` fetches the packages; they are no
part of this repository. Without them, diagrams stay text and the search needs a server.
"""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path
from typing import Final, NamedTuple

from secureinfra.errors import ConfigurationError


class Script(NamedTuple):
    """A file of a package.

    Args:
        package: its name and version.
        sha256: of the package, as npm packs it.
        member: the file in it.
        name: the file's name in the site.
    """

    package: str
    sha256: str
    member: str
    name: str

    @property
    def archive(self) -> str:
        """The package's file name."""
        return f"{self.package.replace('@', '-')}.tgz"

    @property
    def license(self) -> str:
        """The name of its license in the site."""
        return f"{self.name.partition('.')[0]}-license.txt"


SCRIPTS: Final = (
    Script(
        "mermaid@11.12.0",
        "93492e4d609be83653a41c435f4cbd7e74419f7fa6b4fc90a8c983195f64af82",
        "package/dist/mermaid.min.js",
        "mermaid.min.js",
    ),
    Script(
        "iframe-worker@1.0.4",
        "e8c5d12d87829c503afba01d67772ea9f4aba5b7ae57a0c98e1917711030efbb",
        "package/shim/index.js",
        "iframe-worker.js",
    ),
)


def scripts_in(folder: Path) -> dict[str, bytes]:
    """The scripts and their licenses, by name.

    Args:
        folder: where `npm pack` put the packages.

    Raises:
        ConfigurationError: a package is missing or is another one.
    """
    found: dict[str, bytes] = {}
    for script in SCRIPTS:
        archive = folder / script.archive
        try:
            content = archive.read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"{archive}: cannot be read: {error.strerror}. Fetch it: npm pack {script.package}"
            ) from None
        if hashlib.sha256(content).hexdigest() != script.sha256:
            raise ConfigurationError(f"{archive}: is not the package that this version was tried with. Remove it.")
        with tarfile.open(archive) as members:
            found[script.name] = _read(members, script.member)
            found[script.license] = _read(members, "package/LICENSE")
    return found


def _read(members: tarfile.TarFile, name: str) -> bytes:
    member = members.extractfile(name)
    if member is None:
        raise ConfigurationError(f"{name}: is not a file of its package.")
    return member.read()
