"""The colors of maps, by meaning, in light and dark. A test computes their contrast."""

from __future__ import annotations

__all__ = ["DARK", "LIGHT", "STYLE", "style"]

LIGHT = {
    "bg": "#ffffff",
    "vpc": "#f7f8fa",
    "card": "#ffffff",
    "ink": "#1b2330",
    "mute": "#566070",
    "rule": "#75808f",
    "line": "#c6cdd6",
    "exposed": "#b23a00",
    "allow": "#0b5cad",
    "other": "#7a3e9d",
    "aws": "#00695c",
    "awsbg": "#e6f4f1",
    "route": "#626c7a",
    "onfill": "#ffffff",
    "public": "#fff6e5",
    "publicln": "#a87616",
    "private": "#eaf3fc",
    "privateln": "#4f86bd",
    "isolated": "#f1effa",
    "isolatedln": "#8272c2",
    "firewall": "#eaf6ee",
    "firewallln": "#4a9163",
    "unknown": "#f2f3f5",
    "unknownln": "#75808f",
}
DARK = {
    "bg": "#11161d",
    "vpc": "#161c24",
    "card": "#1c232d",
    "ink": "#e8ecf1",
    "mute": "#a3adba",
    "rule": "#6d7887",
    "line": "#3b4654",
    "exposed": "#ff9b66",
    "allow": "#7db8f7",
    "other": "#d2a6f0",
    "aws": "#5fd0bd",
    "awsbg": "#12302c",
    "route": "#95a0ae",
    "onfill": "#11161d",
    "public": "#292318",
    "publicln": "#8f7130",
    "private": "#172635",
    "privateln": "#4b7bb0",
    "isolated": "#221f33",
    "isolatedln": "#776cb4",
    "firewall": "#182a20",
    "firewallln": "#4b8459",
    "unknown": "#1a212a",
    "unknownln": "#6d7887",
}
_SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
_MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace'
_TIERS = ("public", "private", "isolated", "firewall", "unknown")
_LINES = {
    "allow": "stroke:var(--allow)",
    "exposed": "stroke:var(--exposed);stroke-width:3",
    "other": "stroke:var(--other);stroke-dasharray:11 3 2 3",
    "aws": "stroke:var(--aws)",
    "route": "stroke:var(--route);stroke-width:1.5;stroke-dasharray:5 4",
    "half": "stroke-dasharray:2 4",
}
_RULES = (
    f".si{{font-family:{_SANS};color:var(--ink);background:var(--bg)}}",
    ".si text{fill:var(--ink);font-size:12px}",
    f".si .mono{{font-family:{_MONO};font-size:11.5px}}",
    ".si .b{font-weight:600}.si .h1{font-size:20px;font-weight:600}.si .h2{font-size:14px;font-weight:600}",
    ".si .m{fill:var(--mute)}.si .on{fill:var(--onfill);font-weight:600}",
    *(f".si .t-{name}{{fill:var(--{name});font-weight:600}}" for name in ("allow", "exposed", "other", "aws", "route")),
    *(f".si .f-{name}{{fill:var(--{name})}}" for name in ("allow", "exposed", "other", "aws", "route", "rule", "bg")),
    ".si .ln{fill:none;stroke-width:1.75}",
    *(f".si .l-{name}{{{text}}}" for name, text in _LINES.items()),
    ".si .halo{paint-order:stroke;stroke:var(--bg);stroke-width:5px;stroke-linejoin:round}",
    ".si .vpc{fill:var(--vpc);stroke:var(--rule);stroke-width:1.5}",
    ".si .card{fill:var(--card);stroke:var(--rule)}.si .guess{stroke-dasharray:5 4}",
    ".si .quiet{fill:none;stroke:var(--line)}.si .tag{fill:none;stroke:var(--allow)}.si .bad{fill:none;stroke:var(--exposed)}",
    ".si .service{fill:var(--awsbg);stroke:var(--aws)}.si .slab{fill:var(--vpc);stroke:var(--rule);stroke-width:1.5}",
    ".si .s-exposed{stroke:var(--exposed)}.si .s-other{stroke:var(--other)}.si .strong{stroke-width:2}",
    ".si .globe{fill:none;stroke:var(--rule);stroke-width:1.5}",
    *(f".si .{name}{{fill:var(--{name});stroke:var(--{name}ln)}}" for name in _TIERS),
    *(f".si .c-{name}{{fill:var(--bg);fill-opacity:.6;stroke:var(--{name}ln)}}" for name in _TIERS),
    ".si a{text-decoration:none}",
)


def _tokens(colors: dict[str, str]) -> str:
    return ".si{" + ";".join(f"--{name}:{value}" for name, value in colors.items()) + "}"


STYLE = "\n".join(
    (
        _tokens(LIGHT),
        f"@media (prefers-color-scheme:dark){{{_tokens(DARK)}}}",
        f"@media print{{{_tokens(LIGHT)}}}",
        *_RULES,
    )
)
"""The style sheet of every map."""


def style(more: str = "") -> str:
    """The style sheet, with rules of one map after it."""
    return f"{STYLE}\n{more}" if more else STYLE
