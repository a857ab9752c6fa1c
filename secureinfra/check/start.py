"""From paths and settings to a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from secureinfra.check.baseline import read_baseline
from secureinfra.check.checked import Asked
from secureinfra.check.paths import Progress, Task, check_paths
from secureinfra.check.report import Report, report_of
from secureinfra.check.selection import Selection
from secureinfra.check.settings import Settings
from secureinfra.check.waivers import read_waivers
from secureinfra.terraform.read.disk import shown
from secureinfra.terraform.read.inputs import Inputs, variables_in


def report_on(
    paths: Sequence[str],
    settings: Settings,
    environment: Mapping[str, str],
    *,
    compare: bool = True,
    progress: Progress | None = None,
) -> Report:
    """The report on some paths.

    Args:
        paths: files and folders.
        settings: what they are checked with.
        environment: where `TF_VAR_name` sets variables.
        compare: whether known failures are those of the baseline.
        progress: called after each root module, where there are many.

    Raises:
        ConfigError: a pack or control does not exist, or a waiver in the file is refused.
        ConfigurationError: a file cannot be read.
    """
    inputs = Inputs(variables_in(environment), settings.var_files, settings.var, settings.tool)
    selection = Selection.of(settings.packs, settings.control, settings.skip)
    waivers = tuple(read_waivers(settings.waivers)) if settings.waivers else ()
    asked = Asked(selection, waivers, settings.provider)
    known = read_baseline(settings.baseline) if compare and settings.baseline else None
    answer = check_paths(
        paths, Task(asked, inputs), exclude=settings.exclude, recursive=settings.recursive, progress=progress
    )
    used = [f"Settings are those of {shown(settings.file)}."] if settings.file else []
    report = report_of(answer.results, asked, known, [*used, *answer.notes], unread=answer.unread)
    return replace(report, docs_url=settings.docs_url)
