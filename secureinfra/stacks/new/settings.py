"""The settings file of a new project: every setting with a description, its default as a comment, and an example if it is required."""

from __future__ import annotations

import io
import textwrap
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from secureinfra.config.config import Config
from secureinfra.config.docstrings import fields_of
from secureinfra.engine.backend import S3StateConfig
from secureinfra.engine.provider import AwsProviderConfig

_WIDTH = 110
_REPLACE, _REQUIRED = " (an example: replace it)", " (required)"


def settings_text(
    name: str,
    blueprint: str,
    config: type[Config],
    example: Config,
    provider: AwsProviderConfig,
    backend: S3StateConfig,
) -> str:
    """The text of `settings.yaml`.

    Args:
        name: name of the stack.
        blueprint: name of the blueprint.
        config: the class of its settings.
        example: settings that the blueprint accepts; they are written as active settings.
        provider: the provider's settings, written the same way.
        backend: an example of the state's location; it is written as a comment.
    """
    lines = [
        f"# The settings of {name}. Commented lines document each setting and its default.",
        "",
        f"blueprint: {blueprint}",
        "# Name of the stack; part of every address and name.",
        f"name: {name}",
        "",
        "# The AWS provider.",
        "provider:",
        *_fields(AwsProviderConfig, provider, 1, set()),
        "",
        "# Where Terraform keeps its state, in S3; without it the state is a local file, for trials only.",
        "# backend:",
        *_commented(_fields(S3StateConfig, backend, 1, set())),
        "",
        "# ARN of the managed policy that bounds every role of the stack.",
        "# permissions_boundary: null",
        "",
        "settings:",
        *_fields(config, example, 1, set()),
        "",
        *_comment(fields_of(Config)["waivers"], "  "),
        "  # waivers: [{control: ..., reason: ..., owner: ..., until: YYYY-MM-DD}]",
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fields(config: type[Config], given: Config | None, depth: int, told: set[type]) -> Iterator[str]:
    """Every field except `waivers`: its description, and its value, which is active if given, else a comment."""
    indent = "  " * depth
    about = fields_of(config)
    spaced = False
    for name, field in config.model_fields.items():
        if name == "waivers":
            continue
        if depth == 1 and spaced:
            yield ""
        spaced = True
        value = getattr(given, name) if given is not None and _is_set(given, name) else None
        required = field.is_required()
        yield from _comment(about.get(name, "") + (_REPLACE if value is not None else _REQUIRED) * required, indent)
        yield from _parts(field.annotation, indent, told, skip=type(value) if isinstance(value, Config) else None)
        if isinstance(value, Config):
            yield f"{indent}{name}:"
            yield from _fields(type(value), value, depth + 1, told)
        elif value is not None:
            yield from _dumped(name, plain(value), indent)
        else:
            default = None if required else field.get_default(call_default_factory=True)
            yield from _commented(_dumped(name, plain(default), indent), indent)


def _is_set(config: Config, name: str) -> bool:
    """Whether a configuration sets a field, or the field selects its kind (`kind`)."""
    annotation = type(config).model_fields[name].annotation
    constant = typing.get_origin(annotation) is typing.Literal and len(typing.get_args(annotation)) == 1
    return name in config.model_fields_set or constant


def _parts(annotation: Any, indent: str, told: set[type], skip: type | None) -> Iterator[str]:
    """Descriptions of the fields of nested configurations, each written once per file."""
    for part in configs_in(annotation):
        if part in told or part is skip:
            continue
        told.add(part)
        about = fields_of(part)
        for name, field in part.model_fields.items():
            if name != "waivers":
                needed = ", required" if field.is_required() else ""
                text = f"{part.__name__} {name}{needed}: {about.get(name, '')}"
                yield from _comment(text, indent, first="  - ", rest="    ")
        for field in part.model_fields.values():
            yield from _parts(field.annotation, indent, told, skip=None)


def configs_in(annotation: Any) -> Iterator[type[Config]]:
    """The configurations that a type may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Config):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from configs_in(argument)


def plain(value: Any) -> Any:
    """A value for YAML: for a configuration, the fields that it sets and its `kind`."""
    if isinstance(value, Config):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields if _is_set(value, name)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _dumped(name: str, value: Any, indent: str) -> list[str]:
    writer = YAML()
    writer.default_flow_style = None
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    setting = CommentedMap({name: value})
    setting.fa.set_block_style()
    writer.representer.add_representer(
        type(None), lambda one, _: one.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    stream = io.StringIO()
    writer.dump(setting, stream)
    return [indent + line for line in stream.getvalue().rstrip("\n").splitlines()]


def _comment(text: str, indent: str, first: str = " ", rest: str = " ") -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield f"{indent}#{rest if number else first}{line}"


def _commented(lines: Any, indent: str = "") -> Iterator[str]:
    for line in lines:
        yield f"{indent}# {line.removeprefix(indent)}"
