"""Terraform is the referee: what is written is as it formats it, valid, and comes to what the JSON comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from secureinfra.check.run import run
from secureinfra.terraform.hcl_write import write_document
from secureinfra.terraform.hcl_write.templates import literal, pieces_of
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.model.json_argument import decoded
from secureinfra.terraform.read import hcl
from secureinfra.terraform.unknown import UnknownValueError, is_unknown
from tests.profiles import examples
from tests.referees.runner import validate_together
from tests.referees.stacks import NAMES, asked_by, document_of
from tests.terraform.hcl_write.language import CHILD, DOCUMENT
from tests.terraform.hcl_write.referee import assert_formatted, terraform
from tests.terraform.hcl_write.strategies import codes, plain_texts, templates, values


@pytest.fixture(scope="module", params=NAMES)
def stack(request: pytest.FixtureRequest) -> dict[str, Any]:
    return document_of(request.param)


@pytest.mark.terraform
def test_stacks_are_formatted(stack: dict[str, Any], tmp_path: Path) -> None:
    assert_formatted(write_document(stack), tmp_path)


@pytest.mark.terraform
def test_stacks_are_valid(tmp_path: Path) -> None:
    texts = {name: write_document(document_of(name)) for name in NAMES}
    validate_together(tmp_path, texts, "main.tf", {name: asked_by(name) for name in NAMES})


def test_stacks_hold_the_same_values(stack: dict[str, Any]) -> None:
    written, read = Configuration.of(stack), Configuration.of(hcl.document(write_document(stack), "main.tf").body)
    assert {block.address for block in read.blocks} == {block.address for block in written.blocks}
    for block in written.blocks:
        other = read.block(block.address)
        assert other is not None
        assert arguments(other) == arguments(block), block.address


def test_stacks_are_judged_the_same(stack: dict[str, Any]) -> None:
    read = hcl.document(write_document(stack), "main.tf").body
    assert verdicts(read) == verdicts(stack)


def arguments(block: Block) -> dict[str, Any]:
    """Every argument and nested block with its value; one nested block is a list of one."""
    return {name: comparable(block.get(name)) for name in sorted(block.raw) if name != "//"}


def comparable(value: Any) -> Any:
    """The value, JSON decoded, unknown parts as their text, with code on one line."""
    if isinstance(value, Mapping):
        return [{name: comparable(held) for name, held in value.items() if name != "//"}]
    if isinstance(value, list):
        return [comparable(item)[0] if isinstance(item, Mapping) else comparable(item) for item in value]
    if isinstance(value, str) or is_unknown(value):
        return _json(value) or (value if isinstance(value, str) else (pieces_of(value.text), sorted(value.references)))
    return value


def _json(value: Any) -> Any:
    try:
        held = decoded(value)
    except UnknownValueError:
        return None
    return ("json", comparable(held)) if isinstance(held, dict | list) else None


def verdicts(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    findings = run(Configuration.of(document))
    return sorted(
        (one.control.id, one.block.address if one.block else "", one.status, one.at, one.expected) for one in findings
    )


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    """Values and templates put together at random, in places of every kind."""
    found: list[dict[str, Any]] = []
    # In the JSON syntax Terraform reads what follows a carriage return as it is, `$${` too.
    texts = plain_texts.map(lambda text: text.replace("\r", ""))

    @settings(examples(4), phases=[Phase.generate], database=None, derandomize=True)
    @given(values(texts.map(literal)), templates(), values(texts), codes)
    def collect(value: Any, template: str, plain: Any, code: str) -> None:
        # Of code that fails in Terraform it is enough that it does so in both forms.
        tried = f'${{try({code}, "failed")}}'
        found.append({"value": value, "template": template, "json": literal(json.dumps(plain)), "code": tried})

    collect()
    return found


@pytest.mark.terraform
def test_values_are_formatted(documents: list[dict[str, Any]], tmp_path: Path) -> None:
    texts = [write_document({"locals": held, "resource": {"other_type": {"n": held}}}) for held in documents]
    for code in (held["code"].replace("try(", "(", 1).replace(', "failed")', ")") for held in documents):
        members = {"plain": code, '${try({ a = 1 }["a"], "b")}': code}
        texts.append(write_document({"locals": {"item": [code], "members": members, "other": code}}))
    assert_formatted("\n".join(texts), tmp_path)


@pytest.mark.terraform
def test_values_are_the_same_to_terraform(documents: list[dict[str, Any]], tmp_path: Path) -> None:
    scope = {"text": "v", "off": False, "list": [1, 2], "none": None}
    outputs = {
        f"{name}{index}": {
            "value": f"${{jsondecode(local.{name}{index})}}" if name == "json" else f"${{local.{name}{index}}}"
        }
        for index, held in enumerate(documents)
        for name in held
    }
    values_ = {f"{name}{index}": value for index, held in enumerate(documents) for name, value in held.items()}
    document = {"locals": {**scope, **values_}, "output": outputs}
    written, read = tmp_path / "hcl", tmp_path / "json"
    for folder in (written, read):
        folder.mkdir()
    written.joinpath("main.tf").write_text(write_document(document), encoding="utf-8")
    read.joinpath("main.tf.json").write_text(json.dumps(document), encoding="utf-8")
    ours, theirs = outputs_of(written), outputs_of(read)
    assert len(theirs) > len(outputs) / 2
    assert sum(theirs[name] != "failed" for name in theirs if name.startswith("code")) > len(documents) / 2
    differ = [(values_[name], ours[name], value) for name, value in theirs.items() if ours[name] != value]
    assert not differ, "\n".join(map(ascii, differ))
    assert ours.keys() == theirs.keys()


def outputs_of(folder: Path) -> dict[str, Any]:
    terraform(folder, "init", "-input=false")
    terraform(folder, "apply", "-auto-approve", "-input=false")
    found: dict[str, Any] = json.loads(terraform(folder, "output", "-json"))
    return {name: held["value"] for name, held in found.items()}


@pytest.mark.terraform
def test_the_whole_language_is_valid(tmp_path: Path) -> None:
    text = write_document({**DOCUMENT, "terraform": {**DOCUMENT["terraform"], "backend": {}}})
    assert_formatted(text, tmp_path)
    tmp_path.joinpath("child").mkdir()
    tmp_path.joinpath("child", "main.tf").write_text(CHILD)
    tmp_path.joinpath("main.tf").write_text(text)
    terraform(tmp_path, "init", "-input=false", "-backend=false")
    terraform(tmp_path, "validate")
