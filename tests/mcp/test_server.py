"""The server as a client has it: a process of its own, over its standard input and output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from secureinfra.mcp.tools import TOOLS
from tests._support.imports import ROOT

QUEUE = 'resource "aws_sqs_queue" "orders" {}\n'
Calls = Mapping[str, tuple[str, Mapping[str, Any]]]


def talk(folder: Path, calls: Calls) -> tuple[list[Any], dict[str, tuple[bool, str]]]:
    """The tools of a server, and what it answers: whether it is an error, and the text."""
    command = ["-m", "secureinfra", "mcp", "--folder", str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "blueprints")))}

    async def asked() -> tuple[list[Any], dict[str, tuple[bool, str]]]:
        async with Client(StdioServerParameters(command=sys.executable, args=command, env=environment)) as client:
            tools = (await client.list_tools()).tools
            answers = {}
            for key, (name, arguments) in calls.items():
                result = await client.call_tool(name, dict(arguments))
                answers[key] = (bool(result.is_error), "".join(getattr(one, "text", "") for one in result.content))
            return list(tools), answers

    return anyio.run(asked)


def test_a_client_asks_and_reads_only_what_it_may(tmp_path: Path) -> None:
    for name in ("within", "secret"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(QUEUE)
    (tmp_path / "within" / "code").mkdir()
    code = {"kind": "folder", "path": str(tmp_path / "secret")}
    tools, answers = talk(
        tmp_path / "within",
        {
            "controls": ("list_controls", {"words": "tls bucket"}),
            "text": ("check_terraform", {"text": QUEUE, "controls": ["sqs-queue-customer-key"]}),
            "path": ("check_terraform", {"path": "."}),
            "outside": ("check_terraform", {"path": "../secret"}),
            "code": (
                "write_module",
                {"module": "function", "settings": {"code": code, "runtime": "python3.13", "handler": "a.b"}},
            ),
            "module": ("write_module", {"module": "key"}),
            "wrong": ("who_can", {"action": "sqs:SendMesage", "resource": "aws_sqs_queue.orders", "text": QUEUE}),
        },
    )
    assert {tool.name for tool in tools} == {tool.__name__ for tool in TOOLS}
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert all(argument.get("description") for argument in tool.input_schema["properties"].values())
    failed = {key for key, (is_error, _) in answers.items() if is_error}
    assert failed == {"outside", "code", "wrong"}, answers
    assert [one["control"] for one in json.loads(answers["text"][1])["failed"]] == ["sqs-queue-customer-key"]
    assert json.loads(answers["path"][1])["failed"][0]["file"] == "main.tf"
    assert "lies outside of the folder that may be read" in answers["outside"][1]
    assert "lies outside of the folder that may be read" in answers["code"][1]
    assert "Did you mean 'sqs:SendMessage'?" in answers["wrong"][1]
    assert "aws_kms_key" in json.loads(answers["module"][1])["files"]["main.tf"]
    assert sorted(path.name for path in (tmp_path / "within").iterdir()) == ["code", "main.tf"]
