"""A construct or blueprint written out as a Terraform module: the whole way, from class and settings to a folder."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from secureinfra import __version__
from secureinfra.config import Config
from secureinfra.errors import ConfigError
from secureinfra.generator.build import source_of
from secureinfra.generator.catalogue import find
from secureinfra.generator.entry import Entry
from secureinfra.generator.variables import Wish
from secureinfra.modules.assemble import Module, assembled
from secureinfra.modules.files import FORMATS, Format, files
from secureinfra.modules.folder import Difference, differences, write
from secureinfra.modules.manifest import Manifest, digest, read_manifest
from secureinfra.modules.moves import fingerprints, moves, with_moves
from secureinfra.modules.source import NAME
from secureinfra.projects.yaml_file import Places


@dataclass(frozen=True)
class Generated:
    """A module that is ready to be written.

    Args:
        module: what it consists of.
        files: every file but the manifest, by its path.
        manifest: its manifest.
        directory: where it belongs.
    """

    module: Module
    files: Mapping[str, str]
    manifest: Manifest
    directory: Path

    def differences(self) -> list[Difference]:
        """How the folder differs from this module; empty where it is the same.

        Raises:
            ConfigurationError: the folder is not empty and belongs to somebody else.
        """
        return differences(self.directory, self.files)

    def write(self, *, force: bool = False) -> None:
        """Write it: the whole folder or nothing.

        Args:
            force: overwrite files that were edited by hand.

        Raises:
            ConfigurationError: a file was edited and `force` is not given, the folder belongs to somebody else, or it
                cannot be written.
        """
        write(self.directory, self.files, self.manifest, force=force)


def write_module(
    construct: type | str,
    settings: Mapping[str, Any] | Config | None,
    directory: str | Path,
    *,
    name: str | None = None,
    vary: Iterable[str] = (),
    fix: Collection[str] = (),
    format: Format = "hcl",
    force: bool = False,
) -> Module:
    """Write a construct or blueprint out as a Terraform module that needs neither Python nor this library.

    Structure is fixed by the settings; names, networks, identifiers, numbers and tags become variables whose `validation`
    blocks keep the guards that Python has. The folder gets versions, variables, resources, outputs, a page, tests for
    `terraform test`, an example, and a manifest by which it can be written again.

    Args:
        construct: a class that takes scope, id and a `Config`; or a name that `secureinfra module --list` knows.
        settings: its configuration, or the fields of it; `None` for the defaults.
        directory: where; a folder that is empty, does not exist, or was written by this function.
        name: default of the variable `name`, after which everything is named; 2 to 20 characters.
        vary: further settings that become variables, `trust.external_id`, or `setting=variable` to choose the name.
        fix: settings that do not become variables.
        format: `hcl` or `json`.
        force: overwrite files that were edited by hand.

    Raises:
        ConfigError: a setting is refused or cannot vary.
        ConfigurationError: a file was edited, the folder belongs to somebody else, or it cannot be written.

    Example:
        `write_module(SecureVpc, {"zones": 2, "nat": "single"}, "modules/network", name="network")`
    """
    generated = generate(construct, settings, directory, name=name, vary=vary, fix=fix, format=format)
    generated.write(force=force)
    return generated.module


def generate(
    construct: type | str,
    settings: Mapping[str, Any] | Config | None,
    directory: str | Path,
    *,
    name: str | None = None,
    vary: Iterable[str] = (),
    fix: Collection[str] = (),
    format: Format = "hcl",
    places: Places | None = None,
) -> Generated:
    """A module that is ready to be written; arguments and errors as for `write_module`, and where the settings stand."""
    if format not in FORMATS:
        raise ConfigError(f"format={format!r} is unknown. Write 'hcl' or 'json'.")
    asked = construct if isinstance(construct, str) else f"{construct.__module__}:{construct.__qualname__}"
    entry = _named(find(asked), name)
    vary, fix = tuple(vary), tuple(fix)
    source = source_of(entry, settings, vary=map(_wish, vary), fix=fix, places=places)
    module = assembled(source)
    folder = Path(directory)
    previous = read_manifest(folder) if folder.is_dir() else None
    resources = fingerprints(module.document)
    moved = moves(previous.resources, resources, previous.moved) if previous else ()
    module = replace(module, document=with_moves(module.document, moved))
    options: dict[str, Any] = {"name": entry.name, "format": format, "var": list(vary), "const": list(fix)}
    written = files(module, format, f"secureinfra module --out {shlex.quote(folder.name or '.')}")
    digests = {path: digest(text) for path, text in written.items()}
    manifest = Manifest(__version__, asked, source.settings, options, resources, digests, moved)
    return Generated(module, written, manifest, folder)


def _named(entry: Entry, name: str | None) -> Entry:
    if name is None:
        return entry
    if not (2 <= len(name) <= len(NAME) and name.replace("-", "").isalnum() and name == name.lower()):
        raise ConfigError(
            f"name={name!r} is no name for a module: write 2 to {len(NAME)} lower-case letters, digits and '-', a letter first."
        )
    return replace(entry, name=name, noun=entry.name)


def _wish(text: str) -> Wish:
    setting, _, variable = text.partition("=")
    return Wish(setting, variable)
