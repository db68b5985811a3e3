"""The program of every Python function: the interpreter runs this file.

It is started with -S, so that nothing is searched for: sys.path is what faasc_function.py says. That module is
written by the build and holds what is known of this one function.
"""

import sys

import faasc_function


def set_path():
    runtime = sys.path[0]
    standard = [entry for entry in sys.path[1:] if not entry.endswith(".zip")]
    from_user = [entry for entry in standard if not entry.startswith(sys.prefix + "/")]
    standard = [entry for entry in standard if entry not in from_user]
    sys.path[:] = [faasc_function.DIRECTORY] + from_user + [runtime] + standard + [faasc_function.SITE_PACKAGES]
    if faasc_function.read_paths:  # a requirement has a .pth file
        faasc_function.read_paths(faasc_function.SITE_PACKAGES)
    sys.path.append(faasc_function.FALLBACK)


set_path()

from faasc_boot.main import main  # noqa: E402: the path comes first

if __name__ == "__main__":
    main(faasc_function)
