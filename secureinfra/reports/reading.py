"""What a report needs besides the findings: the configurations themselves, and the digests of their files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from secureinfra.check.report import Report
from secureinfra.check.settings import Settings
from secureinfra.errors import SecureInfraError
from secureinfra.reports.facts import Digest
from secureinfra.reports.paths import Paths
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.inputs import Inputs, variables_in

__all__ = ["configurations_of", "digests_of"]


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
    """The SHA-256 of every file in which a resource is written, in the order of their paths.

    Args:
        configurations: what was read.
        paths: what files are called.
    """
    files = {block.file for configuration in configurations for block in configuration.blocks if block.file}
    return [
        Digest(paths.of(file), hashlib.sha256(Path(file).read_bytes()).hexdigest())
        for file in sorted(files)
        if Path(file).is_file()
    ]
