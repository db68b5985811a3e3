"""AWS Lambda handlers: def handler(event, context).

One event at a time. POST / and the invocation path of Lambda's own emulator take the event; the answer is what the
handler returned, as JSON."""

import base64
import json
import logging
import os
import sys
import threading
import time
import traceback

from faasc_boot import handler, log
from faasc_boot.answers import crashed
from faasc_boot.message import Response, text_response
from faasc_boot.server import Server

JSON_TYPE = [("Content-Type", "application/json")]
PREFIX = "/2015-03-31/functions/"
SUFFIX = "/invocations"

current = threading.local()


def function_arn(name):
    return "arn:aws:lambda:us-east-1:012345678912:function:" + name


class CognitoIdentity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self, values):
        self.cognito_identity_id = values.get("cognitoIdentityId")
        self.cognito_identity_pool_id = values.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, values):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, values.get(name))


class ClientContext:
    def __init__(self, values):
        self.custom = values.get("custom")
        self.env = values.get("env")
        self.client = Client(values.get("client") or {})


class LambdaContext:
    """The second argument of a handler."""

    def __init__(self, request_id, deadline, client_context=None, tenant_id=None):
        environment = os.environ
        self.aws_request_id = request_id
        self.log_group_name = environment.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environment.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environment.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = function_arn(self.function_name or "")
        self.tenant_id = tenant_id
        self.client_context = ClientContext(client_context) if client_context is not None else None
        self.identity = CognitoIdentity({})
        self._deadline = deadline

    def get_remaining_time_in_millis(self):
        return max(int((self._deadline - time.monotonic()) * 1000), 0)

    def log(self, message):
        sys.stdout.write(message if isinstance(message, str) else str(message))

    def __repr__(self):
        return "LambdaContext([%s])" % ",".join(
            "%s=%s" % (key, value) for key, value in vars(self).items() if not key.startswith("_"))


def timestamp(seconds=None):
    now = time.time() if seconds is None else seconds
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%03dZ" % (now % 1 * 1000)


class TextFormatter(logging.Formatter):
    """[LEVEL]<tab>time<tab>request id<tab>message"""

    def format(self, record):
        text = super().format(record)
        return "[%s]\t%s\t%s\t%s" % (record.levelname, timestamp(record.created), request_id(), text)


class JsonFormatter(logging.Formatter):
    def format(self, record):
        entry = {"timestamp": timestamp(record.created)[:-5] + "Z", "level": record.levelname,
                 "message": record.getMessage(), "logger": record.name}
        if record.exc_info:
            kind, error, trace = record.exc_info
            entry["stackTrace"] = [line.rstrip("\n") for line in traceback.format_tb(trace)]
            entry["errorType"] = kind.__name__
            entry["errorMessage"] = str(error)
            entry["location"] = "%s:%s:%d" % (record.pathname, record.funcName, record.lineno)
        if request_id():
            entry["requestId"] = request_id()
        return json.dumps(entry, ensure_ascii=False, default=str)


def request_id():
    return getattr(current, "request_id", "")


class ConsoleHandler(logging.Handler):
    def emit(self, record):
        try:
            log.write_line(1, self.format(record))
        except Exception:
            self.handleError(record)


def set_up_logging():
    """As Lambda does: one handler on the root logger, so that print and logging both reach the console."""
    console = ConsoleHandler()
    as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    console.setFormatter(JsonFormatter() if as_json else TextFormatter())
    root = logging.getLogger()
    root.addHandler(console)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    names = {"TRACE": logging.DEBUG, "DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARN": logging.WARNING,
             "ERROR": logging.ERROR, "FATAL": logging.CRITICAL}
    if level in names:
        root.setLevel(names[level])


def set_environment(name, settings):
    defaults = {
        "AWS_LAMBDA_FUNCTION_NAME": settings.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + settings.name,
        "AWS_LAMBDA_LOG_STREAM_NAME": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python%d.%d" % sys.version_info[:2],
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "_HANDLER": name,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
    }
    for key, value in defaults.items():
        os.environ.setdefault(key, value)
    if os.environ["AWS_EXECUTION_ENV"] == "AWS_Lambda_python":
        os.environ["AWS_EXECUTION_ENV"] = defaults["AWS_EXECUTION_ENV"]


def error_type(error):
    return type(error).__name__


def describe(error, request):
    """Lambda's description of a failure. The frames are those of the function."""
    trace = error.__traceback__
    while trace is not None and "/faasc_boot/" in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    return {
        "errorMessage": str(error),
        "errorType": error_type(error),
        "requestId": request,
        "stackTrace": traceback.format_list(traceback.extract_tb(trace)),
    }


class Unserializable(Exception):
    pass


def to_json(value):
    try:
        return json.dumps(value, ensure_ascii=sys.version_info < (3, 12))
    except (TypeError, ValueError, RecursionError) as error:
        raise Unserializable("Unable to marshal response: %s" % error) from None


