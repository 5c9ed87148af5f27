"""All services: a request that is sent again is answered as the first time."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)

# Retries come within a minute; this many calls take longer.
_ANSWERS_KEPT = 2000


def answer_retries_alike() -> None:
    """A client whose answer was lost sends its request again, and is told that it already exists.

    Every try of one call carries the same `amz-sdk-invocation-id`, by which the answer of the first
    that succeeded is found again.
    """
    app.app = _answering_retries_alike(app.app)


def _answering_retries_alike(original: Application) -> Application:
    answers: dict[bytes, list[Message]] = {}

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", []))
        call = headers.get(b"amz-sdk-invocation-id", b"")
        if call in answers:
            _log.warning("answered a retry of %s %s", scope["method"], scope["path"])
            for message in answers[call]:
                await send(message)
            return
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)
            if call and sent[0].get("status", 500) < 400 and not message.get("more_body", True):
                answers[call] = sent
                if len(answers) > _ANSWERS_KEPT:
                    del answers[next(iter(answers))]
            await send(message)

        await original(scope, receive, keep)

    return application
