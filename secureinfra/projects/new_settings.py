"""The settings file of a new project: every setting with what it does, its default as a comment, an example where one must be given."""

from __future__ import annotations

import io
import textwrap
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from secureinfra.config import Config
from secureinfra.docstrings import fields_of
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
        example: settings that it accepts; what they set stands there in force.
        provider: the provider's settings, in the same way.
        backend: an example of where the state lies; it stands there as a comment.
    """
    lines = [
        f"# The settings of {name}. What begins with '#' is not in force: it says what a setting does, and what holds without it.",
        "",
        f"blueprint: {blueprint}",
        "# What the stack is called; part of every address and name.",
        f"name: {name}",
        "",
        "# The AWS provider.",
        "provider:",
        *_fields(AwsProviderConfig, provider, 1, set()),
        "",
        "# Where Terraform keeps its state, in S3; without it the state is a file beside the plan, for trials only.",
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
    """Every field but `waivers`: what it does, and its value: in force where given, else as a comment."""
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
    """Whether a configuration sets a field, or the field tells it apart from others (`kind`)."""
    annotation = type(config).model_fields[name].annotation
    constant = typing.get_origin(annotation) is typing.Literal and len(typing.get_args(annotation)) == 1
    return name in config.model_fields_set or constant


def _parts(annotation: Any, indent: str, told: set[type], skip: type | None) -> Iterator[str]:
    """What the fields of nested configurations are, each told once in a file."""
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
    """A value as YAML holds it: of a configuration, what it sets and what tells it apart."""
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
