"""What the old configuration forgets: whole blocks, single instances, and modules that are taken over in part."""

from secureinfra.adopt.adopt import adopt
from secureinfra.adopt.handover import removed_blocks
from tests.adopt.states import bucket, estate, key, resource


def test_blocks_without_keys_of_instances() -> None:
    both = [{**bucket(name), "address": f'module.lake["{name}"].aws_s3_bucket.this[0]'} for name in "ab"]
    both = [{**one, "values": {**one["values"], "bucket": f"acme-{number}"}} for number, one in enumerate(both)]
    text = removed_blocks(adopt(estate(*both), "shop"))
    assert text.count("removed {") == 1
    assert "  from = module.lake.aws_s3_bucket.this\n" in text
    assert "destroy = false" in text
    assert "state rm" not in text


def test_single_instances_and_modules_in_part() -> None:
    good = {**key("a"), "address": "module.m.aws_kms_key.k[0]"}
    bad = {**key("b", is_enabled=False), "address": "module.m.aws_kms_key.k[1]"}
    text = removed_blocks(adopt(estate(good, bad, resource("aws_sns_topic.x", id="x")), "shop"))
    assert "#   terraform state rm 'module.m.aws_kms_key.k[0]'" in text
    assert "# module.m is taken over in part" in text
    assert "removed {" not in text
