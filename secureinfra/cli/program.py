"""The command `secureinfra`, whose subcommands are loaded when they are called."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

import click

from secureinfra import __version__
from secureinfra.errors import SecureInfraError

# A test compares this table with the modules of this folder and with README.md.
COMMANDS = {
    "check": "Judge Terraform by the controls.",
    "controls": "List the controls, or explain one.",
    "module": "Write a construct or blueprint out as a Terraform module.",
    "blueprints": "List the blueprints, which are ready stacks.",
    "schema": "Print the JSON Schema of settings files.",
    "synth": "Write a settings file out as Terraform.",
    "new": "Start a project from a blueprint.",
}


class _Lazy(click.Group):
    """A group that imports a command's module when the command is called, or its own help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"secureinfra.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near:
            raise click.UsageError(f"there is no command {args[0]!r}. Did you mean {near[0]!r}?", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SecureInfraError as error:
            raise Refused(str(error)) from None


class Refused(click.ClickException):
    """Bad input: the message as it is, exit code 2."""

    exit_code = 2


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="secureinfra", message="%(prog)s %(version)s")
def program() -> None:
    """Hardened AWS infrastructure, from Python to plain Terraform: checked on the output."""
