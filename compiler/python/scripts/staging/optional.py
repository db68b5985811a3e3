"""Parts of the standard library that others import in case they are needed, and how to tell that they are.

http.client imports ssl, hashlib imports OpenSSL's digests, shutil every kind of archive: most functions that reach the
one never use the other. Such an import is followed only where the function's own modules, or those of a requirement,
do something that needs it. What is asked of them here is listed with the reason, and errs on the side of taking more.
"""

# (module that imports, what it imports) -> topic. The module may be "*": any of the standard library.
EDGES = {
    ("*", "ssl"): "tls",
    ("hashlib", "_hashlib"): "digests",
    ("hmac", "_hashlib"): "digests",
    ("shutil", "tarfile"): "archives",
    ("shutil", "zipfile"): "archives",
    ("shutil", "bz2"): "archives",
    ("shutil", "lzma"): "archives",
    ("zipfile", "bz2"): "archives",
    ("zipfile", "lzma"): "archives",
    ("concurrent.futures", "concurrent.futures.process"): "processes",
    ("*", "unicodedata"): "unicode",
    ("encodings", "encodings.idna"): "unicode",
    ("ast", "inspect"): "docstrings",
    ("functools", "typing"): "dispatch",
    ("os", "subprocess"): "programs",
    # What these are imported for is something else: a path of another system, an error, where a socket was opened.
    ("os", "ntpath"): "nothing",
    ("logging", "pickle"): "nothing",
    ("warnings", "tracemalloc"): "nothing",
}
# The topic is wanted where a module of the function, or of a requirement, leads to one of these modules: host names that
# are not ASCII, for example, may come out of any request.
LEADS_TO = {"unicode": {"_socket", "stringprep", "urllib.parse"}}
# Modules that work with a topic: whoever imports one wants it.
CLIENTS = {
    "tls": {"ssl", "http.client", "urllib.request", "xmlrpc.client", "smtplib", "ftplib", "imaplib", "poplib", "nntplib"},
    "digests": {"_hashlib"},
    "archives": {"tarfile", "zipfile", "bz2", "lzma", "zipapp"},
    "processes": {"multiprocessing", "concurrent.futures.process"},
    # Text whose encoding others choose.
    "codecs": {"email", "email.message", "email.parser", "email.feedparser", "email.header", "email.policy", "mailbox",
               "imaplib", "poplib", "nntplib", "cgi", "xml.etree.ElementTree", "xml.dom.minidom", "xml.dom.pulldom",
               "xml.sax", "xml.parsers.expat", "requests", "httpx", "aiohttp", "chardet", "charset_normalizer", "bs4",
               "feedparser", "lxml", "pandas", "openpyxl"},
}
# The same for the function's own modules alone: libraries import these for other reasons.
CLIENTS_OF_USER = {"tls": {"asyncio"}}
# Of these modules only something else is wanted.
HARMLESS_NAMES = {
    "urllib.request": {"parse_http_list", "parse_keqv_list", "pathname2url", "url2pathname", "getproxies", "proxy_bypass"},
    "email": {"utils"},
}
# Names that stand for a topic wherever they are mentioned. The last ones read characters that are given by their names.
MENTIONS = {
    "pbkdf2_hmac": "digests", "scrypt": "digests", "generate_password_hash": "digests", "check_password_hash": "digests",
    "make_archive": "archives", "unpack_archive": "archives", "get_archive_formats": "archives",
    "get_unpack_formats": "archives", "ProcessPoolExecutor": "processes",
    "getsource": "sources", "getsourcelines": "sources", "getsourcefile": "sources", "findsource": "sources",
    "linecache": "sources", "getcomments": "sources",
    "get_docstring": "docstrings", "singledispatch": "dispatch", "singledispatchmethod": "dispatch", "popen": "programs",
    "strptime": "times", "type_params": "dispatch",
    "namereplace": "unicode", "eval": "unicode", "exec": "unicode", "literal_eval": "unicode", "\\N{": "unicode",
}
# Mentions that count in the standard library, too.
OF_ANY_MODULE = {"docstrings", "dispatch", "programs", "times"}
# Where a mention is the definition, which is not a use.
DEFINED_IN = {"werkzeug.security", "ast", "functools", "os", "_strptime", "datetime", "_pydatetime"}
# A topic that brings another one along at no cost.
ALSO = {"tls": "digests"}
# Servers and test clients of libraries, which faasc's runtime takes the place of.
FOR_DEVELOPMENT = ("werkzeug.serving", "werkzeug.testapp", "werkzeug.test", "werkzeug._reloader", "werkzeug.debug",
                   "flask.cli", "flask.testing", "click.testing", "click._termui_impl", "click._winconsole")
# Corners of widely used libraries that count only where something imports them.
RARELY_USED = ("werkzeug.middleware", "packaging.metadata", "jinja2.ext", "click.shell_completion")
# (module, topic): what looks like a use and is none. jinja2 writes archives and sources of compiled templates.
NOT_A_USE = {("jinja2.environment", "archives"), ("jinja2.loaders", "sources")}
# Digests that hashlib has without OpenSSL.
OWN_DIGESTS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_224", "sha3_256",
               "sha3_384", "sha3_512", "shake_128", "shake_256"}


def is_one_of(modules, name):
    return any(name == one or name.startswith(one + ".") for one in modules)


def is_for_development(path):
    """The same of a file, data included."""
    return is_one_of(FOR_DEVELOPMENT, path.rpartition(".")[0].replace("/", "."))


def topic_of_import(module, name, standard):
    """The topic on which an import depends; "" for most."""
    if is_one_of(FOR_DEVELOPMENT, module) and name in ("ssl", "multiprocessing"):
        return "tls" if name == "ssl" else "processes"
    return EDGES.get((module, name)) or (EDGES.get(("*", name), "") if standard else "")


def topics_of_import(name, names, of_user):
    """What a module shows to want by importing `names` from `name`."""
    found = set()
    for full in [name] + [name + "." + one for one in names]:
        for topic, modules in CLIENTS.items():
            if full in modules and not (full == name and names and set(names) <= HARMLESS_NAMES.get(name, set())):
                found.add(topic)
        if of_user:
            found |= {topic for topic, modules in CLIENTS_OF_USER.items() if full.partition(".")[0] in modules}
    return found


def topics_of_marks(marks, module, of_user, is_heavy_codec):
    """What a module shows to want by what it mentions."""
    found = set()
    for mark in marks:
        kind, _, value = mark.partition(":")
        if kind == "name" and module not in DEFINED_IN:
            found.add(MENTIONS[value])
        elif kind == "hash" and value not in OWN_DIGESTS:
            found.add("digests")
        elif kind == "codec" and value == "?":
            found |= {"codecs", "unicode"} if of_user else set()
        elif kind == "codec" and value.replace("-", "_") in ("idna", "unicode_escape"):
            found.add("unicode")
        elif kind == "codec" and is_heavy_codec(value):
            found.add("codecs")
        elif kind == "text":
            found.add("unicode")  # tracebacks measure how wide a line is
        elif kind == "py":
            found.add("sources")
    return found
