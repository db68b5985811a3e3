"""Requests from bytes, however they are cut into pieces."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guest"))

from faasc_boot.message import Refused, RequestReader, Response, encode_head  # noqa: E402

CHUNKED = b"POST /x?y=1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n"
PLAIN = b"PUT / HTTP/1.1\r\nHost: a\r\ncontent-length: 5\r\nX: 1\r\nx:  2 \r\n\r\nhello"


def read(data, limit=100, size=None):
    reader = RequestReader(limit)
    for i in range(0, len(data), size or len(data)):
        reader.feed(data[i : i + (size or len(data))])
        request = reader.next()
        if request is not None:
            return request, reader
    return None, reader


class Requests(unittest.TestCase):
    def test_every_cut_gives_the_same_request(self):
        for data, body in ((CHUNKED, b"abcde"), (PLAIN, b"hello")):
            for size in range(1, len(data) + 1):
                request, reader = read(data, size=size)
                self.assertEqual(request.body, body)
                self.assertTrue(reader.idle())
        self.assertEqual((request.method, request.path, request.header("X")), ("PUT", "/", "1, 2"))

    def test_every_truncation_asks_for_more(self):
        for data in (CHUNKED, PLAIN):
            for end in range(1, len(data)):
                self.assertIsNone(read(data[:end])[0])

    def test_what_follows_belongs_to_the_next_request(self):
        request, reader = read(PLAIN + CHUNKED)
        self.assertEqual(request.body, b"hello")
        self.assertEqual(reader.next().body, b"abcde")
        self.assertIsNone(reader.next())

    def test_refusals(self):
        head = b"GET / HTTP/1.1\r\nHost: a\r\n"
        table = [
            (b"GET /\r\n\r\n", 400), (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), (b"GET / FTP/1.1\r\n\r\n", 400),
            (b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n\r\n", 400), (head + b"Host: b\r\n\r\n", 400), (head + b"no colon\r\n\r\n", 400),
            (head + b" folded: x\r\n\r\n", 400), (head + b"X : y\r\n\r\n", 400), (head + b"X: a\x00b\r\n\r\n", 400),
            (head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400), (head + b"Content-Length: -1\r\n\r\n", 400),
            (head + b"Content-Length: 101\r\n\r\n", 413), (head + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
            (head + b"Transfer-Encoding: gzip\r\n\r\n", 501),
            (head + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
            (head + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
            (head + b"Transfer-Encoding: chunked\r\n\r\n65\r\n", 413),
            (head + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
            (head + b"Expect: tea\r\n\r\n", 417), (head + b"X: " + b"y" * (1 << 20) + b"\r\n\r\n", 431),
        ]
        for data, status in table:
            with self.assertRaises(Refused, msg=data[:80]) as refused:
                read(data)
            self.assertEqual(refused.exception.status, status, data[:80])

    def test_continue_is_asked_for_once(self):
        reader = RequestReader(100)
        reader.feed(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        self.assertIsNone(reader.next())
        self.assertTrue(reader.wants_continue())
        self.assertFalse(reader.wants_continue())

    def test_keep_alive(self):
        for version, connection, expected in (("1.1", "", True), ("1.1", "close", False), ("1.0", "", False),
                                              ("1.0", "keep-alive", True)):
            header = "Connection: %s\r\n" % connection if connection else ""
            request, _ = read(("GET / HTTP/%s\r\nHost: a\r\n%s\r\n" % (version, header)).encode())
            self.assertEqual(request.keep_alive(), expected)


class Responses(unittest.TestCase):
    def test_head(self):
        request, _ = read(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        response = Response(201, [("X-A", "b"), ("Connection", "close"), ("Content-Length", "7")])
        self.assertEqual(encode_head(response, request, "e1", True, 3),
                         b"HTTP/1.1 201 Created\r\nX-A: b\r\nFunction-Execution-Id: e1\r\nContent-Length: 3\r\n\r\n")
        self.assertEqual(encode_head(Response(200), request, "", False, None),
                         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")

    def test_a_header_cannot_begin_another(self):
        with self.assertRaises(ValueError):
            encode_head(Response(200, [("X", "a\r\nSet-Cookie: b")]), None, "", True, 0)


if __name__ == "__main__":
    unittest.main()
