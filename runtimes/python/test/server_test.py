"""The server under well-meaning and other clients."""

import json
import signal
import socket
import threading
import time
import unittest

from served import Served

FUNCTION = """
    import threading, time
    def handle(event, context):
        if event.path == "/slow":
            time.sleep(float(event.query.get("s", "5")))
        if event.path == "/raise":
            raise ValueError("no tea")
        if event.path == "/exit":
            raise SystemExit(3)
        if event.path == "/bad":
            return {"headers": {"X": "a\\r\\nb"}}
        print("served", event.path)
        return {"statusCode": 200, "body": event.body, "headers": {"Content-Type": "text/plain"}}
"""


def serve(**environment):
    return Served("openfaas", FUNCTION, name="handle", environment=environment)


class Serving(unittest.TestCase):
    def test_keep_alive_and_pipelining(self):
        with serve() as served, served.connect() as sock:
            one = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"
            sock.sendall(one + b"1" + one + b"2" + one + b"3")
            out = b""
            while out.count(b"HTTP/1.1 200 OK") < 3 or not out.endswith(b"3"):
                out += sock.recv(65536)
            self.assertEqual([part.rsplit(b"\r\n\r\n", 1)[1] for part in out.split(b"HTTP/1.1 ")[1:]], [b"1", b"2", b"3"])

    def test_errors_are_answered_and_reported(self):
        with serve() as served:
            for path in ("/raise", "/exit"):
                status, headers, body = served.request("GET", path)
                self.assertEqual((status, headers["x-google-status"]), (500, "crash"))
                self.assertTrue(body.startswith(b"500 Internal Server Error: The server encountered"))
            self.assertEqual(served.request("GET", "/bad")[0], 500)
            self.assertEqual(served.request("GET", "/robots.txt")[0], 404)
            self.assertEqual(served.request("GET", "/health/liveness")[2], b"ALIVE")
            self.assertEqual(served.request("POST", "/", b"x" * 100000)[2], b"x" * 100000)
            self.assertIn(b"HTTP/1.1 400 ", served.send(b"nonsense\r\n\r\n"))
        self.assertEqual(served.process.returncode, 0)
        self.assertIn("ValueError: no tea", served.output)
        self.assertNotIn("faasc_boot", served.output)

    def test_head_continue_and_the_execution_id(self):
        with serve() as served:
            status, headers, body = served.request("HEAD", "/", headers={"Function-Execution-Id": "abc-1"})
            self.assertEqual((status, body, headers["content-length"], headers["function-execution-id"]),
                             (200, b"", "0", "abc-1"))
            with served.connect() as sock:
                sock.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
                self.assertEqual(sock.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
                sock.sendall(b"ok")
                out = b""
                while piece := sock.recv(65536):
                    out += piece
                self.assertTrue(out.endswith(b"ok"))

    def test_calls_run_at_the_same_time_up_to_the_limit(self):
        with serve(FAASC_CONCURRENCY="2") as served:
            results = []
            threads = [threading.Thread(target=lambda: results.append(served.request("GET", "/slow?s=1")[0]))
                       for _ in range(2)]
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            self.assertEqual(served.request("GET", "/")[0], 429)
            self.assertEqual(served.request("GET", "/health/readiness")[0], 200)
            for thread in threads:
                thread.join()
            self.assertEqual(results, [200, 200])

    def test_whoever_has_an_answer_finds_room_for_the_next_request(self):
        with serve(FAASC_CONCURRENCY="1") as served:
            self.assertEqual({served.request("POST", "/", "x")[0] for _ in range(200)}, {200})

    def test_a_call_that_takes_too_long_is_answered_without_it(self):
        with serve(FAASC_TIMEOUT="300ms") as served:
            started = time.monotonic()
            status, headers, body = served.request("GET", "/slow?s=2")
            self.assertEqual((status, body), (504, b"Task timed out after 0.30 seconds"))
            self.assertLess(time.monotonic() - started, 1.8)
            self.assertEqual(served.request("GET", "/")[0], 200)

    def test_slow_and_silent_clients_are_let_go(self):
        with serve(FAASC_READ_TIMEOUT="1s", FAASC_IDLE_TIMEOUT="1s") as served:
            with served.connect() as silent, served.connect() as slow:
                slow.sendall(b"GET / HTTP/1.1\r\nHo")
                self.assertEqual(served.request("GET", "/")[0], 200)
                self.assertEqual((silent.recv(10), slow.recv(10)), (b"", b""))

    def test_many_idle_connections_cost_no_thread(self):
        with serve() as served:
            sockets = [served.connect() for _ in range(200)]
            self.assertEqual(served.request("GET", "/")[0], 200)
            with open("/proc/%d/status" % served.process.pid) as status:
                threads = next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
            self.assertLess(threads, 10)
            for sock in sockets:
                sock.close()

    def test_it_drains_when_it_is_told_to_stop(self):
        served = serve()
        answers = []
        caller = threading.Thread(target=lambda: answers.append(served.request("GET", "/slow?s=1")[0]))
        caller.start()
        with served.connect():
            time.sleep(0.4)
            self.assertEqual(served.stop(signal.SIGTERM), 0)
        caller.join()
        self.assertEqual(answers, [200])
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", served.port), timeout=1)

    def test_what_does_not_end_is_cut_off(self):
        served = serve(FAASC_GRACE_PERIOD="500ms")
        caller = threading.Thread(target=lambda: self.assertRaises(Exception, served.request, "GET", "/slow?s=20"))
        caller.start()
        time.sleep(0.3)
        started = time.monotonic()
        self.assertEqual(served.stop(), 0)
        self.assertLess(time.monotonic() - started, 5)
        caller.join()

    def test_a_wrong_setting_ends_it_with_a_word(self):
        with serve(PORT="x") as served:
            self.assertEqual(served.process.wait(10), 2)
        self.assertEqual(json.loads(served.output.splitlines()[0])["message"],
                         "PORT is 'x', but must be a number from 0 to 65535")


if __name__ == "__main__":
    unittest.main()
