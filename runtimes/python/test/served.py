"""Starts the runtime as a process of this host, as the image would start it, and talks to it."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
GUEST = os.path.join(os.path.dirname(HERE), "guest")
FALLBACK = os.path.join(os.path.dirname(HERE), "fallback")


class Served:
    """One function in a process of its own. Its lines on the console are in `output` after stop()."""

    def __init__(self, kind, source, name="handler", module="main", site="", environment=None, python=sys.executable,
                 others=()):
        self.directory = tempfile.mkdtemp(prefix="faasc-runtime-")
        runtime = os.path.join(self.directory, "runtime")
        task = os.path.join(self.directory, "task")
        shutil.copytree(GUEST, runtime, ignore=shutil.ignore_patterns("__pycache__"))
        os.mkdir(task)
        for name_of_module, text in [(module, source), *dict(others).items()]:
            with open(os.path.join(task, name_of_module + ".py"), "w", encoding="utf-8") as file:
                file.write(textwrap.dedent(text))
        with open(os.path.join(runtime, "faasc_function.py"), "w", encoding="utf-8") as file:
            file.write("KIND = %r\nMODULE = %r\nNAME = %r\nDIRECTORY = %r\nSITE_PACKAGES = %r\nFALLBACK = %r\nread_paths = None\n"
                       "AS_PACKAGE = %r\n" % (kind, module, name, task, site, FALLBACK, "from ." in source))
        values = {"PATH": "/usr/bin:/bin", "PORT": "0", "K_SERVICE": "shop", "FAASC_LOG_FORMAT": "json"}
        values.update(environment or {})
        self.process = subprocess.Popen([python, "-S", "-s", "-B", "-X", "utf8", os.path.join(runtime, "start.py")], env=values,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = ""
        self.port = 0
        while True:
            line = self.process.stdout.readline().decode()
            self.output += line
            if not line:
                break
            if '"listening"' in line:
                self.port = json.loads(line)["port"]
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, how=signal.SIGTERM):
        """Ends the process; its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=30)
        self.output += rest.decode()
        shutil.rmtree(self.directory, ignore_errors=True)
        return self.process.returncode

    def request(self, method="GET", path="/", body=None, headers=None):
        """(status, headers, body)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def send(self, data):
        """What comes back for raw bytes until the server closes."""
        with self.connect() as sock:
            sock.sendall(data)
            out = b""
            while True:
                piece = sock.recv(65536)
                if not piece:
                    return out
                out += piece
