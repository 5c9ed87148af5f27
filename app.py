"""The API's routes: each parses, makes one call and returns a dict, which is answered as JSON."""

import gc

gc.disable()  # what is loaded from here on stays, and looking for garbage in it would find none

import os

from chalice import Chalice, CORSConfig, Response

from chalicelib import answers, home, queries, records
from chalicelib.table import Table

# Lambda's own handler prints what is logged; one of Chalice's would print it twice.
app = Chalice(app_name="multi-region-api", configure_logs=False)
app.api.cors = CORSConfig(
    allow_headers=["If-None-Match"], expose_headers=["X-Region", "Retry-After"], max_age=600
)
app.api.binary_types = []  # all is text: no body arrives or leaves as base64
app.register_middleware(answers.complete, "http")

items = Table(os.environ.get("TABLE_NAME", ""))


@app.route("/")
def index() -> Response:
    """Show the page, on which the API can be tried and a failover watched."""
    return home.page()


@app.route("/read")
def read() -> dict[str, object]:
    """Read one item, or a page of items.

    `?ItemId=` answers that item or 404. Else `limit` (1 to 100, default 25) items, and in Next the
    `next` of the following page, null on the last. `consistent=true` shows every write that this
    region acknowledged.
    """
    query = queries.parse_read(app.current_request.to_original_event())
    if query.item_id is not None:
        return {"Item": items.get(query.item_id, consistent=query.consistent)}
    page = items.page(query.limit, after=query.after, consistent=query.consistent)
    return {"Items": page.items, "Next": page.next}


@app.route("/write", methods=["POST"], api_key_required=True)
def write_item() -> dict[str, object]:
    """Write {"ItemId": text, "Data": any JSON value}, over an item that is there.

    `If-None-Match: *` only creates, and answers 412 if this region has the item. A created and a
    replaced item both answer 200: telling them apart would take a read.
    """
    request = app.current_request
    item_id, data = records.parse_write(request.to_original_event())
    create_only = queries.parse_create_only(request.headers)
    item = items.put(item_id, data, create_only=create_only)
    return {"ItemId": item.item_id, "WrittenAt": item.written_at}


@app.lambda_function(name="write")
def write(event: object, context: object) -> object:
    """Serve the same routes as a function of its own, which alone may write."""
    return app(event, context)


# No collection during a request walks through what is loaded.
gc.freeze()
gc.enable()
