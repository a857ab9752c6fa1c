"""From one stack to another: what the new one imports, what the old one lets go, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.between_stacks import import_from, let_go, move_from
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.other_region import OtherRegion
from secureinfra.engine.resource import Resource
from secureinfra.errors import ConfigError
from secureinfra.terraform.schema.schema import VERSIONS
from secureinfra.testing import synthesize, test_stack


class Queue(SecureConstruct):
    """A queue with a policy, and perhaps another one in it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        inner: bool = False,
        policy: bool = True,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, Config(), provider=provider, moved_from=moved_from)
        self.queue = Resource(self, "queue", "aws_sqs_queue", name=self.path.replace("/", "-"))
        Resource(
            self, "policy", "aws_sqs_queue_policy", queue_url=self.queue.ref("id"), policy="{}", when=lambda: policy
        )
        self.inner = Queue(self, "late") if inner else None


IDS: dict[str, str | None] = {
    "aws_sqs_queue.jobs_queue": "https://sqs/jobs",
    "aws_sqs_queue_policy.jobs_policy": "https://sqs/jobs",
    "aws_sqs_queue.jobs_late_queue": "https://sqs/late",
    "aws_sqs_queue_policy.jobs_late_policy": None,
    "aws_sqs_queue.jobs_of_others_queue": "https://sqs/others",
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "out"))


def stack_in(app: App, name: str) -> TerraformStack:
    stack = TerraformStack(app, name)
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    return stack


def written(app: App, stack: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(app.outdir, "stacks", stack, "cdk.tf.json").read_text())
    return document


def gone(document: dict[str, Any]) -> list[str]:
    assert all(one["lifecycle"] == {"destroy": False} for one in document["removed"])
    return [one["from"] for one in document["removed"]]


def test_one_stack_imports_what_the_other_lets_go(app: App) -> None:
    shop, data = stack_in(app, "shop"), stack_in(app, "data")
    Queue(shop, "stays")
    Queue(data, "new", inner=True, moved_from="shop:jobs")
    import_from(data, "shop", IDS)
    app.synth()
    imports = written(app, "data")["import"]
    assert imports == [
        {"to": "aws_sqs_queue.new_queue", "id": "https://sqs/jobs"},
        {"to": "aws_sqs_queue_policy.new_policy", "id": "https://sqs/jobs"},
        {"to": "aws_sqs_queue.new_late_queue", "id": "https://sqs/late"},
    ]
    assert written(app, "data")["resource"]["aws_sqs_queue"]["new_late_queue"]["name"] == "shop-jobs-late"
    assert "moved" not in written(app, "data")
    assert gone(written(app, "shop")) == [
        "aws_sqs_queue.jobs_queue",
        "aws_sqs_queue_policy.jobs_policy",
        "aws_sqs_queue.jobs_late_queue",
        "aws_sqs_queue_policy.jobs_late_policy",
    ]


def test_a_stack_without_anything_left_lets_go_too(app: App) -> None:
    TerraformStack(app, "shop")
    data = stack_in(app, "data")
    Queue(data, "new", moved_from="shop:jobs")
    import_from(data, "shop", IDS)
    app.synth()
    assert gone(written(app, "shop")) == ["aws_sqs_queue.jobs_queue", "aws_sqs_queue_policy.jobs_policy"]


def test_what_is_left_out_today_may_have_been_there(app: App) -> None:
    stack_in(app, "shop")
    data = stack_in(app, "data")
    Queue(data, "new", policy=False, moved_from="shop:jobs").let_go("aws_kms_key", "key")
    import_from(data, "shop", IDS)
    app.synth()
    expected = ["aws_sqs_queue.jobs_queue", "aws_sqs_queue_policy.jobs_policy", "aws_kms_key.jobs_key"]
    assert sorted(gone(written(app, "shop"))) == sorted(expected)
    assert [one["to"] for one in written(app, "data")["import"]] == ["aws_sqs_queue.new_queue"]


