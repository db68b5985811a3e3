"""Which installed distribution a file belongs to, and who requires that one."""

import os
import re


class Distributions:
    """Of a directory that pip filled: each has a directory of metadata beside its modules."""

    def __init__(self, site):
        self.owner = {}  # path -> name of the distribution
        self.parent = {}  # normalised name -> a distribution that requires it
        for directory in sorted(site.entries("")):
            if not directory.endswith(".dist-info"):
                continue
            name = directory[: -len(".dist-info")].rpartition("-")[0]
            for line in lines_of(os.path.join(site.host, directory, "METADATA")):
                key, _, value = line.partition(": ")
                if key == "Name":
                    name = value
                elif key == "Requires-Dist" and "extra ==" not in value:
                    self.parent.setdefault(normalised(re.match(r"[\w.-]*", value).group()), name)
                elif not line:
                    break  # the description follows
            for line in lines_of(os.path.join(site.host, directory, "RECORD")):
                self.owner[line.rpartition(",")[0].rpartition(",")[0].strip('"')] = name

    def reason(self, path):
        name = self.owner.get(path)
        if not name:
            return "it belongs to a requirement"
        parent = self.parent.get(normalised(name))
        return "it belongs to %s, required by %s" % (name, parent) if parent else "it belongs to %s" % name


def lines_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()
