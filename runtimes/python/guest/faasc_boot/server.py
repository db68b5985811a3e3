"""An HTTP/1.1 server in one process: one thread reads requests, others call the function.

The reading thread owns a connection until a whole request is here; then the thread that calls the function has it
and writes the response, and gives it back for the next request. So idle and slow clients cost no thread. When a call
takes longer than it may, the reading thread takes the connection over and answers in its place.
"""

import collections
import os
import select
import signal
import socket
import sys
import threading
import time

from faasc_boot import log
from faasc_boot.message import Refused, RequestReader, encode_head, may_have_body, text_response
from faasc_boot.routes import Health, answer_without_function

SYNC_WRITES = "FAASC_SYNC_WRITES" in os.environ


def sync_shares():
    """What the function wrote to a directory of the host's is there before its answer is. Nanos passes on what
    was written when it is told to; whoever starts the machine says whether there is such a directory."""
    if SYNC_WRITES:
        os.sync()


BACKLOG = 128
READ_SIZE = 1 << 16


class Connection:
    def __init__(self, sock, peer, settings):
        self.socket = sock
        self.peer = peer
        self.reader = RequestReader(settings.request_size)
        self.since = time.monotonic()  # of the current state
        self.idle = True


class Call:
    """One request that is with the function."""

    def __init__(self, connection, request, deadline):
        self.connection = connection
        self.request = request
        self.deadline = deadline
        self.lock = threading.Lock()
        self.begun = False  # a part of the response is on its way
        self.expired = False  # the connection is not the call's any more
        self.occupies = True  # the function still works on it, or may


