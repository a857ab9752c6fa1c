"""The server: the tools over standard input and output, one call at a time, within one folder."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path

from secureinfra.check.formats.plain import plain
from secureinfra.errors import ConfigError, SecureInfraError
from secureinfra.files.within import only_below
from secureinfra.mcp.tools import TOOLS
from secureinfra.version import __version__

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations
except ImportError:
    raise ConfigError("the MCP server needs the package mcp 2. Run: pip install 'mcp>=2,<3'") from None

_SAYS = (
    "Checks Terraform for AWS against security controls, answers who may do what by its policies, and writes hardened modules. "
    "Nothing is executed. Only what a call passes, and files below one folder, are read."
)


def server(folder: Path) -> MCPServer:
    """A server that answers about what it is given and what lies below a folder.

    Args:
        folder: files elsewhere are refused.
    """
    made: MCPServer = MCPServer("secureinfra", version=__version__, instructions=_SAYS, log_level="ERROR")
    # The engine, and what is remembered of files, are not for several threads at once.
    turn = threading.Lock()
    about = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    for tool in TOOLS:
        made.add_tool(_within(folder, turn, tool), annotations=about, structured_output=False)
    return made


def _within(folder: Path, turn: threading.Lock, tool: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(tool)
    def call(*arguments: object, **given: object) -> str:
        with turn, only_below(folder):
            try:
                return tool(*arguments, **given)
            except SecureInfraError as error:
                raise ToolError(plain(str(error), lines=True)) from None

    return call
