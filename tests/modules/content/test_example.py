"""The root that shows a module in use."""

from secureinfra.modules.content.example import basic_example, call_of, region_of
from tests.modules.content.small import small


def test_a_call_gives_what_is_required_and_the_name() -> None:
    assert call_of(small(), "./modules/key") == {
        "data_key": {"source": "./modules/key", "name": "data-key", "owner": "security"}
    }


def test_the_whole_root() -> None:
    document = basic_example(small())
    assert document["provider"] == {"aws": [{"region": "eu-central-1"}]}
    assert document["module"]["data_key"]["source"] == "../../"
    assert document["output"]["data_key"]["value"] == "${module.data_key}"
    assert "output" not in basic_example(small(outputs=()))


def test_further_providers_are_made_and_passed() -> None:
    document = basic_example(small({"provider": "aws.us_east_1"}))
    assert document["provider"]["aws"][1] == {"alias": "us_east_1", "region": "us-east-1"}
    assert document["module"]["data_key"]["providers"] == {"aws": "aws", "aws.us_east_1": "aws.us_east_1"}


def test_the_region_of_an_alias() -> None:
    assert region_of("eu_west_1") == "eu-west-1"
    assert region_of("edge") == "us-east-1"
