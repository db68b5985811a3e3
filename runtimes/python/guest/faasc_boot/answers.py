"""The answers that all kinds give alike when a call does not end well."""

import sys

from faasc_boot.message import text_response

STATUS_HEADER = "X-Google-Status"
# What the Functions Framework answers, word for word, so that nothing of the function's leaks to its callers.
CRASHED = ("500 Internal Server Error: The server encountered an internal error and was unable to complete your request. "
           "Either the server is overloaded or there is an error in the application.")


def crashed(request, error, text=CRASHED):
    from faasc_boot.main import trim_traceback

    error = trim_traceback(error)
    sys.excepthook(type(error), error, error.__traceback__)
    return text_response(500, text, [(STATUS_HEADER, "crash")])


def crashed_plainly(request, error):
    """What functions_framework.aio answers."""
    error.__traceback__ = getattr(error, "__faasc_traceback__", error.__traceback__)
    return crashed(request, error, "Internal Server Error")


def keep_traceback(error):
    """From here on: libraries between the runtime and the function only hide where the function failed."""
    error.__faasc_traceback__ = error.__traceback__


def timed_out(settings):
    text = "Task timed out after %.2f seconds" % settings.timeout
    return lambda request: text_response(504, text)


def busy(request):
    return text_response(429, "too many requests at the same time")
