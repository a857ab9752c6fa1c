"""Terraform JSON as Python: order, references, names and what cannot be written."""

from secureinfra.site.python_code import on_lines, python


def test_what_is_referred_to_comes_first_and_has_a_name() -> None:
    document = {
        "resource": {
            "aws_backup_selection": {"s": {"resources": ["${aws_dynamodb_table.t.arn}"]}},
            "aws_dynamodb_table": {"t": {"name": "ledger"}},
        }
    }
    assert python(document).splitlines() == [
        't = Resource(self, "t", "aws_dynamodb_table", name="ledger")',
        'Resource(self, "s", "aws_backup_selection", resources=[t.ref("arn")])',
    ]


def test_policies_are_written_as_objects_and_references_within_text_stay() -> None:
    policy = '{"Statement": [{"Resource": "${aws_s3_bucket.b.arn}/*", "Principal": "{x}"}]}'
    document = {"resource": {"aws_s3_bucket": {"b": {}}, "aws_s3_bucket_policy": {"p": {"policy": policy}}}}
    assert python(document).splitlines() == [
        'b = Resource(self, "b", "aws_s3_bucket")',
        "Resource(",
        '    self, "p", "aws_s3_bucket_policy",',
        '    policy=json.dumps({"Statement": [{"Resource": f"{b.ref(\'arn\')}/*", "Principal": "{x}"}]}),',
        ")",
    ]


def test_two_of_one_name_are_told_apart() -> None:
    document = {
        "data": {"aws_region": {"x": {}}},
        "resource": {"aws_sqs_queue": {"x": {"name": "${data.aws_region.x.id}"}}},
    }
    assert python(document).splitlines() == [
        'region_x = Data(self, "region-x", "aws_region")',
        'Resource(self, "sqs-queue-x", "aws_sqs_queue", name=region_x.ref("id"))',
    ]


def test_what_resource_does_not_take_is_left_out_as_a_whole() -> None:
    assert python({"resource": {"aws_instance": {"i": {"count": 2}}}}) == ""
    assert python({"variable": {"x": {}}, "resource": {"aws_instance": {"i": {}}}}) == ""


def test_arguments_that_are_words_of_python() -> None:
    assert python({"resource": {"aws_x": {"y": {"from": 1, "to": None}}}}) == (
        'Resource(self, "y", "aws_x", to=None, **{"from": 1})'
    )


def test_statements_stand_on_lines_of_their_own() -> None:
    assert on_lines('a = f("x; y"); a.b(c=1)') == 'a = f("x; y")\na.b(c=1)'
    assert on_lines("f(a, ...; b") == "f(a, ...; b"
    assert on_lines("f(1)\ng(2)  # two") == "f(1)\ng(2)  # two"