class Server:
    """`handle` takes a Request and returns a Response; it is called by several threads at once. What it raises is
    answered by `crashed`, which takes the Request and the exception; `timed_out` makes the answer to a call that
    took too long, `busy` the one to a request that is one too many."""

    def __init__(self, settings, handle, crashed, timed_out, busy, health=None):
        self.settings = settings
        self.handle = handle
        self.crashed = crashed
        self.timed_out = timed_out
        self.busy = busy
        self.health = health or Health()
        self.connections = {}
        self.calls = collections.deque()
        self.waiting = collections.deque()  # calls that no thread has taken yet
        self.work = threading.Condition()
        self.threads = 0
        self.idle_threads = 0
        self.in_flight = 0
        self.occupied = 0  # calls that count against the limit
        self.returned = collections.deque()
        self.listener = None
        self.stop_at = None
        self.poller = select.epoll()
        self.wake_read, self.wake_write = socket.socketpair()
        for end in (self.wake_read, self.wake_write):
            end.setblocking(False)

    def open(self):
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((self.settings.address, self.settings.port))
        self.listener.listen(BACKLOG)
        self.listener.setblocking(False)
        self.poller.register(self.listener, select.EPOLLIN)
        self.poller.register(self.wake_read, select.EPOLLIN)
        return self.listener.getsockname()[1]

    def wake(self):
        try:
            self.wake_write.send(b"x")
        except OSError:
            pass  # it is full, so the reader will wake anyway

    def request_stop(self, *_):
        """May be a signal handler."""
        self.health.stopping = True
        self.wake()

    def run(self):
        """Serves until request_stop(), then until what was begun is answered or the grace period is over. True where
        everything was answered."""
        signal.signal(signal.SIGTERM, self.request_stop)
        signal.signal(signal.SIGINT, self.request_stop)
        # The system may hand a signal to any thread, and Python runs the handler only once this one is awake.
        signal.set_wakeup_fd(self.wake_write.fileno(), warn_on_full_buffer=False)
        while True:
            if self.health.stopping and self.stop_at is None:
                self.begin_stop()
            if self.stop_at is not None:
                if not self.connections and self.in_flight == 0:
                    return True
                if time.monotonic() >= self.stop_at:
                    return False
            for fd, _ in self.poller.poll(self.time_to_wait()):
                if self.listener is not None and fd == self.listener.fileno():
                    self.accept()
                elif fd == self.wake_read.fileno():
                    self.drain_wakes()
                elif fd in self.connections:
                    self.receive(self.connections[fd])
            self.take_back()
            self.expire()

    def begin_stop(self):
        self.stop_at = time.monotonic() + self.settings.grace_period
        self.poller.unregister(self.listener)
        self.listener.close()
        self.listener = None
        for connection in list(self.connections.values()):
            if connection.idle:
                self.close(connection)

    def time_to_wait(self):
        now = time.monotonic()
        times = [call.deadline for call in list(self.calls)[:1]]
        if self.stop_at is not None:
            times.append(self.stop_at)
        if self.connections:
            times.append(now + 1)
        return max(0.0, min(times) - now) + 0.001 if times else None

    def drain_wakes(self):
        try:
            while self.wake_read.recv(4096):
                pass
        except OSError:
            pass

    def accept(self):
        try:
            sock, address = self.listener.accept()
        except OSError:
            return  # the client is gone, or there are no descriptors left: the next one will do
        sock.setblocking(False)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            pass
        connection = Connection(sock, address[0], self.settings)
        self.connections[sock.fileno()] = connection
        self.poller.register(sock, select.EPOLLIN)
        self.receive(connection)  # often the request is here with the connection

    def close(self, connection):
        fd = connection.socket.fileno()
        if self.connections.pop(fd, None) is not None:
            self.poller.unregister(fd)
        connection.socket.close()

    def receive(self, connection):
        try:
            data = connection.socket.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            return self.close(connection)
        if connection.idle:
            connection.idle = False
            connection.since = time.monotonic()
        connection.reader.feed(data)
        self.proceed(connection)

    def proceed(self, connection):
        """Serves what is in the buffer."""
        try:
            request = connection.reader.next()
        except Refused as refusal:
            return self.refuse(connection, refusal)
        if request is None:
            if connection.reader.wants_continue():
                self.send_soon(connection, b"HTTP/1.1 100 Continue\r\n\r\n")
            if connection.reader.idle():
                connection.idle = True
                connection.since = time.monotonic()
                if self.stop_at is not None:
                    self.close(connection)
            return
        request.peer = connection.peer
        request.execution_id = execution_id(request)
        response = answer_without_function(request, self.settings, self.health)
        if response is None and self.occupied >= self.settings.concurrency:
            response = self.busy(request)
        # From here on the connection is with whoever answers.
        fd = connection.socket.fileno()
        self.connections.pop(fd)
        self.poller.unregister(fd)
        call = Call(connection, request, time.monotonic() + self.settings.timeout)
        if response is not None:
            call.connection.socket.settimeout(1.0)
            return self.give_back(connection, self.send(call, response))
        request.deadline = call.deadline
        self.calls.append(call)
        with self.work:
            self.in_flight += 1
            self.occupied += 1
            self.waiting.append(call)
            if self.idle_threads >= len(self.waiting):
                self.work.notify()
                return
            self.threads += 1
        threading.Thread(target=self.serve, name="faasc-%d" % self.threads, daemon=True).start()

    def refuse(self, connection, refusal):
        response = text_response(refusal.status, refusal.why)
        data = encode_head(response, None, "", False, len(response.body)) + response.body
        self.send_soon(connection, data)
        try:
            connection.socket.shutdown(socket.SHUT_WR)
            # Closing while the client still sends would reset the connection and take the answer with it.
            for _ in range(256):
                if not connection.socket.recv(READ_SIZE):
                    break
        except OSError:
            pass
        self.close(connection)

    @staticmethod
    def send_soon(connection, data):
        try:
            connection.socket.send(data)
        except OSError:
            pass

    def serve(self):
        """A thread that calls the function."""
        while True:
            with self.work:
                self.idle_threads += 1
                while not self.waiting:
                    self.work.wait()
                self.idle_threads -= 1
                call = self.waiting.popleft()
            keep = self.answer(call)
            self.release(call)
            with self.work:
                self.in_flight -= 1
            connection, expired = call.connection, call.expired
            call.connection = call.request = None  # the list of calls may keep this one for a while
            if not expired:
                self.give_back(connection, keep)
            else:
                self.wake()

    def release(self, call):
        """The function is done with the call. Before the client has the end of the answer, for it may send the next
        request at once, which must find room."""
        with self.work:
            if call.occupies:
                call.occupies = False
                self.occupied -= 1

    def answer(self, call):
        request = call.request
        try:
            response = self.handle(request)
        except BaseException as error:  # SystemExit too: a call must not end the thread
            response = self.crashed(request, error)
        log.flush_output()
        if isinstance(response.body, (bytes, bytearray)):
            sync_shares()
            self.release(call)
        try:
            return self.send(call, response)
        finally:
            try:
                response.close()
            except Exception:
                sys.excepthook(*sys.exc_info())
            log.flush_output()

    def send(self, call, response):
        """True where the connection can be used again."""
        with call.lock:
            if call.expired:
                return False
            call.begun = True
        request, sock = call.request, call.connection.socket
        keep = request.keep_alive() and self.stop_at is None
        try:
            sock.settimeout(self.settings.read_timeout)
            if isinstance(response.body, (bytes, bytearray)):
                return self.send_whole(sock, request, response, keep)
            return self.send_pieces(sock, call, response, keep)
        except (OSError, ValueError) as error:
            if isinstance(error, ValueError):
                log.log("ERROR", "the function's response cannot be sent: %s" % error)
                failure = text_response(500, "Internal Server Error")
                self.send_soon(call.connection, encode_head(failure, request, "", False, len(failure.body)) + failure.body)
            return False

    def send_whole(self, sock, request, response, keep):
        body = bytes(response.body)
        limit = self.settings.response_size
        if limit is not None and len(body) > limit:
            log.log("ERROR", "the function returned %d bytes; at most %d are allowed" % (len(body), limit))
            response = text_response(500, "the response is too large")
            body = response.body
        length = None if response.status < 200 or response.status in (204, 304) else len(body)
        if request.method == "HEAD" and not body:
            length = given_length(response) or 0
        head = encode_head(response, request, request.execution_id, keep, length)
        sock.sendall(head + body if may_have_body(response, request) else head)
        return keep

    def send_pieces(self, sock, call, response, keep):
        """A body that comes piece by piece: with the length that the function gave, else in chunks."""
        request = call.request
        length = given_length(response)
        limit = self.settings.response_size
        chunked = length is None and request.version != "1.0"
        if length is None and not chunked:
            keep = False
        has_body = may_have_body(response, request)
        head = encode_head(response, request, request.execution_id, keep, length)
        if not chunked:
            head = head.replace(b"Transfer-Encoding: chunked\r\n", b"")
        sent = False
        total = 0
        try:
            for piece in response.body:
                total += len(piece)
                if limit is not None and total > limit:
                    raise ResponseTooLarge("more than the %d bytes that are allowed" % limit)
                if not sent:
                    sock.sendall(head)
                    sent = True
                if piece and has_body:
                    sock.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        except OSError:
            raise
        except BaseException as error:
            failure = self.crashed(request, error)
            if not sent:
                return self.send_whole(sock, request, failure, keep)
            return False  # what the client has is cut short, which it can see
        sync_shares()
        self.release(call)
        if not sent:
            sock.sendall(head)
        if chunked and has_body:
            sock.sendall(b"0\r\n\r\n")
        return keep

    def give_back(self, connection, keep):
        if threading.current_thread() is threading.main_thread():
            return self.take(connection, keep)
        self.returned.append((connection, keep))
        self.wake()

    def take_back(self):
        while self.returned:
            self.take(*self.returned.popleft())

    def take(self, connection, keep):
        if not keep:
            try:
                connection.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            connection.socket.close()
            return
        connection.socket.setblocking(False)
        connection.since = time.monotonic()
        self.connections[connection.socket.fileno()] = connection
        self.poller.register(connection.socket, select.EPOLLIN)
        connection.idle = connection.reader.idle()
        if connection.idle and self.stop_at is not None:
            self.close(connection)
        elif not connection.idle:
            self.proceed(connection)  # the next request came with the last one

    def expire(self):
        now = time.monotonic()
        while self.calls and (self.calls[0].begun or self.calls[0].deadline <= now):
            self.expire_call(self.calls.popleft())
        for connection in list(self.connections.values()):
            limit = self.settings.idle_timeout if connection.idle else self.settings.read_timeout
            if now - connection.since > limit:
                self.close(connection)

    def expire_call(self, call):
        with call.lock:
            if call.begun:
                return  # the response is written already, or being written, which has a time-out of its own
            call.expired = True
        log.log("ERROR", "a call took longer than %.2f seconds" % self.settings.timeout)
        response = self.timed_out(call.request)
        head = encode_head(response, call.request, call.request.execution_id, False, len(response.body))
        call.connection.socket.setblocking(False)
        self.send_soon(call.connection, head + response.body)
        call.connection.socket.close()


class ResponseTooLarge(Exception):
    pass


def given_length(response):
    """The Content-Length that the function set, or None."""
    given = next((value for name, value in response.headers if name.lower() == "content-length"), "")
    return int(given) if given.isdigit() and given.isascii() else None


def execution_id(request):
    given = request.header("function-execution-id")
    if given and len(given) <= 128 and all(c.isalnum() or c in "-_" for c in given) and given.isascii():
        return given
    return os.urandom(8).hex()
