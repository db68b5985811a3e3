"""Decides which modules a function needs and compiles them, without importing or running any of them.

Standard input is one JSON object:

  trees     where modules come from, in the order of the guest's sys.path: {"kind", "host", "guest"} and, for
            "user", "files": the paths that belong to the function. Kinds: user, runtime, stdlib, dynload, site.
  roots     modules that are needed in any case
  keep      modules of the manifest's build.python.include
  prune     none, stdlib or all
  bytecode  whether to compile
  cache     a directory for byte code and what is known of unchanged sources; shared with other builds
  builtin, extension_suffixes   of the interpreter (probe.py)

The answer: "files", a list of [guest path, host path, reason], sorted; "unresolved", imports of the user's own
modules that nothing answers; "modules", how many are staged.

The same sources give the same bytes: no time, no order of a set, no host path gets into a .pyc.
"""

import gc
import json
import sys

from staging.plan import Staging


def main():
    gc.disable()  # nothing lives longer than this program
    sys.setrecursionlimit(10000)
    staging = Staging(json.load(sys.stdin))
    staging.run()
    staging.shared.save()
    staging.own.save()
    json.dump(staging.answer(), sys.stdout, separators=(",", ":"))


main()
