"""HTTP functions of functions_framework.aio: def f(request), asynchronous or not, with a starlette Request; text, a
dictionary, one of these with a status, or a starlette Response back."""

import asyncio
import contextvars
import functools
import inspect

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from faasc_boot import handler
from faasc_boot.answers import busy, crashed_plainly, keep_traceback, timed_out
from faasc_boot.asgi import Loop, respond
from faasc_boot.server import Server

METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]


async def call(target, argument):
    """A function that is not asynchronous may take its time in a thread of its own."""
    if inspect.iscoroutinefunction(target):
        return await target(argument)
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(None, context.run, target, argument)


def response_of(result):
    status = 200
    if isinstance(result, tuple) and len(result) == 2:
        result, status = result
    elif result is None:
        raise HTTPException(500, "No response returned")
    elif not isinstance(result, (str, dict)):
        return result
    return JSONResponse(result, status) if isinstance(result, dict) else Response(result, status)


def make_application(target):
    @functools.wraps(target)
    async def endpoint(request):
        try:
            return response_of(await call(target, request))
        except HTTPException:
            raise
        except Exception as error:
            keep_traceback(error)
            raise

    starlette = Starlette(routes=[Route(path, endpoint, methods=METHODS) for path in ("/", "/{path:path}")])
    # Without the error page of its own: a crash is told as in every other kind.
    application = ExceptionMiddleware(starlette.router)

    async def with_application(scope, receive, send):
        scope["app"] = starlette
        await application(scope, receive, send)

    return with_application


def make_server(function, settings, load):
    module = load(function.MODULE)
    application = make_application(handler.find(module, function.NAME))
    loop = Loop()

    def handle(request):
        return respond(loop, application, request, settings)

    return Server(settings, handle, crashed_plainly, timed_out(settings), busy)
