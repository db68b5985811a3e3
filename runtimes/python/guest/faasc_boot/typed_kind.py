"""Typed functions: @functions_framework.typed. The argument is made of the request's JSON by its type's from_dict(),
the answer is what to_dict() of the result gives."""

import json

import functions_framework

from faasc_boot import handler, log
from faasc_boot.answers import busy, crashed, timed_out
from faasc_boot.main import leave
from faasc_boot.message import Response, text_response
from faasc_boot.server import Server


def make_server(function, settings, load):
    module = load(function.MODULE)
    target = handler.find(module, function.NAME)
    if not hasattr(target, "__faasc_input_type__"):
        try:
            target = functions_framework.typed(target)
        except (AttributeError, TypeError) as error:
            log.log("CRITICAL", str(error))
            leave(1)
    input_type = target.__faasc_input_type__

    def handle(request):
        try:
            value = json.loads(request.body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            return text_response(400, "the body is not JSON: %s" % error)
        try:
            argument = input_type.from_dict(value)
        except Exception as error:  # the user's own check
            return text_response(400, "the body is no %s: %s: %s" % (input_type.__name__, type(error).__name__, error))
        result = target(argument)
        if result is None:
            return Response(200, [], b"")
        if not hasattr(result, "to_dict"):
            raise TypeError("the function returned a %s, which has no to_dict()" % type(result).__name__)
        return Response(200, [("Content-Type", "application/json")], json.dumps(result.to_dict()).encode())

    return Server(settings, handle, crashed, timed_out(settings), busy)
