"""The decorators of functions_framework.aio, for functions that take a starlette Request or a CloudEvent and may be
asynchronous."""

import functools
import inspect

from functions_framework import _mark


def _mark_either(function, kind):
    marked = _mark(function, kind)
    if not inspect.iscoroutinefunction(function):
        return marked

    @functools.wraps(marked)
    async def wrapper(*args, **kwargs):
        return await function(*args, **kwargs)

    return wrapper


def http(function):
    """Decorator: the function takes a starlette.requests.Request."""
    return _mark_either(function, "aio_http")


def cloud_event(function):
    """Decorator: the function takes a CloudEvent."""
    return _mark_either(function, "aio_cloudevent")
