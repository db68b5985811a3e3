"""The directories in which modules are looked for, as the guest's sys.path lists them."""

import os

from staging import rules


class Module:
    def __init__(self, name, tree, path, is_package, is_extension):
        self.name = name
        self.tree = tree
        self.path = path  # relative to the tree
        self.is_package = is_package
        self.is_extension = is_extension

    @property
    def package(self):
        return self.name if self.is_package else self.name.rpartition(".")[0]


class Tree:
    """One entry of sys.path."""

    def __init__(self, description, suffixes):
        self.kind = description["kind"]
        self.host = description["host"]
        self.guest = description["guest"]
        self.suffixes = suffixes
        self.texts = description.get("texts", {})
        self.listed = {}
        if "files" in description:
            self.files = description["files"]
            for path in self.files:
                directory, _, name = path.rpartition("/")
                self.listed.setdefault(directory, set()).add(name)
                while directory:
                    directory, _, name = directory.rpartition("/")
                    self.listed.setdefault(directory, set()).add(name)
        else:
            self.files = None

    def entries(self, directory):
        if directory not in self.listed:
            names = set()
            if self.files is None:
                try:
                    names = set(os.listdir(os.path.join(self.host, directory)))
                except OSError:
                    pass
            self.listed[directory] = names
        return self.listed[directory]

    def find(self, name):
        """The module called `name`, or True for a namespace package."""
        parent, _, last = name.rpartition(".")
        directory = parent.replace(".", "/")
        entries = self.entries(directory)
        base = directory + "/" + last if directory else last
        if last in entries and (self.files is not None or os.path.isdir(os.path.join(self.host, base))):
            inside = self.entries(base)
            for file in ["__init__" + suffix for suffix in self.suffixes] + ["__init__.py", "__init__.pyc"]:
                if file in inside:
                    return Module(name, self, base + "/" + file, True, not file.endswith((".py", ".pyc")))
            namespace = self.kind in ("user", "site") and bool(inside)
        else:
            namespace = False
        for suffix in self.suffixes + [".py", ".pyc"]:
            if last + suffix in entries:
                return Module(name, self, base + suffix, False, suffix not in (".py", ".pyc"))
        return True if namespace else None

    def walk(self):
        """Every file, relative to the tree, sorted."""
        if self.files is not None:
            return sorted(self.files)
        found = []
        for directory, directories, files in os.walk(self.host):
            relative = os.path.relpath(directory, self.host)
            relative = "" if relative == "." else relative + "/"
            if self.kind == "stdlib":
                directories[:] = [d for d in directories if d not in rules.NEVER_WHOLE and not d.startswith("config-") and not d == "lib-dynload"]
            found.extend(relative + file for file in files)
        return sorted(found)


def module_name(path, suffixes):
    for suffix in suffixes + [".py"]:
        if path.endswith(suffix):
            name = path[: -len(suffix)].replace("/", ".")
            return name[: -len(".__init__")] if name.endswith(".__init__") else name
    return None
