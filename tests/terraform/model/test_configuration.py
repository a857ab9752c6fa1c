"""Configurations: blocks by type and address, instances, modules, and who is attached to whom."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import UnknownValueError, is_unknown


def of(**sections: Any) -> Configuration:
    return Configuration.of(sections)


def addresses(configuration: Configuration) -> list[str]:
    return [block.address for block in configuration.blocks]


def test_blocks_by_type_and_address() -> None:
    found = of(resource={"aws_a": {"x": {}, "y": {}}}, data={"aws_a": {"x": {}}})
    assert addresses(found) == ["aws_a.x", "aws_a.y", "data.aws_a.x"]
    assert [block.address for block in found.of_type("aws_a")] == ["aws_a.x", "aws_a.y"]
    assert [block.address for block in found.of_type("data.aws_a")] == ["data.aws_a.x"]
    assert found.block("data.aws_a.x") is found.of_type("data.aws_a")[0]
    assert found.block("aws_a.z") is None


def test_labels_may_hold_lists_of_objects() -> None:
    assert addresses(of(resource=[{"aws_a": [{"x": {}}, {"y": [{}]}]}])) == ["aws_a.x", "aws_a.y"]


def test_count_and_for_each() -> None:
    found = of(
        resource={
            "aws_a": {
                "off": {"count": 0},
                "two": {"count": 2, "n": "${count.index}"},
                "each": {"for_each": {"b": "B"}, "v": "${each.value}", "k": "${each.key}"},
                "set": {"for_each": '${toset(["x"])}', "v": "${each.value}"},
                "maybe": {"count": "${var.on ? 1 : 0}", "n": "${count.index}"},
            }
        },
        variable={"on": {}},
    )
    assert addresses(found) == ["aws_a.two[0]", "aws_a.two[1]", 'aws_a.each["b"]', 'aws_a.set["x"]', "aws_a.maybe"]
    two, each = found.block("aws_a.two[1]"), found.block('aws_a.each["b"]')
    assert two is not None
    assert two.get("n") == 1
    assert each is not None
    assert (each.get("v"), each.get("k")) == ("B", "b")
    maybe = found.block("aws_a.maybe")
    assert maybe is not None
    assert is_unknown(maybe.get("n"))


def test_references_between_instances() -> None:
    found = of(
        resource={
            "aws_b": {"many": {"for_each": {"x.y": 1}, "bucket": "name"}, "two": {"count": 2}},
            "aws_v": {
                "v": {"for_each": {"x.y": 1}, "bucket": "${aws_b.many[each.key].id}"},
                "w": {"count": 2, "bucket": "${aws_b.two[count.index].id}"},
                "all": {"bucket": "${aws_b.two[*].id}"},
            },
        }
    )
    many, second = found.block('aws_b.many["x.y"]'), found.block("aws_b.two[1]")
    assert many is not None
    assert second is not None
    assert [block.address for block in found.attached(many, "aws_v", "bucket")] == ['aws_v.v["x.y"]']
    assert [block.address for block in found.attached(second, "aws_v", "bucket")] == ["aws_v.w[1]", "aws_v.all"]


def test_attached_by_name_and_by_reference() -> None:
    found = of(
        resource={
            "aws_s3_bucket": {"a": {"bucket": "one"}, "b": {"bucket": "${var.name}"}, "c": {}},
            "aws_v": {
                "by_name": {"bucket": "one"},
                "by_reference": {"bucket": "${aws_s3_bucket.b.id}"},
                "by_what_is_written": {"bucket": "${aws_s3_bucket.b.bucket}"},
            },
        },
        variable={"name": {}},
    )
    a, b, c = found.of_type("aws_s3_bucket")
    assert [block.name for block in found.attached(a, "aws_v", "bucket")] == ["by_name"]
    assert [block.name for block in found.attached(b, "aws_v", "bucket")] == ["by_reference", "by_what_is_written"]
    assert found.attached(c, "aws_v", "bucket") == []


def test_attached_is_unknown_where_only_terraform_knows_the_name() -> None:
    found = of(resource={"aws_s3_bucket": {"a": {}}, "aws_v": {"v": {"bucket": "${var.name}"}}}, variable={"name": {}})
    with pytest.raises(UnknownValueError, match="var.name"):
        found.attached(found.of_type("aws_s3_bucket")[0], "aws_v", "bucket")


def logging_of(acl: dict[str, Any], logging: dict[str, Any]) -> list[str]:
    resources = {
        "aws_wafv2_web_acl": {"w": acl},
        "aws_wafv2_web_acl_logging_configuration": {"l": {"resource_arn": "${aws_wafv2_web_acl.w.arn}", **logging}},
    }
    configuration = Configuration.of({"variable": {"n": {}}, "resource": resources}, name="test")
    (block,) = configuration.of_type("aws_wafv2_web_acl")
    found = configuration.attached(block, "aws_wafv2_web_acl_logging_configuration", "resource_arn")
    return [one.address for one in found]


def test_attached_as_far_as_it_is_sure_to_be_there() -> None:
    name = "aws_wafv2_web_acl_logging_configuration.l"
    assert logging_of({}, {}) == [name]
    assert logging_of({}, {"resource_arn": "arn:aws:wafv2:other"}) == []
    assert logging_of({}, {"count": 1}) == [f"{name}[0]"]
    assert logging_of({}, {"count": 0}) == []
    assert logging_of({"count": "${var.n}"}, {"count": "${var.n}"}) == [name]
    assert logging_of({}, {"count": "${length(aws_wafv2_web_acl.w.*.arn)}"})


@pytest.mark.parametrize("logging", [{"count": "${var.n}"}, {"for_each": "${var.n}"}, {"resource_arn": "${var.n}"}])
def test_attached_is_unknown_where_only_terraform_knows_how_many_there_are(logging: dict[str, Any]) -> None:
    with pytest.raises(UnknownValueError):
        logging_of({}, logging)


def test_target() -> None:
    found = of(
        resource={
            "aws_kms_key": {"k": {}},
            "aws_x": {"x": {"key": "${aws_kms_key.k.arn}", "other": "${aws_kms_key.z.arn}"}},
        }
    )
    (x,) = found.of_type("aws_x")
    assert found.target(x.get("key")) is found.block("aws_kms_key.k")
    assert found.target(x.get("other")) is None
    assert found.target("aws_kms_key.k.arn") is found.block("aws_kms_key.k")
    assert found.target(5) is None


def test_values_of_variables_locals_and_resources() -> None:
    found = of(
        variable={"days": {"default": 7}, "none": {"default": None}},
        locals={"name": "${var.days}-days"},
        resource={"aws_a": {"a": {"n": "${local.name}", "z": "${var.none}"}, "b": {"n": "${aws_a.a.n}/x"}}},
    )
    a, b = found.of_type("aws_a")
    assert (a.get("n"), b.get("n")) == ("7-days", "7-days/x")
    assert a.get("z") is None, "a default of null is what Terraform takes where nobody gives more"


@pytest.mark.parametrize(
    "sections",
    [
        {"locals": {"a": "${local.b}", "b": "${local.a}"}},
        {"locals": {"a": "${aws_x.x[0].n}"}, "resource": {"aws_x": {"x": {"count": "${local.a}", "n": 1}}}},
    ],
)
def test_circles_are_refused(sections: Any) -> None:
    document = {
        "resource": {"aws_y": {"y": {"n": "${local.a}"}}, **sections.get("resource", {})},
        "locals": sections["locals"],
    }
    with pytest.raises(ConfigurationError, match="depends on itself: .* -> "):
        [block.get("n") for block in Configuration.of(document).blocks]


def test_circles_are_refused_with_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = {"locals": {"a": "${local.b}", "b": "${local.a}"}, "resource": {"aws_y": {"y": {"count": "${local.a}"}}}}
    write(tmp_path, ".", document)
    with pytest.raises(ConfigurationError, match=r"^main.tf.json:1: local.a depends on itself: local.a -> local.b"):
        Configuration.load(".")


def write(folder: Path, name: str, document: Any) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "main.tf.json").write_text(json.dumps(document))


def test_modules(tmp_path: Path) -> None:
    child = {
        "variable": {"key": {}, "days": {"default": 1}},
        "resource": {"aws_a": {"a": {"key": "${var.key}", "days": "${var.days}"}}},
        "output": {"id": {"value": "${aws_a.a.id}"}, "key": {"value": "${var.key}"}},
    }
    root = {
        "module": {
            "m": {"source": "./child", "key": "${aws_kms_key.k.arn}", "days": 5},
            "n": {"source": "./child", "for_each": {"x": 1}, "key": "${each.key}"},
            "far": {"source": "example/far/aws"},
        },
        "resource": {
            "aws_kms_key": {"k": {}},
            "aws_b": {
                "b": {
                    "a": "${module.m.id}",
                    "k": "${module.m.key}",
                    "n": '${module.n["x"].key}',
                    "f": "${module.far.id}",
                }
            },
        },
    }
    write(tmp_path, ".", root)
    write(tmp_path, "child", child)
    (found,) = Configuration.load(tmp_path)
    assert addresses(found) == ["aws_kms_key.k", "aws_b.b", "module.m.aws_a.a", 'module.n["x"].aws_a.a']
    inner, b = found.block("module.m.aws_a.a"), found.block("aws_b.b")
    assert inner is not None
    assert b is not None
    assert inner.get("days") == 5
    assert found.target(inner.get("key")) is found.block("aws_kms_key.k")
    assert found.target(b.get("a")) is inner
    assert b.references("k") == {"aws_kms_key.k.arn"}
    assert b.get("n") == "x"
    assert is_unknown(b.get("f"))
    assert [unread.what for unread in found.unread] == ["module.far (example/far/aws)"]
    assert Path(inner.file).name == "main.tf.json"


def test_modules_that_terraform_has_fetched(tmp_path: Path) -> None:
    call = {"source": "acme/network/aws", "version": "1.0", "for_each": {"a": 1}}
    inner = {"module": {"logs": {"source": "git::https://example.com/logs"}}, "resource": {"aws_a": {"a": {}}}}
    write(tmp_path, ".", {"module": {"net": call, "other": {"source": "acme/other/aws"}}})
    write(tmp_path, ".terraform/modules/net", inner)
    write(tmp_path, ".terraform/modules/net.logs", {"resource": {"aws_b": {"b": {}}}})
    entries = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "net", "Source": "registry.example.com/acme/network/aws", "Dir": ".terraform/modules/net"},
        {"Key": "net.logs", "Source": "git::https://example.com/logs", "Dir": ".terraform/modules/net.logs"},
        {"Key": "other", "Source": "registry.example.com/acme/third/aws", "Dir": ".terraform/modules/net"},
    ]
    (tmp_path / ".terraform" / "modules" / "modules.json").write_text(json.dumps({"Modules": entries}))
    (found,) = Configuration.load(tmp_path)
    assert addresses(found) == ['module.net["a"].aws_a.a', 'module.net["a"].module.logs.aws_b.b']
    assert [unread.what for unread in found.unread] == ["module.other (acme/other/aws)"], (
        "what was fetched for another source is not it"
    )
    (tmp_path / ".terraform" / "modules" / "modules.json").write_text("{")
    unread = [unread.what for unread in Configuration.load(tmp_path)[0].unread]
    assert unread == ["module.net (acme/network/aws)", "module.other (acme/other/aws)"]


def test_module_that_calls_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ".", {"module": {"m": {"source": "./."}}})
    with pytest.raises(ConfigurationError, match="does one call itself"):
        Configuration.load(tmp_path)


def test_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf.json").write_text('{\n "resource": {\n  "aws_a": {\n   "a": {\n    "x": 1}}}}')
    monkeypatch.chdir(tmp_path)
    (found,) = Configuration.load(".")
    (a,) = found.blocks
    assert (a.file, a.line_of(), a.line_of("x")) == ("main.tf.json", 4, 5)


@pytest.mark.parametrize("document", [{"resource": []}, {"resource": "x"}, {"resource": {"aws_a": "x"}}, {"data": 5}])
def test_malformed_documents_are_refused(document: Any) -> None:
    with pytest.raises(ConfigurationError, match="is not what Terraform JSON has there"):
        Configuration.of(document)


def test_providers() -> None:
    found = of(provider={"aws": [{"region": "eu-central-1"}, {"alias": "x", "region": "${var.r}"}]}, variable={"r": {}})
    first, second = found.providers["aws"]
    assert first.get("region") == "eu-central-1"
    assert is_unknown(second.get("region"))


def test_providers_within_modules(tmp_path: Path) -> None:
    write(tmp_path, ".", {"module": {"m": {"source": "./child", "key": "AKIA"}}, "provider": {"aws": {"region": "r"}}})
    write(tmp_path, "child", {"variable": {"key": {}}, "provider": {"aws": [{"access_key": "${var.key}"}]}})
    (found,) = Configuration.load(tmp_path)
    assert [node.get("access_key") for node in found.providers["aws"]] == [None, "AKIA"]


def test_a_block_that_nobody_counts_is_one() -> None:
    found = of(resource={"aws_a": {"many": {"count": 100_000}, "b": {"count": "3"}}})
    assert addresses(found) == ["aws_a.many", "aws_a.b[0]", "aws_a.b[1]", "aws_a.b[2]"]


# Whether what protects a block is sure to be there

PROTECTED: dict[str, Any] = {"n": {}, "m": {}}


def protected(bucket: dict[str, Any], block: dict[str, Any], **sections: Any) -> bool:
    """Whether a block is sure to be attached; an error where nobody knows."""
    resource = {"aws_b": {"b": bucket}, "aws_p": {"p": {"b": "${aws_b.b.id}", **block}}}
    found = Configuration.of({"variable": PROTECTED, "resource": resource, **sections})
    return all(found.attached(one, "aws_p", "b") for one in found.of_type("aws_b"))


@pytest.mark.parametrize(
    ("bucket", "block"),
    [
        ({}, {}),
        ({"count": "${var.n}"}, {"count": "${var.n}", "b": "${aws_b.b[count.index].id}"}),
        ({"count": "${var.n}"}, {"count": "${length(aws_b.b)}", "b": "${aws_b.b[count.index].id}"}),
        ({"count": "${var.n ? 1 : 0}"}, {"count": "${var.n ? 1 : 0}", "b": "${aws_b.b[0].id}"}),
        ({"for_each": "${var.n}"}, {"for_each": "${aws_b.b}", "b": "${each.value.id}"}),
        ({"for_each": "${var.n}"}, {"for_each": "${{for k, v in aws_b.b : k => v}}", "b": "${each.value.id}"}),
        ({"for_each": "${var.n}"}, {"for_each": "${{for k, v in aws_b.b : k => v.id}}", "b": "${each.value}"}),
        ({"for_each": "${var.n}"}, {"for_each": "${toset(keys(aws_b.b))}", "b": "${aws_b.b[each.key].id}"}),
    ],
)
def test_what_is_there_whenever_the_other_is(bucket: dict[str, Any], block: dict[str, Any]) -> None:
    assert protected(bucket, block)


@pytest.mark.parametrize(
    ("bucket", "block"),
    [
        ({}, {"count": "${var.n}"}),
        ({}, {"lifecycle": {"enabled": "${var.n}"}}),
        ({"count": "${var.n}"}, {"count": "${var.m}", "b": "${aws_b.b[count.index].id}"}),
        ({"count": "${var.n}"}, {"b": "${aws_b.b[0].id}"}),
        ({"for_each": "${var.n}"}, {"b": '${aws_b.b["a"].id}'}),
        ({"for_each": "${var.n}"}, {"for_each": ["a"], "b": "${aws_b.b[each.key].id}"}),
        (
            {"for_each": "${var.n}"},
            {"for_each": "${{for k, v in aws_b.b : k => v if v.x}}", "b": "${aws_b.b[each.key].id}"},
        ),
    ],
)
def test_what_may_not_be_there(bucket: dict[str, Any], block: dict[str, Any]) -> None:
    with pytest.raises(UnknownValueError, match="how many"):
        protected(bucket, block)


@pytest.mark.parametrize(
    ("call", "inner", "sure"),
    [
        ({}, {}, True),
        ({"count": "${var.n}"}, {}, False),
        ({"for_each": "${var.n}"}, {}, False),
        ({"lifecycle": {"enabled": "${var.n}"}}, {}, False),
        ({}, {"count": "${var.on}"}, False),
    ],
)
def test_modules_around_count_too(tmp_path: Path, call: dict[str, Any], inner: dict[str, Any], sure: bool) -> None:
    block = {"aws_p": {"p": {"b": "${var.b}", **inner}}}
    write(tmp_path, "m", {"variable": {"b": {}, "on": {}}, "resource": block})
    root = {"variable": PROTECTED, "resource": {"aws_b": {"b": {}}}}
    write(tmp_path, ".", {**root, "module": {"m": {"source": "./m", "b": "${aws_b.b.id}", **call}}})
    (found,) = Configuration.load(tmp_path)
    bucket = found.of_type("aws_b")[0]
    if sure:
        assert found.attached(bucket, "aws_p", "b")
    else:
        with pytest.raises(UnknownValueError, match="how many module.m.aws_p.p there are"):
            found.attached(bucket, "aws_p", "b")
