"""Reads Python sources with the interpreter's own parser and prints what faasc must know to choose a handler.

Nothing is imported or run. Standard input is ROOT, GUEST, OWN_CACHE, "1" or "" for byte code, and the paths of the files
below ROOT, separated by zero bytes; the answer is {"files": [FACTS, ...]} in the same order, as JSON. Lines and columns
count from 1, columns count bytes. What stage.py asks of these files, their imports and byte code, is answered in passing,
so that an edit costs one start of an interpreter; and that start is most of what it costs, so nothing is imported here
that is not needed, and this file, which is compiled each time, holds little.
"""

import gc
import sys

from staging.cache import Cache
from staging.facts import Source
from staging.json_text import json_text

# So few sources are not worth keeping for stage.py what was found in them: it would find out again.
FEW = 8


def main():
    gc.disable()  # nothing lives longer than this program
    sys.setrecursionlimit(10000)
    root, guest, own_cache, bytecode, *paths = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\0")
    # faasc lock keeps nothing.
    cache = Cache(own_cache, bool(bytecode and own_cache))
    keep = bool(own_cache) and len(paths) > FEW
    answer = []
    for path in paths:
        source = Source(root, path)
        facts = source.facts()
        facts.update(source.for_staging(guest + "/" + path, cache, keep))
        answer.append(facts)
    cache.save()
    sys.stdout.write(json_text({"files": answer}))


main()
