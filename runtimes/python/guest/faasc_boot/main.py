"""From the interpreter's start to the last answer."""

import atexit
import builtins
import codecs
import importlib
import os
import sys

from faasc_boot import log
from faasc_boot.settings import SettingError, Settings

KINDS = {
    "http": "faasc_boot.http_kind",
    "cloudevent": "faasc_boot.cloudevent_kind",
    "lambda": "faasc_boot.lambda_kind",
    "typed": "faasc_boot.typed_kind",
    "event": "faasc_boot.event_kind",
    "asgi": "faasc_boot.asgi_kind",
    "openfaas": "faasc_boot.openfaas_kind",
    "server": "faasc_boot.server_kind",
    "aio_http": "faasc_boot.aio_http_kind",
    "aio_cloudevent": "faasc_boot.aio_cloudevent_kind",
}


LEFT_OUT_CODECS = {
    "big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312",
    "gbk", "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext",
    "iso2022_kr", "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213",
    "idna",
}


class LeftOut:
    """Tells why a module of the standard library is not there. Last on sys.meta_path: asked only when nobody else
    has the module."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is None and name in getattr(sys, "stdlib_module_names", ()):
            raise ModuleNotFoundError(
                "No module named %r: it belongs to the standard library, but no import of it was seen when the image was "
                "built; add it to build.python.include, or set build.python.prune to none" % name, name=name)
        return None


def left_out_codec(name):
    """Asked for encodings that nobody else knows."""
    # Listed here, because what could list them was left out along with them.
    if name.replace("-", "_") in LEFT_OUT_CODECS:
        raise LookupError(
            "unknown encoding: %s: no use of it was seen when the image was built; add encodings.%s to "
            "build.python.include, or set build.python.prune to none" % (name, name.replace("-", "_")))
    return None


def prepare():
    """What the site module does for programs, without its search of the file system."""
    import _sitebuiltins

    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D"))
    # A line goes out when it ends, in one piece.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    sys.meta_path.append(LeftOut)
    codecs.register(left_out_codec)


def as_package(module, directory):
    """Imports a module as if it were a package, as Google's framework does, so that it can import others relative to
    itself."""
    import importlib.util

    spec = importlib.util.find_spec(module)
    spec.submodule_search_locations = [directory]
    sys.modules[module] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[module])
    return sys.modules[module]


def load(module):
    """Imports the module of the function. What that raises ends the program, with the traceback of the function's
    own frames."""
    import faasc_function

    try:
        if faasc_function.AS_PACKAGE:
            return as_package(module, faasc_function.DIRECTORY)
        return importlib.import_module(module)
    except BaseException as error:
        if isinstance(error, SystemExit) and error.code in (None, 0):
            log.log("CRITICAL", "the function ended the program while it was imported")
            leave(1)
        if isinstance(error, SystemExit):
            raise
        print_traceback(error)
        log.log("CRITICAL", "the function cannot be imported", module=module, error=type(error).__name__)
        leave(1)


def trim_traceback(error):
    """The exception without the runtime's and the import system's own frames."""
    trace = error.__traceback__
    while trace is not None and is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    error.__traceback__ = trace or error.__traceback__
    return error


def print_traceback(error):
    error = trim_traceback(error)
    sys.excepthook(type(error), error, error.__traceback__)
    log.flush_output()


def is_ours(filename):
    return filename.startswith("<frozen importlib") or any(
        part in filename for part in ("/faasc_boot/", "/functions_framework/", "/importlib/", "/concurrent/futures/"))


def leave(status):
    log.flush_output()
    os._exit(status)


def serve(function):
    settings = Settings()
    log.set_format(settings.log_format)
    os.chdir(function.DIRECTORY)
    prepare()
    kind = importlib.import_module(KINDS[function.KIND])
    server = kind.make_server(function, settings, load)
    if server is None:
        return True  # the function was the server
    try:
        port = server.open()
    except OSError as error:
        log.log("CRITICAL", "cannot listen on %s:%d: %s" % (settings.address, settings.port, error.strerror))
        leave(1)
    log.log("INFO", "listening", port=port)
    finished = server.run()
    stop = getattr(server, "on_stop", None)
    if stop:
        stop()
    return finished


def main(function):
    try:
        finished = serve(function)
    except SettingError as error:
        log.log("CRITICAL", str(error))
        leave(2)
    if not finished:
        # Functions that are still running cannot be stopped otherwise.
        log.log("WARNING", "the grace period is over; calls were cut off")
        leave(0)
    log.log("INFO", "stopped")
    # The interpreter's own way out can abort while threads that nobody stops still wait for work.
    atexit._run_exitfuncs()
    leave(0)
