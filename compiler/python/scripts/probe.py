"""Says what the interpreter that runs it is and where its parts lie, as one line of JSON.

Run with -I -S: nothing but the standard library is looked at.
"""

import importlib.machinery
import importlib.util
import json
import os
import site
import sys
import sysconfig


def library():
    """The shared libpython that the program needs; empty where it is linked in."""
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return ""
    name = sysconfig.get_config_var("INSTSONAME") or sysconfig.get_config_var("LDLIBRARY")
    path = os.path.join(sysconfig.get_config_var("LIBDIR") or "", name or "")
    return os.path.realpath(path) if name and os.path.isfile(path) else ""


def main():
    facts = {
        "version": list(sys.version_info[:3]),
        "executable": os.path.realpath(sys.executable),
        "implementation": sys.implementation.name,
        "cache_tag": sys.implementation.cache_tag,
        "magic": importlib.util.MAGIC_NUMBER.hex(),
        "platlibdir": getattr(sys, "platlibdir", "lib"),
        "stdlib": os.path.realpath(sysconfig.get_path("stdlib")),
        "dynload": os.path.realpath(
            sysconfig.get_config_var("DESTSHARED") or os.path.join(sysconfig.get_path("platstdlib"), "lib-dynload")
        ),
        "library": library(),
        "library_name": sysconfig.get_config_var("INSTSONAME") or "",
        "builtin": sorted(sys.builtin_module_names),
        "extension_suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "site_directories": site.getsitepackages(),
    }
    json.dump(facts, sys.stdout, sort_keys=True)
    sys.stdout.write("\n")


main()
