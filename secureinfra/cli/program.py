"""The command `secureinfra`, whose subcommands are loaded when they are called."""

from __future__ import annotations

import importlib
from typing import Any

import click

from secureinfra.check.formats.plain import plain, quiet
from secureinfra.errors import SecureInfraError
from secureinfra.suggest import did_you_mean
from secureinfra.version import __version__

# A test compares this table with the modules of this folder and with README.md.
COMMANDS = {
    "check": "Check Terraform against the controls.",
    "waivers": "Write waivers to complete.",
    "report": "Write a report.",
    "path": "Tell what gets from one place in the network to another.",
    "map": "Draw what the network allows.",
    "prove": "Prove theorems about a configuration, or show what breaks them.",
    "who": "Show which principals may do something on a resource.",
    "can": "Show whether a principal may do something on a resource.",
    "controls": "List the controls, or explain one.",
    "explain": "Explain a construct, a configuration or another public name.",
    "compare": "Compare two versions of Terraform.",
    "adopt": "Write a project that adopts what exists.",
    "imports": "List what another stack needs to import a state.",
    "module": "Write a construct or blueprint as a Terraform module.",
    "blueprints": "List available blueprints (ready-made stacks).",
    "schema": "Print the JSON Schema of settings files.",
    "synth": "Write the stacks of a settings file as Terraform.",
    "new": "Start a project from a blueprint.",
    "update": "Update a project to the installed version.",
    "policy": "Write controls as Terraform policies (*.policy.hcl).",
    "mcp": "Serve the Model Context Protocol.",
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
        if args[0] not in COMMANDS and (hint := did_you_mean(args[0], COMMANDS)):
            raise click.UsageError(f"there is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SecureInfraError as error:
            raise Refused(quiet(plain(str(error), lines=True))) from None


class Refused(click.ClickException):
    """Invalid input: prints the message unchanged, exit code 2."""

    exit_code = 2


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="secureinfra", message="%(prog)s %(version)s")
def program() -> None:
    """Hardened AWS infrastructure, from Python to plain Terraform, checked on the output."""
