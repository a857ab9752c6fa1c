"""What a client may ask: each tool is one function, whose arguments and docstring are what the client sees of it."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated, Any, Literal

from pydantic import Field

from secureinfra.check.checked import Asked, checked
from secureinfra.check.formats.as_json import entry
from secureinfra.check.formats.control import as_object
from secureinfra.check.formats.plain import quiet
from secureinfra.check.paths import Task, check_paths
from secureinfra.check.proofs.answers import rendered
from secureinfra.check.report import Report, report_of
from secureinfra.check.selection import Selection
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import PACKS, in_order, is_in, known
from secureinfra.controls.search import Hit, search
from secureinfra.errors import ConfigError
from secureinfra.mcp.source import allowed, configurations
from secureinfra.proofs.model.asking import can, who
from secureinfra.proofs.model.names import known_action, principal_named, resource_named
from secureinfra.terraform.read.inputs import Inputs

_MOST = 100
"""So many findings or controls are in one answer; it says how many are left out."""

Text = Annotated[
    str, Field(description="Terraform: HCL, Terraform JSON, or a plan as `terraform show -json` prints it.")
]
Place = Annotated[
    str,
    Field(
        description="Instead of text: a folder or file of Terraform, a cdktf.out, or a plan, below the folder of the server."
    ),
]
Pack = Annotated[str, Field(description=f"One of {', '.join(PACKS)}.")]
Action = Annotated[str, Field(description="An action of AWS, e.g. s3:GetObject, or a pattern, e.g. sqs:*.")]
Resource = Annotated[str, Field(description="The address of a resource, e.g. aws_s3_bucket.uploads, or an ARN.")]


def list_controls(
    words: Annotated[str, Field(description="An id of a framework or scanner (S3.5, CKV_AWS_21), or words.")] = "",
    pack: Pack = "all",
) -> str:
    """List security controls for Terraform on AWS, all or those with an id or words: id, severity and title."""
    named = known(pack)
    hits = search(words) if words.strip() else [Hit(control) for control in in_order(named)]
    found = [hit.control for hit in hits if is_in(hit.control, named)]
    shown = [{"id": one.id, "severity": one.severity or None, "title": one.title} for one in found[:_MOST]]
    return _json({"found": len(found), "left_out": len(found) - len(shown), "controls": shown})


def explain_control(
    control: Annotated[str, Field(description="Its id, or one that a framework or scanner has for it.")],
) -> str:
    """Explain a control: what it requires, why, how to fix Terraform that breaks it, and which frameworks require it."""
    return _json([as_object(hit.control, ("all",)) for hit in search(control)[:_MOST]])


def check_terraform(
    text: Text = "",
    path: Place = "",
    packs: Annotated[list[str], Field(description=f"Packs of controls: {', '.join(PACKS)}.")] = ["all"],  # noqa: B006 - read only
    controls: Annotated[list[str], Field(description="Check only these controls, by any known id.")] = [],  # noqa: B006 - as above
) -> str:
    """Check Terraform against security controls for AWS. Nothing is executed.

    What is failed has what was found, what is expected, and the fix. What only Terraform knows is unknown, never passed.
    """
    asked = Asked(Selection.of(packs, controls), (), ())
    if path and not text:
        # In this process: others would not know which folder may be read.
        answer = check_paths([allowed(path)], Task(asked, Inputs()), processes=1)
        return _json(_findings(report_of(answer.results, asked, None, answer.notes, unread=answer.unread)))
    return _json(_findings(report_of([checked(one, asked) for one in configurations(text, path)], asked)))


def who_can(action: Action, resource: Resource, text: Text = "", path: Place = "") -> str:
    """Show which principals may do something on a resource, by the policies of the Terraform, each with a request that is allowed.

    A verdict is ALLOWED, with a request; NOT ALLOWED, which is proved; or UNKNOWN, where it depends on what is not known.
    """
    asked, read = known_action(action), configurations(text, path)
    named = resource_named(resource, read)
    return rendered(who(asked, named), asked, named, "json", everyone=True)


def can_principal(
    principal: Annotated[
        str, Field(description="An address, an ARN, `anonymous`, `external` or `account:111122223333`.")
    ],
    action: Action,
    resource: Resource,
    text: Text = "",
    path: Place = "",
) -> str:
    """Prove whether a principal may do something on a resource, or show a request that is allowed.

    The verdict is ALLOWED, NOT ALLOWED, or UNKNOWN, where it depends on what is not known.
    """
    asked, read = known_action(action), configurations(text, path)
    named = resource_named(resource, read)
    return rendered([can(principal_named(principal, read), asked, named)], asked, named, "json", everyone=True)


def explain_name(
    name: Annotated[
        str, Field(description="A public name, e.g. SecureBucket or SecureBucket.grant_read; empty lists all.")
    ] = "",
) -> str:
    """Explain a construct, configuration or function of the Python library secureinfra: guarantees, settings, methods, example."""
    from secureinfra.reference import index, reference  # noqa: PLC0415 - starts the engine

    if not name:
        return _json({kind: dict(held) for kind, held in index().items()})
    return _json(dataclasses.asdict(reference(name)))


def write_module(
    module: Annotated[
        str, Field(description="The name of a module, e.g. bucket, vpc or database; empty lists all.")
    ] = "",
    settings: Annotated[dict[str, Any], Field(description="Its settings, as explain_name lists them.")] = {},  # noqa: B006 - read only
    name: Annotated[str, Field(description="Default of the variable `name`, the prefix of all names.")] = "",
    format: Annotated[Literal["hcl", "json"], Field(description="Form of the files.")] = "hcl",
) -> str:
    """Write a hardened Terraform module and give its files as text. Nothing is written to disk."""
    from secureinfra.modules.entries.catalogue import entries  # noqa: PLC0415 - starts the engine
    from secureinfra.modules.write import generate  # noqa: PLC0415 - as above

    known_modules = entries()
    if not module:
        return _json({"modules": sorted(known_modules)})
    if module not in known_modules:
        # A class of one's own would be imported, and so run.
        raise ConfigError(f"unknown module {module!r}. Give one of {', '.join(sorted(known_modules))}.")
    generated = generate(module, settings, f"modules/{module}", name=name or None, format=format)
    return _json({"files": dict(generated.files)})


TOOLS = (list_controls, explain_control, check_terraform, who_can, can_principal, explain_name, write_module)


def _findings(report: Report) -> dict[str, Any]:
    failed = sorted(report.of_status("failed"), key=lambda one: -SEVERITIES.index(one.severity))
    unknown = report.of_status("unknown")
    return {
        "totals": report.totals_line,
        "failed": [entry(one, report.packs) for one in failed[:_MOST]],
        "unknown": [entry(one) for one in unknown[:_MOST]],
        "left_out": max(0, len(failed) - _MOST) + max(0, len(unknown) - _MOST),
        "not_read": report.unread,
        "notes": report.remarks,
    }


def _json(held: Any) -> str:
    return quiet(json.dumps(held, indent=1), "json")
