"""What is known of sources that have not changed since, and their byte code; kept between builds."""

import json
import os
import re

IDENTIFIER_IN_BINARY = re.compile(rb"\0([a-z_][a-z0-9_.]{2,40})(?=\0)")


def version_of_scripts():
    """What another version of these scripts found is of no use."""
    directory = os.path.dirname(os.path.abspath(__file__))
    status = [os.stat(os.path.join(directory, name)) for name in ("bytecode.py", "cache.py", "imports.py", "optional.py")]
    return "-".join("%x-%x" % (one.st_size, one.st_mtime_ns // 1000000) for one in status)


class Cache:
    """What is known of sources that have not changed since, and their byte code."""

    def __init__(self, directory, bytecode):
        self.directory = directory
        self.bytecode = bytecode
        self.path = os.path.join(directory, "modules-%s%s.json" % ("" if bytecode else "sources-", version_of_scripts()))
        self.known = {}
        self.changed = False
        self.compiled = 0
        try:
            with open(self.path, "rb") as file:
                known = json.load(file)
            if isinstance(known, dict):
                self.known = known
        except (OSError, ValueError):
            pass

    def pyc_path(self, name):
        return os.path.join(self.directory, "pyc", name[:2], name + ".pyc")

    def look_up(self, host, guest, text=None):
        """[stamp, imports, changes_path, name of the byte code or "", marks]"""
        if text is None:
            status = os.stat(host)
            stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        else:
            stamp = [text.decode()]
        key = guest + "\n" + host
        entry = self.known.get(key)
        if entry and entry[0] == stamp and (not entry[3] or os.path.exists(self.pyc_path(entry[3]))):
            return entry
        entry = [stamp] + self.read(host, guest, text)
        self.known[key] = entry
        self.changed = True
        return entry

    def read(self, host, guest, text):
        if text is None:
            with open(host, "rb") as file:
                text = file.read()
        # What has not changed needs none of these, and they take long to import.
        import ast

        try:
            from _sha2 import sha256
        except ImportError:
            try:
                from _sha256 import sha256
            except ImportError:
                from hashlib import sha256  # brings all of OpenSSL along, which takes as long as the rest

        from staging.bytecode import bytecode_of
        from staging.imports import imports_of

        try:
            tree = ast.parse(text, guest)
            imports, changes_path, marks = imports_of(tree)
            if not self.bytecode:
                return [imports, changes_path, "", marks]
            data = bytecode_of(tree, text, guest)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # A template, a test of the parser, a source for another version: it is not for this interpreter.
            return [[], False, "", []]
        self.compiled += 1
        name = sha256(data).hexdigest()[:40]
        write_whole(self.pyc_path(name), data)
        return [imports, changes_path, name, marks]

    def binary_names(self, host, standard):
        """Words in an extension module that are names of `standard` modules, so it may import these."""
        status = os.stat(host)
        stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        entry = self.known.get(host)
        if not entry or entry[0] != stamp:
            with open(host, "rb") as file:
                words = {word.decode() for word in IDENTIFIER_IN_BINARY.findall(file.read())}
            entry = self.known[host] = [stamp, sorted(words & standard)]
            self.changed = True
        return entry[1]

    def save(self):
        if self.changed:
            write_whole(self.path, json.dumps(self.known, separators=(",", ":")).encode())


def write_whole(path, data):
    directory = os.path.dirname(path)
    os.makedirs(directory, exist_ok=True)
    temporary = "%s.%d" % (path, os.getpid())
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
