"""What API Gateway answers by itself has the app's own shape, and says the way out."""

import pytest

from tests.deployed.conftest import Api


def test_an_unknown_route_is_404_and_not_a_complaint_about_tokens(api: Api) -> None:
    answer = api.request("GET", "/no-such-route")

    assert answer.status == 404
    assert answer.body["Code"] == "NotFoundError"
    assert answer.body["Message"] == "No such route: GET / names the routes."
    assert answer.body["Region"] == answer.headers["X-Region"] == "us-east-1"
    assert answer.body["RequestId"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/read", "GET, OPTIONS"), ("GET", "/write", "OPTIONS, POST")],
)
def test_an_unknown_method_is_405_and_names_those_that_are_served(
    api: Api, method: str, path: str, allowed: str
) -> None:
    answer = api.request(method, path)

    assert answer.status == 405
    assert answer.headers["Allow"] == allowed
    assert answer.body["Code"] == "MethodNotAllowedError"
    assert answer.body["Message"] == f"{path} takes {allowed}."


@pytest.mark.parametrize("key", [None, "not-the-key-but-long-enough"])
def test_a_write_without_a_valid_key_is_403_with_the_way_out(api: Api, key: str | None) -> None:
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"x-api-key": key})
    answer = api.request("POST", "/write", b'{"ItemId": "x", "Data": 1}', headers)

    assert answer.status == 403
    assert answer.body["Code"] == "ForbiddenError"
    assert "x-api-key" in answer.body["Message"]


def test_one_key_writes_in_both_regions_and_each_serves_what_the_other_wrote(api: Api) -> None:
    here, there = api.deployed.deployment.regions
    for writer, reader in ((here, there), (there, here)):
        item = {"ItemId": f"written in {writer.name}", "Data": {"by": writer.name}}
        written = api.write(item, host=writer.domain_name)
        path = f"/read?ItemId=written%20in%20{writer.name}&consistent=true"
        read = api.request("GET", path, host=reader.domain_name)

        assert (written.status, written.body["Region"]) == (200, writer.name)
        assert (read.status, read.body["Region"]) == (200, reader.name)
        assert read.body["Item"]["Data"] == {"by": writer.name}
        assert read.body["Item"]["WrittenIn"] == writer.name


def test_a_preflight_allows_what_browsers_need_to_write(api: Api) -> None:
    answer = api.request("OPTIONS", "/write")

    assert answer.status == 200
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(",")
    assert {"content-type", "x-api-key", "if-none-match"} <= set(allowed)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
