"""HTTP/1.1 messages: requests from bytes as they come in, responses into bytes."""

import re

HEADER_LIMIT = 1 << 20
TOKEN = re.compile(rb"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$")
TARGET = re.compile(rb"^[\x21-\x7e\x80-\xff]+$")
VALUE = re.compile(rb"^[\t\x20-\x7e\x80-\xff]*$")
REASONS = {
    100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
    308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 409: "Conflict", 410: "Gone", 411: "Length Required",
    412: "Precondition Failed", 413: "Content Too Large", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
    417: "Expectation Failed", 418: "I'm a Teapot", 422: "Unprocessable Content", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
}


class Refused(Exception):
    """What came is no request that can be answered by the function."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status
        self.why = why


class Request:
    """Headers are (name, value) in the order and case they came in; names and values are latin-1 text."""

    def __init__(self, method, target, version, headers):
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = b""
        self.peer = ""
        self.execution_id = ""
        self.deadline = None  # on time.monotonic()'s clock, once it is being served

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return self.target.partition("?")[2]

    def header(self, name, default=None):
        """The value of a header, several joined by commas."""
        name = name.lower()
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values) if values else default

    def keep_alive(self):
        tokens = [token.strip().lower() for token in (self.header("connection") or "").split(",")]
        return "keep-alive" in tokens if self.version == "1.0" else "close" not in tokens


class Response:
    """`body` is bytes, or an iterable of bytes that is sent in chunks as it comes."""

    def __init__(self, status=200, headers=(), body=b""):
        self.status = status
        self.headers = list(headers)
        self.body = body

    def has(self, name):
        return any(key.lower() == name for key, _ in self.headers)

    def close(self):
        close = getattr(self.body, "close", None)
        if close:
            close()


def text_response(status, text, headers=()):
    return Response(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], text.encode("utf-8"))


def parse_head(head):
    """A Request without its body from everything before the empty line."""
    lines = head.split(b"\r\n")
    parts = lines[0].split(b" ")
    if len(parts) != 3 or not TOKEN.match(parts[0]) or not TARGET.match(parts[1]):
        raise Refused(400, "malformed request line")
    if parts[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise Refused(505 if re.match(rb"^HTTP/\d\.\d$", parts[2]) else 400, "unsupported HTTP version")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or not TOKEN.match(name) or not VALUE.match(value):
            raise Refused(400, "malformed header")
        headers.append((name.decode("latin-1"), value.decode("latin-1")))
    request = Request(parts[0].decode("latin-1"), parts[1].decode("latin-1"), parts[2][5:].decode(), headers)
    hosts = sum(1 for name, _ in headers if name.lower() == "host")
    if hosts > 1 or (hosts == 0 and request.version == "1.1"):
        raise Refused(400, "exactly one Host header is needed")
    return request


def body_length(request):
    """The length of the body in bytes, or None where it comes in chunks."""
    lengths = {value for name, value in request.headers if name.lower() == "content-length"}
    coding = request.header("transfer-encoding")
    if coding is not None:
        if lengths or request.version == "1.0":
            raise Refused(400, "Transfer-Encoding has no place here")
        if coding.strip().lower() != "chunked":
            raise Refused(501, "only the chunked transfer coding is understood")
        return None
    if not lengths:
        return 0
    length = lengths.pop()
    if lengths or not (length.isdigit() and length.isascii()) or len(length) > 18:
        raise Refused(400, "malformed Content-Length")
    return int(length)


class RequestReader:
    """Takes bytes, gives one Request at a time. What follows a request stays for the next one."""

    def __init__(self, body_limit):
        self.body_limit = body_limit
        self.buffer = bytearray()
        self.reset()

    def reset(self):
        self.request = None
        self.length = 0  # of the body; None: chunked
        self.body = bytearray()
        self.chunk = None  # bytes of the current chunk that are still to come; None: its size comes next
        self.trailer = False
        self.searched = 0

    def idle(self):
        """Nothing of a request is here."""
        return self.request is None and not self.buffer

    def feed(self, data):
        self.buffer += data

    def wants_continue(self):
        """True once: the client waits for a word before it sends the body."""
        request = self.request
        if request is None or request.version == "1.0" or not self.expects:
            return False
        self.expects = False
        return not self.buffer

    def next(self):
        """The next Request, or None where more bytes are needed. Raises Refused."""
        if self.request is None and not self.read_head():
            return None
        if not (self.read_chunks() if self.length is None else self.read_body()):
            return None
        request = self.request
        request.body = bytes(self.body)
        self.reset()
        return request

    def read_head(self):
        while self.buffer.startswith(b"\r\n"):  # some clients end a body with one too many
            del self.buffer[:2]
        end = self.buffer.find(b"\r\n\r\n", max(0, self.searched - 3))
        self.searched = len(self.buffer)
        if (end < 0 and len(self.buffer) > HEADER_LIMIT) or end > HEADER_LIMIT:
            raise Refused(431, "the header is longer than 1 MiB")
        if end < 0:
            return False
        request = parse_head(bytes(self.buffer[:end]))
        del self.buffer[: end + 4]
        expectation = request.header("expect")
        if expectation is not None and expectation.lower() != "100-continue":
            raise Refused(417, "the only expectation that is met is 100-continue")
        self.length = body_length(request)
        self.expects = expectation is not None and self.length != 0
        if self.length is not None and self.length > self.body_limit:
            raise Refused(413, "the body is longer than %d bytes" % self.body_limit)
        self.request = request
        return True

    def read_body(self):
        if len(self.buffer) < self.length:
            return False
        self.body = self.buffer[: self.length]
        del self.buffer[: self.length]
        return True

    def read_chunks(self):
        while True:
            if self.chunk is None or self.trailer:
                end = self.buffer.find(b"\r\n")
                if end < 0:
                    if len(self.buffer) > HEADER_LIMIT:
                        raise Refused(431, "a chunk's header is longer than 1 MiB")
                    return False
                line = bytes(self.buffer[:end])
                del self.buffer[: end + 2]
                if self.trailer:
                    if not line:
                        return True
                    continue
                size = line.partition(b";")[0].strip(b" \t")
                if not re.match(rb"^[0-9A-Fa-f]{1,15}$", size):
                    raise Refused(400, "malformed chunk")
                self.chunk = int(size, 16)
                if len(self.body) + self.chunk > self.body_limit:
                    raise Refused(413, "the body is longer than %d bytes" % self.body_limit)
                self.trailer = self.chunk == 0
                continue
            if len(self.buffer) < self.chunk + 2:
                return False
            if self.buffer[self.chunk : self.chunk + 2] != b"\r\n":
                raise Refused(400, "malformed chunk")
            self.body += self.buffer[: self.chunk]
            del self.buffer[: self.chunk + 2]
            self.chunk = None


def encode_head(response, request, execution_id, keep_alive, length):
    """The status line and headers. `length` is of the body, None where it goes in chunks."""
    lines = ["HTTP/1.1 %d %s" % (response.status, REASONS.get(response.status, "Unknown"))]
    for name, value in response.headers:
        if name.lower() in ("connection", "transfer-encoding", "content-length", "keep-alive"):
            continue
        text = "%s: %s" % (name, value)
        if "\r" in text or "\n" in text:
            raise ValueError("header %r holds a line break" % name)
        lines.append(text)
    if execution_id and not response.has("function-execution-id"):
        lines.append("Function-Execution-Id: " + execution_id)
    if length is not None:
        lines.append("Content-Length: %d" % length)
    elif may_have_body(response, request) or (request and request.method == "HEAD"):
        lines.append("Transfer-Encoding: chunked")
    if not keep_alive:
        lines.append("Connection: close")
    elif request is not None and request.version == "1.0":
        lines.append("Connection: keep-alive")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def may_have_body(response, request):
    return response.status >= 200 and response.status not in (204, 304) and (request is None or request.method != "HEAD")
