"""HTTP functions: def f(request) with a flask.Request, anything back that Flask takes for a response."""

import os

import flask
import functions_framework
import werkzeug.routing

from faasc_boot import handler, wsgi
from faasc_boot.answers import STATUS_HEADER, busy, crashed, timed_out
from faasc_boot.server import Server


def make_application(function):
    """The Flask application around a function that is still to be loaded."""
    application = flask.Flask(function.NAME, root_path=function.DIRECTORY,
                              template_folder=os.path.join(function.DIRECTORY, "templates"), static_folder=None)

    def failed(error):
        return str(error), 500, {STATUS_HEADER: "crash"}

    application.register_error_handler(500, failed)
    functions_framework.use_application(application)
    return application


def serve_with(application, view):
    for rule in ("/", "/<path:path>"):
        application.url_map.add(werkzeug.routing.Rule(rule, endpoint="run"))
    application.view_functions["run"] = lambda path="": view()


def view_of(function):
    target = getattr(function, "__wrapped_view__", function)
    return lambda: target(flask.request._get_current_object())


def make_server(function, settings, load):
    application = make_application(function)
    with application.app_context():
        module = load(function.MODULE)
    target = handler.find(module, function.NAME)
    serve_with(application, view_of(target))

    def handle(request):
        return wsgi.call(application, request, settings)

    return Server(settings, handle, crashed, timed_out(settings), busy)
