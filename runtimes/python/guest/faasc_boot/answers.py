"""The answers that all kinds give alike when a call does not end well."""

import sys

from faasc_boot.message import text_response

STATUS_HEADER = "X-Google-Status"
# What the Functions Framework answers, word for word, so that nothing of the function's leaks to its callers.
CRASHED = ("500 Internal Server Error: The server encountered an internal error and was unable to complete your request. "
           "Either the server is overloaded or there is an error in the application.")


def crashed(request, error):
    from faasc_boot.main import trim_traceback

    error = trim_traceback(error)
    sys.excepthook(type(error), error, error.__traceback__)
    return text_response(500, CRASHED, [(STATUS_HEADER, "crash")])


def timed_out(settings):
    text = "Task timed out after %.2f seconds" % settings.timeout
    return lambda request: text_response(504, text)


def busy(request):
    return text_response(429, "too many requests at the same time")
