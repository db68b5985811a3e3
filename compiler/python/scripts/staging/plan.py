"""From what a function imports to the files of its image."""

import collections
import encodings.aliases
import os
import sys

from staging import optional, rules
from staging.binaries import EVERYTHING
from staging.cache import Cache, write_whole
from staging.distributions import Distributions
from staging.trees import Module, Tree, module_name


class Staging:
    def __init__(self, request):
        self.request = request
        self.suffixes = request["extension_suffixes"]
        self.builtin = set(request["builtin"]) | set(rules.FROZEN)
        self.trees = [Tree(tree, self.suffixes) for tree in request["trees"]]
        self.shared = Cache(request["cache"], request["bytecode"])
        self.own = Cache(request["own_cache"], request["bytecode"])
        self.found = {}  # name -> Module, None or True
        self.reason = {}  # name -> why
        self.builtin_taken = set()
        self.uses = {}  # name of a module -> names that it needs
        self.todo = collections.deque()  # first come, first served: reasons are short then
        self.files = {}  # guest -> (host, why)
        self.optional = {}  # topic -> [(module, why)]: imports that are followed once somebody wants the topic
        self.wanted = {}  # topic -> the module that wants it
        self.uses_nothing = optional.FOR_DEVELOPMENT  # modules that want no topic
        self.source_readers = set()  # packages of requirements that may read their own sources
        self.unresolved = []
        self.unreadable = ""  # an extension module that does not tell what it imports
        self.path_is_changed = False
        self.top_level = {name.partition(".")[0] for tree in self.trees if tree.kind in ("stdlib", "dynload", "site")
                          for name in tree.entries("") if not name.endswith("-info")}
        self.tag = "." + sys.implementation.cache_tag

    def tree(self, kind):
        return next((tree for tree in self.trees if tree.kind == kind), None)

    def cache_of(self, tree):
        return self.own if tree.kind in ("user", "generated") else self.shared

    def find(self, name):
        if name not in self.found:
            result = None
            for tree in self.trees:
                result = tree.find(name)
                if result:
                    break
            self.found[name] = result
        return self.found[name]

    def need(self, name, why, user=""):
        """True where there is such a module. Takes its packages along. `user` is the module that needs it."""
        if not name:
            return True
        name = rules.OTHERS.get(name, name)
        self.uses.setdefault(user, set()).add(name)
        if name in self.reason:
            return True
        if name in self.builtin:
            return self.need_of_builtin(name)
        parent = name.rpartition(".")[0]
        if parent and not self.need(parent, why, user):
            return False
        module = self.find(name)
        if not module:
            return False
        self.reason[name] = why
        if module is not True:
            self.todo.append(module)
        return True

    def need_of_builtin(self, name):
        if name not in self.builtin_taken:
            self.builtin_taken.add(name)
            for other in rules.BY_C_MODULE.get(name, []):
                self.need(other, "imported by " + name, name)
        return True

    @staticmethod
    def absolute(module, name, level):
        if not level:
            return name
        base = module.package
        for _ in range(level - 1):
            base = base.rpartition(".")[0]
        return base + "." + name if base and name else base or name

    def may_be_made(self, name):
        """Whether a package of a requirement may make the module when it is imported, as six makes six.moves."""
        module = None
        while name and not module:
            name = name.rpartition(".")[0]
            module = self.find(name) if name else None
        return isinstance(module, Module) and module.tree.kind == "site"

    def exists(self, name):
        return name in self.builtin or bool(self.find(name))

    def follow(self, module, imports):
        why = "imported by " + module.name
        standard = module.tree.kind in ("stdlib", "dynload")
        for name, level, names, line, column, certain, instead_of in imports:
            if certain is None and module.tree.kind != "user":
                continue
            name = self.absolute(module, name, level)
            if module.tree.kind != "user" and not certain and name.partition(".")[0] in rules.FOR_DEVELOPERS:
                continue
            if instead_of and standard and all(
                    self.exists(self.absolute(module, other, depth)) for other, depth in instead_of):
                continue
            topic = optional.topic_of_import(module.name, name, standard) if self.request["prune"] != "none" else ""
            if topic:
                self.optional.setdefault(topic, []).append((name, why, module.name))
                continue
            ok = self.need(name, why, module.name)
            if ok:
                for one in names:
                    if one != "*":
                        self.need(name + "." + one, why, module.name)
            elif module.tree.kind == "user":
                self.unresolved.append(
                    {"module": name, "file": module.path, "line": line, "column": column,
                     "certain": bool(certain) and not level and not self.may_be_made(name)})

    def take(self, module):
        tree = module.tree
        why = {"stdlib": "standard library", "dynload": "standard library", "runtime": "faasc's runtime",
               "site": "requirement", "user": "the function", "generated": "faasc's runtime",
               "fallback": "faasc's runtime"}[tree.kind]
        self.stage(tree, module.path, why + ": " + self.reason[module.name])
        if module.is_extension:
            for name in rules.BY_C_MODULE.get(module.name, []):
                self.need(name, "imported by " + module.name, module.name)
            if tree.kind in ("site", "user"):
                for name in self.shared.binary_names(os.path.join(tree.host, module.path), self.top_level):
                    if name == EVERYTHING:
                        self.unreadable = self.unreadable or module.name
                    elif self.exists(name):
                        self.need(name, "perhaps imported by " + module.name, module.name)
            return
        if not module.path.endswith(".py"):
            return
        entry = self.entry(tree, module.path)
        self.follow(module, entry[1])
        if tree.kind in ("user", "site") and not optional.is_one_of(self.uses_nothing, module.name):
            self.want(module, entry[1], entry[4])
        elif tree.kind == "stdlib":
            topics = optional.topics_of_marks(entry[4], module.name, False, lambda name: False)
            self.add_wanted(topics & optional.OF_ANY_MODULE, module.name)
        if tree.kind == "user" and entry[2]:
            self.path_is_changed = True
        for name in rules.BY_C_MODULE.get(module.name, []):
            self.need(name, "imported by " + module.name, module.name)
        if module.name == "sysconfig":
            for file in sorted(self.tree("stdlib").entries("")):
                if file.startswith("_sysconfigdata") and file.endswith(".py"):
                    self.need(file[:-3], "imported by sysconfig", module.name)
        if module.name == "encodings":
            self.take_encodings(tree)
        if tree.kind == "stdlib" and module.is_package:
            self.data_of_package(tree, module)

    def take_encodings(self, tree):
        why = "codecs are looked up by name"
        for file in sorted(tree.entries("encodings")):
            name = "encodings." + file[:-3]
            if not file.endswith(".py"):
                continue
            topic = optional.EDGES.get(("encodings", name)) or ("codecs" if self.is_heavy_codec(file[:-3]) else "")
            if topic and self.request["prune"] != "none":
                self.optional.setdefault(topic, []).append((name, why, "encodings"))
            else:
                self.need(name, why, "encodings")

    def is_heavy_codec(self, name):
        """Whether an encoding comes with a library of its own, as those of East Asia do."""
        name = name.replace("-", "_").replace(" ", "_")
        tree = self.tree("stdlib")
        path = "encodings/%s.py" % encodings.aliases.aliases.get(name, name)
        if not tree or path.rpartition("/")[2] not in tree.entries("encodings"):
            return False
        return any(one[0] == "bz2" or one[0].startswith(("_codecs_", "_multibytecodec")) for one in self.entry(tree, path)[1])

    def want(self, module, imports, marks):
        of_user = module.tree.kind == "user"
        topics = optional.topics_of_marks(marks, module.name, of_user, self.is_heavy_codec)
        for name, level, names, _, _, _, _ in imports:
            topics |= optional.topics_of_import(self.absolute(module, name, level), names, of_user)
        topics = {topic for topic in topics if (module.name, topic) not in optional.NOT_A_USE}
        if "sources" in topics:
            self.source_readers.add(module.name.partition(".")[0])
        self.add_wanted(topics, module.name)

    def add_wanted(self, topics, name):
        for topic in topics:
            self.wanted.setdefault(topic, name)
            self.wanted.setdefault(optional.ALSO.get(topic, topic), name)

    def follow_optional(self):
        """To the end: what a topic brings may want another one."""
        while True:
            self.want_what_is_led_to()
            ready = [topic for topic in self.optional if topic in self.wanted]
            if not ready:
                return
            for topic in ready:
                by = self.wanted[topic]
                for name, why, user in self.optional.pop(topic):
                    self.need(name, why if by == user else "%s; wanted by %s" % (why, by), user)
            self.drain()

    def want_what_is_led_to(self):
        todo = [name for name in self.reason
                if isinstance(self.found.get(name), Module) and self.found[name].tree.kind in ("user", "site")]
        todo += self.request["keep"]
        reached = set(todo)
        while todo:
            new = self.uses.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        for topic, modules in optional.LEADS_TO.items():
            for name in sorted(modules & reached):
                self.add_wanted({topic}, name)

    def drop_sources(self):
        """Requirements keep their sources where they may read them; else these would only show in tracebacks."""
        site = self.tree("site")
        if not site or self.request["prune"] == "none":
            return
        for guest in [one for one in self.files if one.endswith(".py") and one.startswith(site.guest + "/")]:
            if guest[len(site.guest) + 1 :].split("/")[0].split(".")[0] in self.source_readers:
                continue
            directory, _, file = guest.rpartition("/")
            compiled = self.files.pop(directory + "/__pycache__/" + file[:-3] + self.tag + ".pyc", None)
            if compiled:
                self.files[guest + "c"] = (self.shared.without_columns(compiled[0]), self.files.pop(guest)[1])

    def data_of_package(self, tree, module):
        directory = os.path.dirname(module.path)
        for file in sorted(tree.entries(directory)):
            path = directory + "/" + file
            if not file.endswith((".py", ".pyc", ".so", ".exe", ".sh")) and os.path.isfile(os.path.join(tree.host, path)):
                self.stage(tree, path, "standard library: data of " + module.name)

    def entry(self, tree, path):
        guest = tree.guest + "/" + path
        return self.cache_of(tree).look_up(os.path.join(tree.host, path), guest,
                                           tree.texts[path].encode() if path in tree.texts else None,
                                           columns=tree.kind in ("user", "site"))

    def stage(self, tree, path, why):
        guest = tree.guest + "/" + path
        host = os.path.join(tree.host, path)
        if guest in self.files:
            return
        name = ""
        if path.endswith(".py"):
            name = self.entry(tree, path)[3]
        if not name:
            if path in tree.texts:
                write_whole(host, tree.texts[path].encode())
            self.files[guest] = (host, why)
            return
        pyc = self.cache_of(tree).pyc_path(name)
        if tree.kind in ("stdlib", "runtime", "generated", "fallback"):
            # Byte code in the place of the source: nothing is looked at twice.
            self.files[guest + "c"] = (pyc, why)
            return
        directory, _, file = guest.rpartition("/")
        self.files[guest] = (host, why)
        self.files[directory + "/__pycache__/" + file[:-3] + self.tag + ".pyc"] = (pyc, "byte code of " + guest)

    def run(self):
        prune = self.request["prune"]
        for name in rules.ALWAYS:
            self.need(name, "the interpreter needs it")
        if prune != "none":
            self.optional["times"] = [("_strptime", "imported by time", "time")]
        for name in self.request["roots"]:
            self.need(name, "every function needs it")
        for name in self.request["keep"]:
            if not self.need(name, "build.python.include"):
                self.unresolved.append({"module": name, "file": "", "line": 0, "column": 0, "certain": True})
        self.drain()
        self.whole_tree(self.tree("user"))
        self.drain()
        site = self.tree("site")
        self.uses_nothing += optional.RARELY_USED
        if site and prune != "all":
            self.whole_tree(site)
            self.drain()
        elif site:
            self.data_of_site(site)
            self.drain()
        self.follow_optional()
        self.drop_sources()
        if prune == "none" or self.unreadable:
            for kind in ("stdlib", "dynload"):
                self.whole_tree(self.tree(kind))
            self.drain()

    def whole_tree(self, tree):
        """All modules of a tree, with what they import, and all its data. Tests are taken only where something
        else imports them."""
        distributions = Distributions(tree) if tree.kind == "site" else None
        for path in tree.walk():
            if tree.kind == "site" and (rules.SITE_LEFT_OUT.search(path) or rules.TEST_DIRECTORIES & set(path.split("/")[:-1])):
                continue
            if tree.kind in ("stdlib", "dynload"):
                if path.rpartition("/")[2].split(".")[0] in rules.NEVER_WHOLE or rules.TEST_EXTENSION.match(path) or path.endswith(".exe"):
                    continue
                if not path.endswith((".py", ".so")):
                    continue
            name = module_name(path, self.suffixes)
            if tree.kind == "site" and self.request["prune"] != "none" and optional.is_for_development(path):
                continue
            reason = "it belongs to the function" if tree.kind == "user" else "build.python.prune is none"
            if distributions:
                reason = distributions.reason(path)
            elif tree.kind != "user" and self.unreadable:
                reason = "perhaps imported by " + self.unreadable
            if name and all(part.isidentifier() for part in name.split(".")):
                module = self.find(name)
                if isinstance(module, Module) and module.tree is tree and module.path == path:
                    self.need(name, reason)
                    continue
            kind = {"user": "the function", "site": "requirement"}.get(tree.kind, "standard library")
            self.stage(tree, path, kind + ": " + reason)

    def data_of_site(self, site):
        """Data of the distributions that have a module in the image, and their metadata."""
        used = {name.split(".")[0] for name, module in self.found.items()
                if name in self.reason and (module is True or module.tree is site)}
        for path in site.walk():
            top = path.split("/")[0]
            if rules.SITE_LEFT_OUT.search(path) or path.endswith(".py") or rules.TEST_DIRECTORIES & set(path.split("/")[:-1]):
                continue
            if top.endswith(".dist-info") or top.split(".")[0] in used or top.endswith((".libs", ".pth")):
                if module_name(path, self.suffixes) is None or ".libs/" in path:
                    self.stage(site, path, "requirement: data of " + top.split(".")[0])

    def drain(self):
        while self.todo:
            self.take(self.todo.popleft())

    def answer(self):
        files = sorted([guest, host, why] for guest, (host, why) in self.files.items())
        return {
            "files": files,
            "unresolved": self.unresolved,
            "modules": len(self.reason),
            "compiled": self.shared.compiled + self.own.compiled,
            "path_is_changed": self.path_is_changed,
        }
