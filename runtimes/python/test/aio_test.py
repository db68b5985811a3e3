"""Functions of functions_framework.aio, and ASGI responses that take their time. What needs starlette is skipped where
the interpreter has none: the images' tests have it."""

import importlib.util
import json
import os
import unittest

from served import Served

STARLETTE = importlib.util.find_spec("starlette")
SITE = os.path.dirname(os.path.dirname(STARLETTE.origin)) if STARLETTE else ""


class Events(unittest.TestCase):
    def test_asynchronous_and_other_functions(self):
        one = json.dumps({"id": "1", "source": "/s", "type": "t", "specversion": "1.0", "data": [1]})
        for word in ("async def", "def"):
            source = """
                from functions_framework import aio
                @aio.cloud_event
                %s handler(event):
                    print("EVENT", event["id"], event.data)
                    if event["type"] == "bad":
                        raise ValueError("no tea")
            """ % word
            with Served("aio_cloudevent", source) as served:
                structured = {"Content-Type": "application/cloudevents+json"}
                self.assertEqual(served.request("POST", "/a", one, structured)[::2], (200, b"OK"))
                status, headers, body = served.request("POST", "/", one.replace('"t"', '"bad"'), structured)
                self.assertEqual((status, headers["x-google-status"], body), (500, "crash", b"Internal Server Error"))
                self.assertEqual(served.request("POST", "/", "{", structured)[0], 400)
                self.assertEqual(served.request("GET", "/")[0], 405)
            self.assertIn("EVENT 1 [1]\n", served.output)
            # The function's own frames, and no others.
            self.assertRegex(served.output, r'Traceback \(most recent call last\):\n  File "[^"]*/main.py", line 7, in handler\n')
            self.assertNotIn("concurrent", served.output)


class Pieces(unittest.TestCase):
    SOURCE = """
        import asyncio
        async def handler(scope, receive, send):
            await receive()
            async def piece(text, more=True):
                await send({"type": "http.response.body", "body": text, "more_body": more})
            if scope["path"] != "/nothing":
                await send({"type": "http.response.start", "status": 200, "headers": []})
            if scope["path"] == "/slow":
                await piece(b"one ")
                await asyncio.sleep(0.3)
                await piece(b"two", False)
            elif scope["path"] == "/after":
                await piece(b"done", False)
                await asyncio.sleep(0.3)
                print("AFTER", flush=True)
            elif scope["path"] == "/half":
                await piece(b"half")
            elif scope["path"] == "/forever":
                disconnected = asyncio.ensure_future(receive())
                while not disconnected.done():
                    await piece(b"x" * 65536)
                    await asyncio.sleep(0)
                print("GONE", disconnected.result()["type"], flush=True)
    """

    def test_a_response_is_sent_as_it_is_made(self):
        with Served("asgi", self.SOURCE) as served:
            with served.connect() as sock:
                sock.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
                first = sock.recv(65536)
                while b"one " not in first:
                    first += sock.recv(65536)
                self.assertIn(b"Transfer-Encoding: chunked\r\n", first)
                self.assertNotIn(b"two", first)
            self.assertEqual(served.request("GET", "/slow")[::2], (200, b"one two"))
            self.assertEqual(served.request("GET", "/nothing")[0], 500)
            # The client has all of it before the function is done, and the function is done before the program is.
            status, headers, body = served.request("GET", "/after")
            self.assertEqual((status, headers["content-length"], body), (200, "4", b"done"))
            with self.assertRaises(Exception):
                served.request("GET", "/half")
            with served.connect() as sock:
                sock.sendall(b"GET /forever HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertTrue(sock.recv(65536))
            self.assertEqual(served.request("GET", "/slow")[0], 200)
        self.assertIn("AFTER\n", served.output)
        self.assertIn("GONE http.disconnect\n", served.output)
        self.assertIn("the function ended in the middle of its response", served.output)
        self.assertIn("the function returned without a response", served.output)


@unittest.skipUnless(STARLETTE, "there is no starlette here")
class Http(unittest.TestCase):
    SOURCE = """
        import functions_framework.aio
        from starlette.exceptions import HTTPException
        from starlette.responses import StreamingResponse
        @functions_framework.aio.http
        async def handler(request):
            path = request.url.path
            if path == "/echo":
                return {"q": request.query_params.get("q"), "body": (await request.body()).decode(), "method": request.method}
            if path == "/stream":
                async def numbers():
                    for number in range(3):
                        yield "%d " % number
                return StreamingResponse(numbers(), media_type="text/plain")
            if path == "/teapot":
                raise HTTPException(418, "short and stout")
            return {"/text": "text", "/pair": ("made", 201), "/none": None}[path]
    """

    def test_what_functions_return(self):
        with Served("aio_http", self.SOURCE, site=SITE) as served:
            status, headers, body = served.request("PUT", "/echo?q=1", "tea")
            self.assertEqual((status, headers["content-type"]), (200, "application/json"))
            self.assertEqual(json.loads(body), {"q": "1", "body": "tea", "method": "PUT"})
            for path, status, body in (("/text", 200, b"text"), ("/pair", 201, b"made"), ("/stream", 200, b"0 1 2 "),
                                       ("/none", 500, b"No response returned"), ("/teapot", 418, b"short and stout"),
                                       ("/other", 500, b"Internal Server Error")):
                self.assertEqual(served.request("GET", path)[::2], (status, body), path)
            self.assertEqual(served.request("TRACE", "/text")[0], 405)
        self.assertRegex(served.output, r'call last\):\n  File "[^"]*/main.py", line 17, in handler\n')

    def test_functions_that_are_not_asynchronous(self):
        source = """
            from functions_framework import aio
            @aio.http
            def handler(request):
                return request.query_params["q"]
        """
        with Served("aio_http", source, site=SITE) as served:
            self.assertEqual(served.request("GET", "/?q=tea")[::2], (200, b"tea"))


if __name__ == "__main__":
    unittest.main()
