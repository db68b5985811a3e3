"""The decorators of the Functions Framework for Python, as functions import them.

A handler is told from its decorator without running the module, so all that a decorator does here is to mark the
function and to hand it back.
"""

import functools

_application = None
_pending = []
_registered = {}


def use_application(application):
    """The Flask application that errorhandler() registers with; called by the runtime before the function is
    imported."""
    global _application
    _application = application
    for arguments, function in _pending:
        application.register_error_handler(arguments, function)
    _pending.clear()


def errorhandler(code_or_exception):
    """As Flask.errorhandler."""

    def decorate(function):
        if _application is None:
            _pending.append((code_or_exception, function))
        else:
            _application.register_error_handler(code_or_exception, function)
        return function

    return decorate


def _mark(function, kind):
    _registered[function.__name__] = kind

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    wrapper.__faasc_kind__ = kind
    return wrapper


def http(function):
    """Decorator: the function takes a flask.Request."""
    return _mark(function, "http")


def cloud_event(function):
    """Decorator: the function takes a CloudEvent."""
    return _mark(function, "cloudevent")


def typed(*arguments):
    """Decorator, with the input's type or without: the function takes an object made of the request's JSON."""

    def decorate(input_type, function):
        if input_type is None:
            input_type = _annotated_type(function)
        if not callable(getattr(input_type, "from_dict", None)):
            raise AttributeError(
                "type %s does not have the from_dict() that the argument of a typed function needs" % input_type)
        wrapper = _mark(function, "typed")
        wrapper.__faasc_input_type__ = input_type
        return wrapper

    if len(arguments) == 1 and not isinstance(arguments[0], type) and callable(arguments[0]):
        return decorate(None, arguments[0])
    return lambda function: decorate(arguments[0] if arguments else None, function)


def _annotated_type(function):
    import inspect

    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].annotation is inspect.Parameter.empty:
        raise TypeError("the argument of the typed function %s has no type; annotate it, or write "
                        "@functions_framework.typed(Type)" % function.__name__)
    annotation = parameters[0].annotation
    return function.__globals__.get(annotation, annotation) if isinstance(annotation, str) else annotation
