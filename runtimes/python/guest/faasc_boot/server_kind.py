"""Programs that listen on $PORT themselves: the module runs as the main program, as "python main.py" would."""

import runpy
import sys

from faasc_boot.main import leave, print_traceback


def make_server(function, settings, load):
    sys.argv = [function.MODULE.replace(".", "/") + ".py"]
    try:
        runpy.run_module(function.MODULE, run_name="__main__", alter_sys=True)
    except SystemExit:
        raise
    except BaseException as error:
        print_traceback(error)
        leave(1)
    return None
