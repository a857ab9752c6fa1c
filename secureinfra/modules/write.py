"""Writes a construct or blueprint as a Terraform module: all steps from class and settings to a folder."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from secureinfra.config.config import Config
from secureinfra.engine.provider_major import Major
from secureinfra.errors import ConfigError
from secureinfra.files.generated import Difference, digest
from secureinfra.files.yaml import Places
from secureinfra.modules.build.build import source_of
from secureinfra.modules.build.variables import Wish
from secureinfra.modules.content.assemble import GeneratedModule, assembled
from secureinfra.modules.content.files import FORMATS, Format, files
from secureinfra.modules.content.source import NAME
from secureinfra.modules.entries.catalogue import find
from secureinfra.modules.entries.entry import Entry
from secureinfra.modules.folder.folder import differences, write
from secureinfra.modules.folder.manifest import Manifest, read_manifest
from secureinfra.modules.folder.moves import fingerprints, moves, with_moves
from secureinfra.version import __version__


@dataclass(frozen=True)
class Generated:
    """A module that is ready to be written.

    Args:
        module: its content.
        files: every file but the manifest, by its path.
        manifest: its manifest.
        directory: its folder.
    """

    module: GeneratedModule
    files: Mapping[str, str]
    manifest: Manifest
    directory: Path

    def differences(self) -> list[Difference]:
        """How the folder differs from this module; empty if it is the same.

        Raises:
            ConfigurationError: the folder is not empty and was not written by this library.
        """
        return differences(self.directory, self.files)

    def write(self, *, force: bool = False) -> None:
        """Write the folder completely or not at all.

        Args:
            force: overwrite files that were edited by hand.

        Raises:
            ConfigurationError: a file was edited and `force` is not given, the folder was not written by this library, or it
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
    provider_major: Major | None = None,
    force: bool = False,
) -> GeneratedModule:
    """Write a construct or blueprint as a Terraform module that needs neither Python nor this library.

    Structure is fixed by the settings; names, networks, identifiers, numbers and tags become variables whose `validation`
    blocks make the same checks as Python. The folder contains versions, variables, resources, outputs, a README, tests for
    `terraform test`, an example, and a manifest for regenerating it.

    Args:
        construct: a class that takes scope, id and a `Config`; or a name from `secureinfra module --list`.
        settings: its configuration, or the fields of it; `None` for the defaults.
        directory: a folder that is empty, does not exist, or was written by this function.
        name: default of the variable `name`, after which everything is named; 2 to 20 characters.
        vary: additional settings that become variables, `trust.external_id`, or `setting=variable` to choose the name.
        fix: settings that do not become variables.
        format: `hcl` or `json`.
        provider_major: major version of the AWS provider that the module requires, 5 or 6; `None` for one that both take.
        force: overwrite files that were edited by hand.

    Raises:
        ConfigError: a setting is refused or cannot vary.
        ConfigurationError: a file was edited, the folder was not written by this library, or it cannot be written.

    Example:
        `write_module(SecureVpc, {"zones": 2, "nat": "single"}, "modules/network", name="network")`
    """
    generated = generate(
        construct, settings, directory, name=name, vary=vary, fix=fix, format=format, provider_major=provider_major
    )
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
    provider_major: Major | None = None,
    places: Places | None = None,
) -> Generated:
    """A module that is ready to be written; arguments and errors as for `write_module`, plus the locations of the settings."""
    if format not in FORMATS:
        raise ConfigError(f"format={format!r} is unknown. Write 'hcl' or 'json'.")
    if provider_major not in (None, 5, 6):
        raise ConfigError(f"provider_major={provider_major!r} is unknown. Write 5 or 6, or leave it out.")
    asked = construct if isinstance(construct, str) else f"{construct.__module__}:{construct.__qualname__}"
    entry = _rename_entry(find(asked), name)
    vary, fix = tuple(vary), tuple(fix)
    source = source_of(entry, settings, vary=map(_wish, vary), fix=fix, places=places, provider_major=provider_major)
    module = assembled(source)
    folder = Path(directory)
    previous = read_manifest(folder) if folder.is_dir() else None
    resources = fingerprints(module.document)
    moved = moves(previous.resources, resources, previous.moved) if previous else ()
    module = replace(module, document=with_moves(module.document, moved))
    options: dict[str, Any] = {"name": entry.name, "format": format, "var": list(vary), "const": list(fix)}
    if provider_major is not None:
        options["provider_major"] = provider_major
    written = files(module, format, f"secureinfra module --out {shlex.quote(folder.name or '.')}")
    digests = {path: digest(text) for path, text in written.items()}
    manifest = Manifest(__version__, asked, source.settings, options, resources, digests, moved)
    return Generated(module, written, manifest, folder)


def _rename_entry(entry: Entry, name: str | None) -> Entry:
    if name is None:
        return entry
    if not (2 <= len(name) <= len(NAME) and name.replace("-", "").isalnum() and name == name.lower()):
        raise ConfigError(
            f"name={name!r} is not a name for a module: write 2 to {len(NAME)} lower-case letters, digits and '-', a letter first."
        )
    return replace(entry, name=name, noun=entry.name)


def _wish(text: str) -> Wish:
    setting, _, variable = text.partition("=")
    return Wish(setting, variable)
