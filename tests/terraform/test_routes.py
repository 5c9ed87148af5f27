"""Whatever verb a new route has, it reaches the function with its rights, which may be called."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

from infra.package import package
from tests.terraform.checkouts import REGION, Checkout, said

ROUTES = """

@app.route("/things/{thing_id}", methods=["HEAD", "PUT", "PATCH", "DELETE"], api_key_required=True)
def things(thing_id: str) -> dict[str, object]:
    return {"Thing": thing_id}
"""


def test_routes_of_every_verb_may_call_the_function_that_serves_them(
    checkout: Checkout, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    shutil.copytree(checkout.infra.parent, root)
    with (root / "app.py").open("a") as routes:
        routes.write(ROUTES)
    package(root)
    generated = (root / "infra/build/primary/chalice.tf.json").read_text()
    for verb in ("head", "put", "patch", "delete"):
        assert f'\\"{verb}\\"' in generated, "the routes must be in what is tested"

    added = replace(checkout, infra=root / "infra").without_the_firewall(tmp_path / "infra")
    routes_tests = ("-filter=tests/routes.tftest.hcl",)
    done = added.terraform("test", "-no-color", *routes_tests, module=REGION)
    assert done.returncode == 0, said(done)
    assert re.search(r"Success! [1-9]\d* passed, 0 failed\.", done.stdout), said(done)
