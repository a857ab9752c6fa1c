"""The files of a project that takes over what exists, laid out as `secureinfra new` lays one out."""

from __future__ import annotations

import json
import uuid

from secureinfra.adopt.adopt import Adoption
from secureinfra.adopt.handover import removed_blocks
from secureinfra.adopt.source import Call, Name, public_names, text_of
from secureinfra.adopt.table import as_markdown
from secureinfra.adopt.trial import provider_of
from secureinfra.check.formats.plain import plain
from secureinfra.stacks.new.new import NO_SOURCE, from_templates
from secureinfra.stacks.package_source import installed_from

IMPORTS = "imports.json"
"""The file with the import ids."""
MOVES = "moves.json"
"""The file with the addresses in a state that is kept."""

_README = """\
# @NAME@

Written by `secureinfra adopt`. `main.py` describes what exists already: its first plan imports, changes in place and creates. It
destroys nothing@REPLACES@.

| File | Purpose |
|---|---|
| `main.py` | the program that `cdktf synth` runs |
@FILES@| `old/removed.tf` | for the configuration that managed the resources so far |
| `tests/test_stack.py` | checks that run before anything is planned |
| `.github/workflows/terraform.yml` | checks every change; plans and applies `main` |

## Steps

```console
python -m venv .venv && . .venv/bin/activate
pip install -r requirements.txt
python main.py                        # or: cdktf synth
secureinfra check cdktf.out
cd cdktf.out/stacks/@NAME@ && terraform init && terraform plan
```

1. Read the plan beside the tables below. It must not destroy or replace anything that they do not name.
@STEPS@
## What it comes to

"""

_NEW_STATE = """\
2. Keep the state in S3 before the first apply (`secure_s3_backend`).
3. Apply. Then plan again: it must be empty.
4. Replace the blocks of these resources in the old configuration by `old/removed.tf`, and their references by ids, and apply it. Until
   then, do not apply the old configuration: it would change back what was hardened.
5. Delete `imports.json` and the line with `import_from` in `main.py`: the resources are in the new state.
"""
_SAME_STATE = """\
2. Before that: write the backend of the old configuration into `main.py` (`secure_s3_backend`). Remove the blocks of these resources
   from the old configuration, and its `terraform` and `provider` blocks; put what is left of it, and `old/removed.tf`, beside
   `cdk.tf.json`. What is left out and what has no construct stays in the old blocks: without them, Terraform would destroy it.
3. Apply. Then plan again: it must be empty.
4. Keep `moves.json` for as long as another state has the old addresses. `imports.json`, if there is one, is needed once.
"""
_FILES = {
    IMPORTS: "| `imports.json` | what each resource is imported by |\n",
    MOVES: "| `moves.json` | which address each resource has in the state |\n",
}

_TEST = '''\
"""Checks the stack of main.py: it meets every control."""

import os
import runpy
from pathlib import Path

from secureinfra.testing import addresses, assert_meets, outdir, synthesize

os.environ["CDKTF_OUTDIR"] = outdir()
DOCUMENT = synthesize(runpy.run_path(str(Path(__file__).parents[1] / "main.py"))["stack"])


def test_stack_has_resources() -> None:
    assert addresses(DOCUMENT)


def test_every_control_is_met() -> None:
    assert_meets(DOCUMENT)
'''


def files_of(adoption: Adoption, *, package: str | None = None) -> dict[str, str]:
    """The files of the project, by path.

    Args:
        adoption: what it takes over.
        package: what pip installs secureinfra from; by default the source of this installation, if it is accessible elsewhere.
    """
    fill = {
        "NAME": adoption.name,
        "REGION": str(adoption.estate.region),
        "REQUIREMENT": package or installed_from() or NO_SOURCE,
        "PROJECT_ID": str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"secureinfra:adopt:{adoption.name}:{sorted(adoption.imports.values())}")
        ),
    }
    replaced = any(part.replaced for one in adoption.outcomes for part in one.adopted)
    said = ", except what the tables below call replaced" if replaced else ""
    readme = (
        _README.replace("@STEPS@", _SAME_STATE if adoption.same_state else _NEW_STATE)
        .replace("@NAME@", adoption.name)
        .replace("@REPLACES@", said)
    )
    said_in = {**_said(IMPORTS, adoption.imports), **_said(MOVES, adoption.moves)}
    readme = readme.replace("@FILES@", "".join(_FILES[name] for name in said_in))
    return {
        "main.py": program_of(adoption),
        **said_in,
        "README.md": readme + as_markdown(adoption),
        "old/removed.tf": removed_blocks(adoption),
        "tests/test_stack.py": _TEST,
        **from_templates(fill, ("cdktf.json", "requirements.txt", "gitignore")),
        **{
            path: text.replace("write a backend into settings.yaml", "add secure_s3_backend to main.py")
            for path, text in from_templates(fill, ("workflow.yml",)).items()
        },
    }


def _said(file: str, addresses: dict[str, str]) -> dict[str, str]:
    return {file: json.dumps(addresses, indent=2, ensure_ascii=False) + "\n"} if addresses else {}


def program_of(adoption: Adoption) -> str:
    """The program: one construct after the other, each below the address that it stands for."""
    provider = Call(
        "AwsProvider", (Name("stack"), "aws", Call("AwsProviderConfig", named=provider_of(adoption.estate)))
    )
    calls = [
        provider,
        *(call for one in adoption.outcomes for call in (one.candidate.source(), *one.candidate.steps())),
    ]
    names = {"App", "TerraformStack", "guard", *(name for call in calls for name in public_names(call))}
    names |= {*(("import_from",) if adoption.imports else ()), *(("move_from",) if adoption.moves else ())}
    lines = [
        f'"""Stack {adoption.name}: takes over what was made elsewhere. README.md says what each construct stands for."""',
        "",
        "from pathlib import Path",
        "",
        "from secureinfra import (",
        *(f"    {name}," for name in sorted(names, key=_as_isort)),
        ")",
        "",
        "app = App()",
        f"stack = {text_of(Call('TerraformStack', (Name('app'), adoption.name)))}",
        text_of(provider),
    ]
    if adoption.moves:
        lines.append(f'move_from(stack, Path(__file__).with_name("{MOVES}"))')
    if adoption.imports:
        lines.append("# Once everything is imported, delete this line and the file.")
        lines.append(f'import_from(stack, {text_of(adoption.name)}, Path(__file__).with_name("{IMPORTS}"))')
    for outcome in adoption.outcomes:
        one = outcome.candidate
        made = text_of(one.source(), taken=len(one.variable) + 3)
        lines += ["", f"# {plain(one.main.address)}", f"{one.variable} = {made}", *map(text_of, one.steps())]
    return "\n".join([*lines, "", "guard(stack)", "app.synth()"]) + "\n"


def _as_isort(name: str) -> tuple[int, str]:
    """Constants, classes, functions, as formatters sort them."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)
