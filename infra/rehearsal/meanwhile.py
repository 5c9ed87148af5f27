"""Runs the course of a fault that changes while it lasts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any


@contextlib.asynccontextmanager
async def meanwhile(course: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a coroutine while the context is entered, then end it, and raise what it failed with."""
    task = asyncio.create_task(course)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
