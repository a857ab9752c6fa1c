"""Files of policies: one for each service, with a policy for each control and resource type, and one with their tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from secureinfra.controls.control import Control
from secureinfra.controls.registry import checks_of, types_of
from secureinfra.errors import ConfigurationError
from secureinfra.facts.provider import PROVIDER_SOURCE, PROVIDER_VERSION
from secureinfra.files.generated import replace_files
from secureinfra.tfpolicy.condition import conditions_of
from secureinfra.tfpolicy.mocks import tests_of
from secureinfra.tfpolicy.policy import Policy
from secureinfra.version import __version__

SIGNATURE = "# Written by secureinfra policy"
"""The first words of a file that may be overwritten."""
_END = ".policy.hcl"
_TESTS_END = ".policytest.hcl"

# developer.hashicorp.com/terraform/policy/reference/policy; each file is evaluated for itself. `tfpolicy validate` refuses a file
# without `required_providers`: github.com/hashicorp/agent-skills, plugins/terraform/skills/terraform-policy.
_HEAD = """{signature} {version}. Change nothing here: run the command again.
# Each policy says what `secureinfra controls ID` explains. They cannot see what other resources protect this one with.

policy {{
  required_providers {{
    aws = {{
      source  = "{source}"
      version = "{range}"
    }}
  }}
}}
"""
_TESTS_HEAD = f"{SIGNATURE} {__version__}. Change nothing here: run the command again. Run them with: tfpolicy test\n"


def policies_of(controls: Iterable[Control]) -> list[Policy]:
    """What can be written of some controls, in the order of types and ids; the rest needs more than arguments of one resource."""
    return sorted(_policies(controls), key=lambda one: (one.type, one.control.id))


def _policies(controls: Iterable[Control]) -> Iterator[Policy]:
    for control in controls:
        for type in types_of(control):
            if not type.startswith("aws_"):
                continue
            parts = [conditions_of(check, type) for asked, check in checks_of(type) if asked is control]
            if all(parts):
                yield Policy(control, type, tuple(one for part in parts for one in part))


def files_of(policies: Iterable[Policy]) -> dict[str, str]:
    """The text of each file of policies, and of the tests beside it, by its name."""
    held: dict[str, list[Policy]] = {}
    for one in policies:
        held.setdefault(_service(one.type), []).append(one)
    head = _HEAD.format(signature=SIGNATURE, version=__version__, source=PROVIDER_SOURCE, range=PROVIDER_VERSION)
    files = {}
    for service, found in sorted(held.items()):
        files[f"{service}{_END}"] = "\n".join((head, *map(_written, found)))
        files[f"{service}{_TESTS_END}"] = "\n".join((_TESTS_HEAD, tests_of(service, found)))
    return files


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files, and remove those that an earlier run wrote and this one does not.

    Raises:
        ConfigurationError: a file was not written by this library, or cannot be written; nothing was changed.
    """
    found = [path for end in (_END, _TESTS_END) for path in folder.glob(f"*{end}")] if folder.is_dir() else []
    present = {path.name: path for path in found}
    ours = {name for name, path in present.items() if path.is_file() and _is_ours(path)}
    foreign = sorted(set(present) & set(files) - ours)
    if foreign:
        raise ConfigurationError(f"{folder / foreign[0]}: was not written by secureinfra policy. Move it away.")
    replace_files(folder, files, ours)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(len(SIGNATURE)) == SIGNATURE.encode()


def _service(type: str) -> str:
    return type.split("_")[1]


def _written(policy: Policy) -> str:
    label = policy.control.id.replace("-", "_")
    lines = [
        f"# {policy.control.title}.",
        f'resource_policy "{policy.type}" "{label}" {{',
        '  enforcement_level = "mandatory"',
    ]
    for one in policy.conditions:
        message = (
            f"{policy.control.title} ({policy.control.id}). Expected: {one.expected}. Otherwise {policy.control.why}."
        )
        lines += [
            "",
            "  enforce {",
            f"    condition     = {one.expression}",
            f"    error_message = {_text(message)}",
            "  }",
        ]
    return "\n".join((*lines, "}", ""))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
