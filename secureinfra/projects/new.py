"""A new project from a blueprint: a small folder from which a stack is built, checked, planned and applied."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path

from secureinfra import __version__
from secureinfra.check.output import umask
from secureinfra.docstrings import paragraphs_of
from secureinfra.engine import AwsProviderConfig, S3StateConfig
from secureinfra.errors import ConfigurationError
from secureinfra.projects.new_example import example_of
from secureinfra.projects.new_settings import settings_text
from secureinfra.projects.registry import find
from secureinfra.projects.settings import project_of
from secureinfra.projects.synth import document_of
from secureinfra.projects.yaml_file import parse

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


def name_from(folder: Path) -> str:
    """What a project is called that lies in a folder: its name in lower case, with '-' for what names do not take."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")


def files_of(blueprint: str, name: str, *, region: str, owner: str) -> dict[str, str]:
    """The files of a new project, by path; its stack has been built from them once.

    Args:
        blueprint: name of a blueprint, or `package.module:Class`.
        name: what the stack is called.
        region: where it is built.
        owner: who answers for it.

    Raises:
        ConfigError: there is no such blueprint, it shows no usable example, or name or region are refused.
    """
    found = find(blueprint)
    cls, config = found.load(), found.config_type()
    provider = AwsProviderConfig.of({"region": region, "owner": owner, "environment": "development"})
    state = {"bucket": "acme-terraform-state", "key": f"{name}.tfstate", "region": region}
    key = f"arn:aws:kms:{region}:111122223333:alias/acme-terraform-state"
    backend = S3StateConfig.of({**state, "kms_key_id": key})
    settings = settings_text(name, blueprint, config, example_of(cls, config), provider, backend)
    for stack in project_of(parse(settings, "settings.yaml")).stacks:
        document_of(stack)
    fill = {
        "NAME": name,
        "BLUEPRINT": blueprint,
        "ABOUT": "\n\n".join(paragraphs_of(cls)),
        "REGION": region,
        "VERSION": __version__,
        "PROJECT_ID": str(uuid.uuid4()),
    }
    templates = {place: (_TEMPLATES / file).read_text(encoding="utf-8") for file, place in _PLACES.items()}
    filled = {place: re.sub("@([A-Z_]+)@", lambda found: fill[found[1]], text) for place, text in templates.items()}
    return {"settings.yaml": settings, **filled}


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder as a whole, or not at all.

    Args:
        folder: one that does not exist yet, or an empty one.
        files: what it holds, by path.

    Raises:
        ConfigurationError: it holds something, is no folder, or cannot be written.
    """
    refuse_used(folder)
    target = folder.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written: {error.strerror}. Name another folder.") from None
    try:
        for place, text in files.items():
            (beside / place).parent.mkdir(parents=True, exist_ok=True)
            (beside / place).write_text(text, encoding="utf-8")
        # mkdtemp lets nobody else in; a project is as open as what its owner makes.
        beside.chmod(0o777 & ~umask())
        if target.is_dir():
            target.rmdir()
        beside.rename(target)
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written: {error.strerror}. Nothing was written.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def refuse_used(folder: Path) -> None:
    """Refuse a folder that holds something.

    Raises:
        ConfigurationError: it does, or it is no folder.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ConfigurationError(f"{folder}: is no folder. Name a new one, or an empty one.")
    held = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if held:
        raise ConfigurationError(
            f"{folder}: is not empty ({', '.join(held[:3])}): what is there could be lost. Name a new folder."
        )
