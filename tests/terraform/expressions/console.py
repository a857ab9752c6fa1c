"""What `terraform console` answers to many expressions at once."""

import base64
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

REFUSED: Final = "refused"
NOT_KNOWN: Final = "not known"


def answers(folder: Path, expressions: Sequence[str], templates: Sequence[str] = (), **more: Any) -> list[Any]:
    """What Terraform makes of expressions, and of templates as JSON strings hold them, in one process.

    A template that Terraform refuses fails the whole run: `try` takes expressions only.
    """
    values = [f'${{try(base64encode(jsonencode({expression})), "{REFUSED}")}}' for expression in expressions]
    count = len(values)
    values += [f"${{base64encode(jsonencode(local.template_{at}))}}" for at in range(len(templates))]
    named = {f"template_{at}": template for at, template in enumerate(templates)}
    named |= {f"case_{at}": value for at, value in enumerate(values)}
    document = {"locals": {**named, **more.pop("locals", {})}, **more}
    (folder / "main.tf.json").write_text(json.dumps(document))
    asked = ", ".join(f"local.case_{at}" for at in range(len(values)))
    done = subprocess.run(
        ["terraform", "console", "-no-color"],
        cwd=folder,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        input=f"[{asked}]\n",
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.startswith("["), done.stdout[-2000:] + done.stderr[-2000:]
    found = [_value(line.strip().removesuffix(",")) for line in done.stdout.splitlines()[1:-1]]
    assert len(found) == count + len(templates)
    return found


def _value(line: str) -> Any:
    if line == "(known after apply)":
        return NOT_KNOWN
    text = json.loads(line)
    return REFUSED if text == REFUSED else json.loads(base64.b64decode(text))
