"""Text as Markdown: what is markup elsewhere is text here, and what is code stays code."""

from secureinfra.site.markdown import code, fenced, named, table, tabs, text

LINKS = {"Port": "Port.md", "Principal": "Principal.md"}


def test_markup_in_text_is_text() -> None:
    assert text("a_b_c <br> *x* [y](z) | {#id}") == (
        "a&#95;b&#95;c &#60;br&#62; &#42;x&#42; &#91;y&#93;(z) &#124; &#123;&#35;id&#125;"
    )


def test_code_is_safe_in_a_table() -> None:
    assert code("int | None") == "<code>int &#124; None</code>"


def test_names_marked_as_code_are_links_where_they_are_ours() -> None:
    assert text("`Port.tcp(443)`", LINKS) == '<code><a href="Port.html">Port</a>.tcp(443)</code>'
    assert text('`Principal: "x"`', LINKS) == '<code>Principal: "x"</code>'
    assert code("tuple[Port, ...]", LINKS) == '<code>tuple&#91;<a href="Port.html">Port</a>, ...&#93;</code>'
    assert named("Port does.", LINKS) == '<code><a href="Port.html">Port</a></code> does.'


def test_addresses_are_links() -> None:
    assert text("See https://example.com/a_b.") == "See [https://example.com/a&#95;b](<https://example.com/a_b>)."


def test_fences_are_longer_than_those_within() -> None:
    assert fenced("text", "a\n```\nb\n") == "````text\na\n```\nb\n````"


def test_tabs_and_tables() -> None:
    assert tabs({"HCL": "a\n\nb"}) == '=== "HCL"\n\n    a\n\n    b'
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
