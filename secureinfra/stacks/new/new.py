"""Creates a new project from a blueprint: a small folder from which a stack is built, checked, planned and applied."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from secureinfra.blueprints import find
from secureinfra.config.docstrings import paragraphs_of
from secureinfra.engine import AwsProviderConfig, S3StateConfig
from secureinfra.errors import ConfigurationError
from secureinfra.files.folder import fill, replaced
from secureinfra.files.generated import digest
from secureinfra.files.yaml import parse
from secureinfra.reports.costs import costs_of
from secureinfra.stacks.new.example import example_of
from secureinfra.stacks.new.manifest import FILE, ProjectManifest
from secureinfra.stacks.new.settings import settings_text
from secureinfra.stacks.package_source import EXAMPLES, installed_from
from secureinfra.stacks.settings import project_of
from secureinfra.stacks.synth import document_of
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.version import __version__

SETTINGS: Final = "settings.yaml"
"""The settings file of a project: the one file that is the user's from the first day."""
_TEMPLATES = Path(__file__).with_name("template")
# Where each template goes.
_PLACES = {
    "main.py": "main.py",
    "cdktf.json": "cdktf.json",
    "requirements.txt": "requirements.txt",
    "README.md": "README.md",
    "test_stack.py": "tests/test_stack.py",
    "workflow.yml": ".github/workflows/terraform.yml",
    "gitignore": ".gitignore",
}


NO_SOURCE = "\n".join(
    (
        "# Name the source of secureinfra, for example one of these. The name alone would be looked up in the public",
        "# package index, where it is not registered.",
        *(f"# {example}" for example in EXAMPLES),
    )
)
"""The content of `requirements.txt` if no source is known."""


def name_from(folder: Path) -> str:
    """The default name of a project: its folder's name in lower case, with '-' for characters that names cannot have."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")


def files_of(blueprint: str, name: str, *, region: str, owner: str, package: str | None = None) -> dict[str, str]:
    """The files of a new project, by path; its stack was built from them once as a test.

    Args:
        blueprint: name of a blueprint, or `package.module:Class`.
        name: name of the stack.
        region: region of the stack.
        owner: the team responsible for it.
        package: what pip installs secureinfra from; by default the source of this installation, if it is accessible elsewhere.

    Raises:
        ConfigError: there is no such blueprint, it has no usable example, or the name or region is refused.
    """
    found = find(blueprint)
    cls, config = found.load(), found.config_type()
    provider = AwsProviderConfig.of({"region": region, "owner": owner, "environment": "development"})
    state = {"bucket": "acme-terraform-state", "key": f"{name}.tfstate", "region": region}
    key = f"arn:aws:kms:{region}:111122223333:alias/acme-terraform-state"
    backend = S3StateConfig.of({**state, "kms_key_id": key})
    settings = settings_text(name, blueprint, config, example_of(cls, config), provider, backend)
    for stack in project_of(parse(settings, SETTINGS)).stacks:
        document_of(stack)
    package = package or installed_from() or ""
    project_id = str(uuid.uuid4())
    files = filled(blueprint, name, region=region, package=package, project_id=project_id)
    digests = {path: digest(text) for path, text in files.items()}
    manifest = ProjectManifest(__version__, blueprint, name, project_id, package, settings_of(blueprint), digests)
    return {SETTINGS: settings, **files, FILE: manifest.text()}


def costs_in(settings: str) -> dict[str, int]:
    """How many there are of each type that AWS bills, in the stack of a settings file.

    Args:
        settings: its text.

    Raises:
        ConfigError: a setting is refused.
    """
    (stack,) = project_of(parse(settings, SETTINGS)).stacks
    configuration = Configuration.of(document_of(stack), stack.name)
    return {cost.driver.type: cost.count for cost in costs_of([configuration])}


def filled(blueprint: str, name: str, *, region: str, package: str, project_id: str) -> dict[str, str]:
    """The files of a project that do not hold settings, by path: the templates of this version, filled in.

    Args:
        blueprint: name of a blueprint, or `package.module:Class`.
        name: name of the stack.
        region: region of the stack.
        package: what pip installs secureinfra from; empty if that is not known.
        project_id: identifies the project to cdktf.

    Raises:
        ConfigError: there is no such blueprint.
    """
    fill = {
        "NAME": name,
        "BLUEPRINT": blueprint,
        "ABOUT": "\n\n".join(paragraphs_of(find(blueprint).load())),
        "REGION": region,
        "REQUIREMENT": package or NO_SOURCE,
        "PROJECT_ID": project_id,
    }
    return from_templates(fill, _PLACES)


def from_templates(fill: Mapping[str, str], templates: Iterable[str]) -> dict[str, str]:
    """Files of a project that hold no settings, by path.

    Args:
        fill: what stands for each `@NAME@` in them.
        templates: which files, by the names of their templates.
    """
    texts = {_PLACES[name]: (_TEMPLATES / name).read_text(encoding="utf-8") for name in templates}
    return {place: re.sub("@([A-Z_]+)@", lambda found: fill[found[1]], text) for place, text in texts.items()}


def settings_of(blueprint: str) -> tuple[str, ...]:
    """Names of a blueprint's settings.

    Raises:
        ConfigError: there is no such blueprint.
    """
    return tuple(find(blueprint).config_type().model_fields)


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder completely or not at all.

    Args:
        folder: one that does not exist yet, or an empty one.
        files: its files, by path.

    Raises:
        ConfigurationError: it is not empty, is not a folder, or cannot be written.
    """
    refuse_used(folder)
    with replaced(folder) as fresh:
        fill(fresh, files)


def refuse_used(folder: Path) -> None:
    """Refuse a folder that is not empty.

    Raises:
        ConfigurationError: it is not empty, or not a folder.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ConfigurationError(f"{folder}: is not a folder. Name a new one, or an empty one.")
    held = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if held:
        raise ConfigurationError(
            f"{folder}: is not empty ({', '.join(held[:3])}): its files could be lost. Name a new folder."
        )
