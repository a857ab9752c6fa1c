"""The trust map as a flowchart."""

from secureinfra.maps.trust.draw import facts_of
from secureinfra.maps.trust.mermaid import as_mermaid
from tests.maps.trust.documents import configuration


def test_flowchart_has_principals_resources_and_lines() -> None:
    text = as_mermaid(facts_of([configuration("delivered")]))
    assert text.splitlines()[0] == "flowchart LR"
    assert '  a1w2(["GitHub Actions<br/>outside AWS"])' in text
    assert '  a1w2 -->|"acme/shop in environment production"| a1r1' in text
    assert '|"read, write releases/*"|' in text
    assert text.count("subgraph") == text.count("end\n")


def test_what_is_not_known_is_dashed_and_what_is_open_is_marked() -> None:
    assert '-.->|"not known: send"|' in as_mermaid(facts_of([configuration("unknown")]))
    assert "  style a1h1 stroke:#b23a00,stroke-width:3px" in as_mermaid(facts_of([configuration("opened")]))
    assert "There is no principal" in as_mermaid(facts_of([configuration("empty")]))


def test_names_are_no_syntax() -> None:
    for line in as_mermaid(facts_of([configuration("hostile")])).splitlines():
        assert line.count('"') in (0, 2)
        assert "<" not in line.replace("<br/>", "").replace("-->", "")
        assert "\u202e" not in line
