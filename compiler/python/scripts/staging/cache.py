"""What is known of sources that have not changed since, and their byte code; kept between builds."""

import os

from staging import nodes


def version_of_scripts():
    """What another version of these scripts found is of no use."""
    directory = os.path.dirname(os.path.abspath(__file__))
    status = [os.stat(os.path.join(directory, name))
              for name in ("binaries.py", "bytecode.py", "cache.py", "imports.py", "nodes.py", "optional.py", "plan.py")]
    return "-".join("%x-%x" % (one.st_size, one.st_mtime_ns // 1000000) for one in status)


def stamp_of(status):
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


class Cache:
    """What is known of sources that have not changed since, and their byte code. What only some need is imported where
    it is needed: it takes long."""

    def __init__(self, directory, bytecode):
        self.directory = directory
        self.bytecode = bytecode
        self.path = os.path.join(directory, "modules-%s%s.json" % ("" if bytecode else "sources-", version_of_scripts()))
        self.loaded = None
        self.changed = False
        self.compiled = 0

    @property
    def known(self):
        if self.loaded is None:
            import json

            self.loaded = {}
            try:
                with open(self.path, "rb") as file:
                    known = json.load(file)
                if isinstance(known, dict):
                    self.loaded = known
            except (OSError, ValueError):
                pass
        return self.loaded

    def pyc_path(self, name):
        return os.path.join(self.directory, "pyc", name[:2], name + ".pyc")

    def look_up(self, host, guest, text=None, columns=True):
        """[stamp, imports, changes_path, name of the byte code or "", marks]"""
        stamp = stamp_of(os.stat(host)) if text is None else [text.decode()]
        entry = self.known.get(guest + "\n" + host)
        if entry and entry[0] == stamp and (not entry[3] or os.path.exists(self.pyc_path(entry[3]))):
            return entry
        if text is None:
            with open(host, "rb") as file:
                text = file.read()
        entry = [stamp] + self.read(guest, text, columns=columns)
        self.remember(host, guest, entry)
        return entry

    def remember(self, host, guest, entry):
        self.known[guest + "\n" + host] = entry
        self.changed = True

    def read(self, guest, text, tree=None, columns=True):
        """The same without the stamp, of a text whose tree may be known."""
        from staging.bytecode import bytecode_of
        from staging.imports import imports_of

        try:
            tree = tree or nodes.parse(text, guest)
            imports, changes_path, marks = imports_of(tree, text)
            if not self.bytecode:
                return [imports, changes_path, "", marks]
            data = bytecode_of(tree, text, guest, columns)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # A template, a test of the parser, a source for another version: it is not for this interpreter.
            return [[], False, "", []]
        return [imports, changes_path, self.keep(data), marks]

    def keep(self, data):
        name = sha256(data)[:40]
        if not os.path.exists(self.pyc_path(name)):
            self.compiled += 1
            write_whole(self.pyc_path(name), data)
        return name

    def without_columns(self, path):
        """The same for byte code that is here, of a source that nobody will see."""
        from staging.bytecode import without_columns

        known = self.known.get("no columns\n" + path)
        if not known or not os.path.exists(self.pyc_path(known)):
            with open(path, "rb") as file:
                known = self.known["no columns\n" + path] = self.keep(without_columns(file.read()))
            self.changed = True
        return self.pyc_path(known)

    def binary_names(self, host, top_level):
        """What an extension module may import of these modules, and of those in them; see binaries.py."""
        stamp = stamp_of(os.stat(host)) + [sha256(" ".join(sorted(top_level)).encode())[:16]]
        entry = self.known.get(host)
        if not entry or entry[0] != stamp:
            from staging.binaries import modules_named

            with open(host, "rb") as file:
                entry = self.known[host] = [stamp, modules_named(file.read(), top_level)]
            self.changed = True
        return entry[1]

    def save(self):
        if self.changed:
            import json

            write_whole(self.path, json.dumps(self.known, separators=(",", ":")).encode())


def sha256(data):
    try:
        from _sha2 import sha256 as algorithm
    except ImportError:
        try:
            from _sha256 import sha256 as algorithm
        except ImportError:
            from hashlib import sha256 as algorithm  # brings all of OpenSSL along, which takes as long as the rest
    return algorithm(data).hexdigest()


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