def test_moved_before_it_left_and_after(app: App) -> None:
    stack_in(app, "shop")
    data = stack_in(app, "data")
    Queue(data, "newest", moved_from="shop:works -> shop:jobs -> new", policy=False)
    import_from(data, "shop", IDS)
    app.synth()
    document = written(app, "data")
    assert document["import"] == [{"to": "aws_sqs_queue.newest_queue", "id": "https://sqs/jobs"}]
    assert document["moved"] == [{"from": "aws_sqs_queue.new_queue", "to": "aws_sqs_queue.newest_queue"}]
    assert document["resource"]["aws_sqs_queue"]["newest_queue"]["name"] == "shop-works"
    assert gone(written(app, "shop"))[:2] == ["aws_sqs_queue.jobs_queue", "aws_sqs_queue.works_queue"]


def test_once_all_is_imported_no_ids_are_needed(app: App) -> None:
    stack_in(app, "shop")
    data = stack_in(app, "data")
    Queue(data, "new", moved_from="shop:jobs")
    import_from(data, "shop", None)
    app.synth()
    assert "import" not in written(app, "data")


def test_instances_keep_their_keys() -> None:
    data, ids = test_stack("data"), {'aws_sqs_queue.jobs_queue["a.b"]': "a", "aws_sqs_queue.jobs_queue[0]": "b", **IDS}
    del ids["aws_sqs_queue.jobs_queue"]
    Queue(data, "new", moved_from="shop:jobs")
    import_from(data, "shop", ids)
    imports = [(one["to"], one["id"]) for one in synthesize(data)["import"]]
    assert imports[:2] == [('aws_sqs_queue.new_queue["a.b"]', "a"), ("aws_sqs_queue.new_queue[0]", "b")]
    shop = test_stack("shop")
    let_go(shop, "jobs", ids)
    assert gone(synthesize(shop)).count("aws_sqs_queue.jobs_queue") == 1


def test_what_exists_is_imported_at_the_stacks_own_addresses(app: App) -> None:
    data = stack_in(app, "data")
    Queue(data, "jobs", inner=True)
    Queue(data, "renamed", policy=False, moved_from="jobs-of-others")
    import_from(data, "data", {**IDS, "aws_sqs_queue_policy.jobs_late_policy": None})
    app.synth()
    document = written(app, "data")
    assert [(one["to"], one["id"]) for one in document["import"]] == [
        ("aws_sqs_queue.jobs_queue", "https://sqs/jobs"),
        ("aws_sqs_queue_policy.jobs_policy", "https://sqs/jobs"),
        ("aws_sqs_queue.jobs_late_queue", "https://sqs/late"),
        ("aws_sqs_queue.renamed_queue", "https://sqs/others"),
    ]
    assert document["resource"]["aws_sqs_queue"]["jobs_queue"]["name"] == "data-jobs"


def test_refuses_ids_that_no_resource_of_the_stack_has(app: App) -> None:
    data = stack_in(app, "data")
    Queue(data, "jobs")
    import_from(data, "data", {"aws_sqs_queue.jobs_queue": "https://sqs/jobs", "aws_sqs_queue.job_queue": "b"})
    with pytest.raises(ConfigError, match="no resource has the address aws_sqs_queue.job_queue"):
        app.synth()


def test_what_the_own_state_has_elsewhere_is_moved(app: App) -> None:
    data = stack_in(app, "data")
    Queue(data, "jobs")
    Queue(data, "renamed", policy=False, moved_from="early")
    old = {
        "aws_sqs_queue.jobs_queue": "module.q.aws_sqs_queue.this[0]",
        "aws_sqs_queue.early_queue": "aws_sqs_queue.x",
    }
    move_from(data, old)
    app.synth()
    assert written(app, "data")["moved"] == [
        {"from": "module.q.aws_sqs_queue.this[0]", "to": "aws_sqs_queue.jobs_queue"},
        {"from": "aws_sqs_queue.x", "to": "aws_sqs_queue.early_queue"},
        {"from": "aws_sqs_queue.early_queue", "to": "aws_sqs_queue.renamed_queue"},
    ]


def test_refuses_moves_that_no_resource_of_the_stack_has(app: App) -> None:
    data = stack_in(app, "data")
    Queue(data, "jobs")
    move_from(data, {"aws_sqs_queue.job_queue": "aws_sqs_queue.x"})
    with pytest.raises(ConfigError, match="no resource has the address aws_sqs_queue.job_queue"):
        app.synth()


