"""Calls as data: their text is Python that makes what running them makes."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.adopt.source import Call, Name, public_names, quoted, run, text_of
from secureinfra.aws.security_group.peers import Peer


@given(st.text())
def test_any_text_is_a_literal_of_itself(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


PLAIN: Any = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_any_value_is_written_as_itself(value: Any) -> None:
    assert ast.literal_eval(text_of(value)) == value


def test_calls_are_made() -> None:
    call = Call("Peer.cidr", ("10.0.0.0/8",), {"name": "office"})
    assert run(call, {}) == Peer.cidr("10.0.0.0/8", name="office")
    assert run((Name("x"), Call("x.upper")), {"x": "a"}) == ("a", "A")
    assert text_of((Name("x"), call)) == '(x, Peer.cidr("10.0.0.0/8", name="office"))'
    assert list(public_names((call, Call("x.upper", (Call("Port.tcp", (1,)),))))) == ["Peer", "Port"]


@pytest.mark.parametrize("indent", [0, 4])
def test_what_is_long_takes_several_lines(indent: int) -> None:
    call = Call("Statement", named={"actions": tuple(f"s3:Get{number:030}" for number in range(4)), "sid": "x"})
    text = text_of(call, indent)
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(text.replace("\n", " ")))
    assert all(len(line) <= 90 for line in text.splitlines())
    assert text.splitlines()[1] == f"{' ' * (indent + 4)}actions=("