class LambdaFunction:
    def __init__(self, function, settings):
        self.function = function
        self.settings = settings
        self.url_events = os.environ.get("FAASC_LAMBDA_EVENT", "raw") == "url-v2"

    def is_invocation(self, request):
        """Whether the request is for the path that Lambda's own emulator has; a name other than the function's is a
        404, which None says."""
        path = request.path
        if not (path.startswith(PREFIX) and path.endswith(SUFFIX)):
            return False
        name = path[len(PREFIX) : -len(SUFFIX)]
        return True if name in ("function", self.settings.name) else None

    def handle(self, request):
        invocation = self.is_invocation(request)
        if invocation is None:
            return text_response(404, "there is no such function here")
        if invocation or not self.url_events:
            if request.method != "POST":
                return text_response(405, "events are sent by POST", [("Allow", "POST")])
            return self.invoke(request, invocation)
        from faasc_boot.lambda_url import answer_of, event_of

        answer = self.invoke(request, False, event_of(request))
        return answer_of(answer) if answer.status == 200 else answer

    def invoke(self, request, invocation, event=None):
        how = request.header("x-amz-invocation-type", "RequestResponse") if invocation else "RequestResponse"
        if how == "DryRun":
            return Response(204)
        content_type = (request.header("content-type") or "application/json").lower()
        if event is None:
            body = request.body
            if content_type.startswith("application/octet-stream"):
                event = body
            else:
                try:
                    event = json.loads(body.decode("utf-8")) if body else {}
                except (ValueError, RecursionError) as error:
                    return self.failed(request, invocation, {
                        "errorMessage": "Unable to unmarshal input: %s" % error, "errorType": "Runtime.UnmarshalError",
                        "requestId": request.execution_id, "stackTrace": []})
        context = LambdaContext(uuid_of(request), request.deadline, client_context(request),
                                request.header("x-amz-tenant-id"))
        if request.header("x-amzn-trace-id"):
            os.environ["_X_AMZN_TRACE_ID"] = request.header("x-amzn-trace-id")
        started = time.monotonic()
        log.write_line(1, "START RequestId: %s Version: %s" % (context.aws_request_id, context.function_version))
        current.request_id = context.aws_request_id
        try:
            result = self.function(event, context)
            body = result if isinstance(result, (bytes, bytearray)) else to_json(result).encode("utf-8", "surrogatepass")
            failure = None
        except BaseException as error:  # SystemExit too, which Lambda reports
            failure = self.failure_of(error, context.aws_request_id)
            log.flush_output()
            report(failure)
        finally:
            log.flush_output()
            current.request_id = ""
            milliseconds = (time.monotonic() - started) * 1000
            log.write_line(1, "END RequestId: %s" % context.aws_request_id)
            log.write_line(1, "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %s MB" % (
                context.aws_request_id, milliseconds, int(milliseconds) + 1, context.memory_limit_in_mb))
        if failure is not None:
            return self.failed(request, invocation, failure)
        limit = self.settings.response_size or (6 << 20) + 100
        if len(body) > limit:
            return self.failed(request, invocation, {
                "errorMessage": "Response payload size exceeded maximum allowed payload size (%d bytes)." % limit,
                "errorType": "Function.ResponseSizeTooLarge", "requestId": context.aws_request_id})
        if how == "Event":
            return Response(202)
        kind = [("Content-Type", "application/unknown")] if isinstance(result, (bytes, bytearray)) else JSON_TYPE
        return Response(200, kind + self.version(invocation), body)

    @staticmethod
    def failure_of(error, request):
        failure = describe(error, request)
        if isinstance(error, Unserializable):
            failure["errorType"] = "Runtime.MarshalError"
            failure["stackTrace"] = []
        elif isinstance(error, SystemExit):
            failure["errorType"] = "Runtime.ExitError"
            failure["errorMessage"] = "RequestId: %s Error: Runtime exited with error: exit status %s" % (
                request, error.code)
        return failure

    @staticmethod
    def version(invocation):
        return [("X-Amz-Executed-Version", "$LATEST")] if invocation else []

    def failed(self, request, invocation, failure):
        """The emulator's path answers 200 and says in a header that the function failed, as the cloud does."""
        body = to_json(failure).encode("utf-8")
        if invocation:
            return Response(200, JSON_TYPE + [("X-Amz-Function-Error", "Unhandled")] + self.version(True), body)
        return Response(500, JSON_TYPE + [("X-Google-Status", "error")], body)

    def timed_out(self, request):
        text = "Task timed out after %.2f seconds" % self.settings.timeout
        return text_response(200 if self.is_invocation(request) else 504, text)

    def busy(self, request):
        return text_response(400 if self.is_invocation(request) else 429, "too many requests at the same time")



def report(failure):
    """What Lambda writes to the log of a function that failed."""
    lines = ["[ERROR] %s: %s" % (failure["errorType"], failure["errorMessage"])]
    if failure.get("stackTrace"):
        lines.append("Traceback (most recent call last):")
        lines.extend("".join(failure["stackTrace"]).rstrip("\n").split("\n"))
    log.write_line(1, "\n".join(lines))


def uuid_of(request):
    """Lambda's request ids look like UUIDs."""
    given = request.header("x-amzn-requestid")
    if given:
        return given
    digits = os.urandom(16).hex()
    return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:]))


def client_context(request):
    given = request.header("x-amz-client-context")
    if not given:
        return None
    try:
        values = json.loads(base64.b64decode(given))
        return values if isinstance(values, dict) else None
    except ValueError:
        return None


def make_server(function, settings, load):
    set_environment(function.MODULE + "." + function.NAME, settings)
    if settings.log_format == "json":
        os.environ.setdefault("AWS_LAMBDA_LOG_FORMAT", "JSON")
    set_up_logging()
    module = load(function.MODULE)
    served = LambdaFunction(handler.find(module, function.NAME), settings)
    return Server(settings, served.handle, crashed, served.timed_out, served.busy)
