"""Functions apart from Terraform: what the referee holds is held here without it, and what is left out on purpose."""

import pytest

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.expressions.functions import FUNCTIONS
from secureinfra.terraform.unknown import Unknown

# The machine, time, chance, keys and compressed bytes are not for a static reader.
LEFT_OUT = set(
    "abspath base64gzip bcrypt issensitive pathexpand plantimestamp rsadecrypt timestamp uuid yamlencode".split()
)
OF_PROVIDERS = {f"provider::aws::{name}" for name in ("arn_build", "arn_parse", "trim_iam_role_path")}
# `terraform metadata functions` of Terraform 1.11.
ALL = set(
    "abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt can ceil chomp "
    "chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains csvdecode dirname distinct "
    "element endswith ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 "
    "filesha512 flatten floor format formatdate formatlist indent index issensitive join jsondecode jsonencode keys length log lookup "
    "lower matchkeys max md5 merge min nonsensitive one parseint pathexpand plantimestamp pow range regex regexall replace reverse "
    "rsadecrypt sensitive setintersection setproduct setsubtract setunion sha1 sha256 sha512 signum slice sort split startswith "
    "strcontains strrev substr sum templatefile templatestring textdecodebase64 textencodebase64 timeadd timecmp timestamp title tobool "
    "tolist tomap tonumber toset tostring transpose trim trimprefix trimspace trimsuffix try upper urlencode uuid uuidv5 values "
    "yamldecode yamlencode zipmap".split()
)


def test_every_function_of_terraform_is_there_or_left_out() -> None:
    assert set(FUNCTIONS) | {"try", "can"} == (ALL - LEFT_OUT) | OF_PROVIDERS


@pytest.mark.parametrize(
    ("hour", "said"), [("00", "12 12 am"), ("01", "1 01 am"), ("12", "12 12 pm"), ("23", "11 11 pm")]
)
def test_hours_of_half_a_day(hour: str, said: str) -> None:
    assert evaluate(f'${{formatdate("H HH aa", "2018-01-02T{hour}:30:00Z")}}', {}) == said


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_left_out_functions_are_unknown(name: str) -> None:
    value = evaluate(f'${{{name}("x")}}', {})
    assert type(value) is Unknown
    assert value.text == f'${{{name}("x")}}'


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('cidrsubnet("10.0.0.0/16", 8, 3)', "10.0.3.0/24"),
        ('jsonencode({b = toset(["z", "a", "z"]), a = 1.50})', '{"a":1.5,"b":["a","z"]}'),
        ('toset(["b", "a", "b"])', ["a", "b"]),
        ("{for k, v in {b = 1, a = 2} : v => k...}", {"2": ["a"], "1": ["b"]}),
        ('regex("^arn:aws:([a-z0-9]+):", "arn:aws:s3:::b")', ["s3"]),
        ('try(tonumber("x"), "d")', "d"),
        ("0.1 + 0.2", 0.3),
        ("7 / 2", 3.5),
        ("6 / 2", 3),
        ('"${6 / 2}:${7 / 2}:${true}"', "3:3.5:true"),
        ("core::max(1, 2)", 2),
        ('"$${a}"', "${a}"),
        ("<<-EOT\n  a\n    b\n  EOT\n", "a\n  b\n"),
        ("sum([1, 2.5])", 3.5),
        ('true ? [1] : ["a"]', ["1"]),
    ],
)
def test_a_sample(expression: str, value: object) -> None:
    found = evaluate(f"${{{expression}}}", {})
    assert found == value
    assert type(found) is not float or not found.is_integer()


@pytest.mark.parametrize(
    "expression",
    [
        'cidrsubnet("10.0.0.0/16", 8, -1)',
        'cidrsubnet("10.0.0.0/16", -1, 0)',
        "1 / 0",
        'regex("\\\\p{Greek}", "a")',
        'yamldecode("a: .inf")',
        "pow(0, -1)",
        'timeadd("2017-11-22T00:00:00.5Z", "1s")',
        'textencodebase64("a", "Shift_JIS")',
    ],
)
def test_where_an_answer_would_be_a_guess_there_is_none(expression: str) -> None:
    assert type(evaluate(f"${{{expression}}}", {})) is Unknown
    # Not a refusal either: `try` does not pass over it.
    assert type(evaluate(f"${{try({expression}, 1)}}", {})) is Unknown


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('provider::aws::arn_parse("arn:aws:iam::123456789012:role/a:b").resource', "role/a:b"),
        ('provider::aws::arn_build("aws", "iam", "", "123456789012", "role/a")', "arn:aws:iam::123456789012:role/a"),
        (
            'provider::aws::trim_iam_role_path("arn:aws:iam::123456789012:role/p/q/a")',
            "arn:aws:iam::123456789012:role/a",
        ),
        ('try(provider::aws::arn_parse("a:b"), "no")', "no"),
        ('try(provider::aws::trim_iam_role_path("arn:aws:iam::1:user/a"), "no")', "no"),
    ],
)
def test_functions_of_the_provider(expression: str, value: object) -> None:
    assert evaluate(f"${{{expression}}}", {}) == value


def test_a_slice_of_an_unknown_list_has_a_length() -> None:
    zones = Unknown("${data.aws_availability_zones.a.names}", ("data.aws_availability_zones.a.names",))
    found = evaluate("${slice(local.zones, 1, 3)}", {"local": {"zones": zones}})
    assert [one.reference for one in found] == [f"data.aws_availability_zones.a.names[{place}]" for place in (1, 2)]
    assert evaluate("${length(slice(local.zones, 0, 2))}", {"local": {"zones": zones}}) == 2
    assert type(evaluate("${slice(local.zones, 0, var.n)}", {"local": {"zones": zones}})) is Unknown
