"""What a report needs besides the findings: the configurations themselves, and the digests of their files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from secureinfra.check.report import Report
from secureinfra.check.settings import Settings
from secureinfra.errors import SecureInfraError
from secureinfra.reports.facts import Digest
from secureinfra.reports.paths import Paths
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.disk import shown
from secureinfra.terraform.read.inputs import Inputs, variables_in
from secureinfra.terraform.read.load import names_of

__all__ = ["configurations_of", "digests_of", "digests_of_settings"]

# developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
_VARIABLES = (".auto.tfvars", ".auto.tfvars.json", "terraform.tfvars", "terraform.tfvars.json")


def configurations_of(
    paths: Sequence[str], report: Report, settings: Settings, environment: Mapping[str, str]
) -> list[Configuration]:
    """The configurations that a report is about; what cannot be read is a finding there already.

    Args:
        paths: what was checked.
        report: what came of it.
        settings: with which it was read.
        environment: where `TF_VAR_name` sets variables.
    """
    inputs = Inputs(variables_in(environment), settings.var_files, settings.var, settings.tool)
    found: dict[str, Configuration] = {}
    for path in [*map(Path, paths), *report.paths.values()]:
        if path.is_dir() and path.resolve() not in report.paths.values() and report.paths:
            continue
        try:
            loaded = Configuration.load(path, inputs)
        except SecureInfraError:
            continue
        for configuration in loaded:
            if configuration.name in report.configurations or path in report.paths.values():
                found.setdefault(
                    str((configuration.path and configuration.path.resolve()) or configuration.name), configuration
                )
    return list(found.values())


def digests_of(configurations: Iterable[Configuration], paths: Paths) -> list[Digest]:
    """The SHA-256 of every file that was read, in the order of their names: those of modules and of variables, too.

    What functions such as `file()` read is not among them.

    Args:
        configurations: what was read.
        paths: what files are called.
    """
    found: dict[Path, str] = {}
    for configuration in configurations:
        for file in _files_of(configuration):
            found.setdefault(file.resolve(), shown(file))
    return _digests(found, paths)


def digests_of_settings(settings: Settings, paths: Paths, *, baseline: bool = True) -> list[Digest]:
    """The SHA-256 of the files that say how something was checked.

    Args:
        settings: with which it was read.
        paths: what files are called.
        baseline: whether failures of the baseline were left out.
    """
    named = (settings.file, settings.waivers, settings.baseline if baseline else None, *settings.var_files)
    return _digests({Path(file).resolve(): shown(Path(file)) for file in named if file}, paths)


def _digests(found: Mapping[Path, str], paths: Paths) -> list[Digest]:
    return sorted(
        (
            Digest(paths.of(name), hashlib.sha256(file.read_bytes()).hexdigest())
            for file, name in found.items()
            if file.is_file()
        ),
        key=lambda one: (one.path, one.sha256),
    )


def _files_of(configuration: Configuration) -> Iterator[Path]:
    """The files of blocks, and what else is read with them: one file or plan by itself, or all of each folder."""
    own = configuration.path
    files = {Path(block.file) for block in configuration.blocks if block.file}
    yield from sorted(files)
    folders = set(configuration.called)
    if own is not None and own.is_file():
        yield own
    else:
        folders |= {file.parent for file in files} | ({own} if own is not None else set())
    for folder in sorted(folders):
        if folder.is_dir():
            variables = sorted(name for name in os.listdir(folder) if name.endswith(_VARIABLES))
            yield from (folder / name for name in (*names_of(folder, "auto"), *variables))
