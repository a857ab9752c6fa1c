"""The source from which pip installs secureinfra in generated projects and pipelines.

The name is not registered on the public package index. A generated file that named only the package would install
anything that a stranger publishes under that name, so generated files name a source: the given one, or the one of this
installation.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution

VARIABLE = "SECUREINFRA_PACKAGE"
"""The repository variable that names the source if a generated pipeline does not."""

EXAMPLES = (
    "secureinfra[node] @ git+https://git.example.com/platform/secureinfra@v0.1.0",
    "secureinfra[node] @ https://packages.example.com/secureinfra-0.1.0-py3-none-any.whl",
)


def installed_from() -> str | None:
    """The pip requirement of this installation, if it is accessible elsewhere: a repository or a file on a web server.

    `None` for an installation from a folder or an index, since elsewhere the name would be looked up in the public index.
    """
    try:
        # packaging.python.org/en/latest/specifications/direct-url: pip writes it unless it installed from an index.
        recorded = distribution("secureinfra").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    origin = json.loads(recorded) if recorded else {}
    url = str(origin.get("url", ""))
    if not url.startswith(("https://", "ssh://")):
        return None
    if "vcs_info" in origin:
        return f"secureinfra[node] @ {origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
    return f"secureinfra[node] @ {url}" if "archive_info" in origin else None