def test_another_region_of_a_provider_is_part_of_the_id() -> None:
    data = test_stack("data")
    Queue(data, "new", moved_from="shop:jobs", provider=OtherRegion("aws", "eu-west-1"))
    import_from(data, "shop", IDS)
    document = synthesize(data, providers=VERSIONS[-1:])
    assert document["import"][0] == {"to": "aws_sqs_queue.new_queue", "id": "https://sqs/jobs@eu-west-1"}


def test_ids_from_a_file_and_what_is_new_is_said(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ids.json").write_text(json.dumps({"aws_sqs_queue.jobs_queue": "q"}))
    data = stack_in(app, "data")
    Queue(data, "new", moved_from="shop:jobs")
    import_from(data, "shop", tmp_path / "ids.json")
    app.synth()
    said = capsys.readouterr().err
    assert "data/new: aws_sqs_queue_policy.new_policy has no import id and will be created. Write null for it" in said
    assert (
        "data: the stack 'shop' of another program destroys what moved here, unless it has let_go(stack, path, ids)"
        in said
    )


def refusal(app: App) -> str:
    with pytest.raises(ConfigError) as error:
        app.synth()
    assert not list(Path(app.outdir).rglob("cdk.tf.json"))
    return str(error.value)


def test_refuses_to_create_everything_again(app: App) -> None:
    Queue(stack_in(app, "data"), "new", moved_from="shop:jobs")
    assert refusal(app).startswith(
        "data/new: moved_from='shop:jobs' is in another stack: without import ids everything would be"
    )


def test_refuses_ids_of_something_else(app: App) -> None:
    data = stack_in(app, "data")
    Queue(data, "new", moved_from="shop:job")
    import_from(data, "shop", IDS)
    assert refusal(app) == (
        "data/new: moved_from='shop:job': none of its resources is among the ids of 'shop', e.g. aws_sqs_queue.job_queue. Correct "
        "the path, or write null for each that is to be created."
    )


def test_refuses_what_is_still_there(app: App) -> None:
    Queue(stack_in(app, "shop"), "jobs")
    data = stack_in(app, "data")
    Queue(data, "new", moved_from="shop:jobs")
    import_from(data, "shop", IDS)
    assert refusal(app) == (
        "data/new: moved_from='shop:jobs', but shop still has aws_sqs_queue.jobs_queue: two stacks would manage one resource. "
        "Remove the construct there."
    )


def test_another_program_lets_go_by_the_same_ids() -> None:
    stack = test_stack("shop")
    Queue(stack, "jobs-of-others")
    let_go(stack, "jobs", IDS)
    # The rest of the path is another construct's, which is still there.
    assert gone(synthesize(stack)) == [one for one in IDS if "others" not in one]


def test_another_program_without_anything_left() -> None:
    stack = test_stack("shop")
    let_go(stack, "jobs/late", IDS)
    assert gone(synthesize(stack)) == ["aws_sqs_queue.jobs_late_queue", "aws_sqs_queue_policy.jobs_late_policy"]


@pytest.mark.parametrize(
    ("ids", "what"),
    [
        ("nowhere.json", "'nowhere.json' cannot be read: No such file or directory. Write the file with"),
        (
            {"aws_sqs_queue.jobs_queue": 3},
            "ids are text by address, e.g. {'aws_s3_bucket.uploads_bucket': 'acme-uploads'}. Write",
        ),
        ([], "ids are text by address"),
    ],
)
def test_refuses_what_are_no_ids(ids: Any, what: str) -> None:
    stack = test_stack("shop")
    with pytest.raises(ConfigError) as error:
        import_from(stack, "data", ids)
    assert str(error.value).startswith(f"shop: import_from('data'): {what}")
    with pytest.raises(ConfigError) as error:
        let_go(stack, "jobs", ids)
    assert str(error.value).startswith(f"shop: let_go('jobs'): {what}")


def test_refuses_a_path_that_nothing_has() -> None:
    with pytest.raises(
        ConfigError, match=r"^shop: let_go\('job'\): nothing in the ids is of that path\. Write its path below"
    ):
        let_go(test_stack("shop"), "job", IDS)
