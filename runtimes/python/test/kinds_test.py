"""Each kind of function, called as its clients call it."""

import json
import unittest

from served import Served

INVOKE = "/2015-03-31/functions/function/invocations"


class Lambda(unittest.TestCase):
    SOURCE = """
        import logging
        logging.getLogger().setLevel("INFO")
        def handler(event, context):
            logging.info("hello")
            if event.get("fail"):
                raise KeyError("tea")
            if event.get("bytes"):
                return b"raw"
            if event.get("object"):
                return object()
            return {"got": event, "name": context.function_name, "left": context.get_remaining_time_in_millis() > 0}
    """

    def test_results_and_errors(self):
        with Served("lambda", self.SOURCE) as served:
            status, headers, body = served.request("POST", INVOKE, '{"a": 1}')
            self.assertEqual((status, headers["x-amz-executed-version"]), (200, "$LATEST"))
            self.assertEqual(json.loads(body), {"got": {"a": 1}, "name": "shop", "left": True})
            status, headers, body = served.request("POST", INVOKE, '{"fail": 1}')
            failure = json.loads(body)
            self.assertEqual((status, headers["x-amz-function-error"]), (200, "Unhandled"))
            self.assertEqual((failure["errorType"], failure["errorMessage"]), ("KeyError", "'tea'"))
            self.assertEqual(len(failure["stackTrace"]), 1)
            self.assertEqual(served.request("POST", "/", '{"fail": 1}')[0], 500)
            self.assertEqual(served.request("POST", INVOKE, '{"bytes": 1}')[2], b"raw")
            self.assertEqual(json.loads(served.request("POST", INVOKE, '{"object": 1}')[2])["errorType"],
                             "Runtime.MarshalError")
            self.assertEqual(json.loads(served.request("POST", INVOKE, "{")[2])["errorType"], "Runtime.UnmarshalError")
            self.assertEqual(served.request("POST", INVOKE, "{}", {"X-Amz-Invocation-Type": "DryRun"})[0], 204)
            self.assertEqual(served.request("POST", INVOKE, "{}", {"X-Amz-Invocation-Type": "Event"})[0], 202)
            self.assertEqual(served.request("POST", "/2015-03-31/functions/other/invocations", "{}")[0], 404)
            self.assertEqual(served.request("GET", "/")[0], 405)
        self.assertRegex(served.output, r"START RequestId: [0-9a-f-]{36} Version: \$LATEST")
        self.assertRegex(served.output, r"\[ERROR\] KeyError: 'tea'\nTraceback \(most recent call last\):\n")
        self.assertRegex(served.output, r'"level": "INFO", "message": "hello"')

    def test_function_urls(self):
        source = """
            def handler(event, context):
                if event["rawPath"] == "/plain":
                    return "plain"
                http = event["requestContext"]["http"]
                return {"statusCode": 201, "headers": {"Content-Type": "text/plain"}, "cookies": ["a=b"],
                        "body": http["method"] + event["rawPath"] + event["queryStringParameters"]["q"] + event["body"]}
        """
        with Served("lambda", source, environment={"FAASC_LAMBDA_EVENT": "url-v2"}) as served:
            status, headers, body = served.request("POST", "/x?q=1", "hi")
            self.assertEqual((status, headers["set-cookie"], body), (201, "a=b", b"POST/x1hi"))
            self.assertEqual(served.request("GET", "/plain")[::2], (200, b"plain"))

    def test_a_timeout_is_told_as_the_emulator_tells_it(self):
        source = """
            import time
            def handler(event, context):
                time.sleep(1)
        """
        with Served("lambda", source, environment={"FAASC_TIMEOUT": "200ms", "FAASC_CONCURRENCY": "1"}) as served:
            self.assertEqual(served.request("POST", INVOKE, "{}")[::2], (200, b"Task timed out after 0.20 seconds"))
            self.assertEqual(served.request("POST", INVOKE, "{}")[0], 400)


class Events(unittest.TestCase):
    BINARY = {"ce-id": "1%20x", "ce-source": "/s", "ce-type": "t", "ce-specversion": "1.0", "ce-subject": '"a b"',
              "Content-Type": "application/json"}
    STORAGE = {"context": {"eventId": "7", "timestamp": "2020-01-01T00:00:00Z",
                           "eventType": "google.storage.object.finalize",
                           "resource": {"service": "storage.googleapis.com", "name": "projects/_/buckets/b/objects/f/x#12"}},
               "data": {"a": 1}}

    def test_cloud_events_in_every_form(self):
        source = """
            import functions_framework
            from cloudevents.http import CloudEvent
            @functions_framework.cloud_event
            def handler(event: CloudEvent):
                print("EVENT", event["id"], event["source"], event["type"], event.get("subject"), event.data)
                if event["type"] == "bad":
                    raise ValueError("no tea")
        """
        one = {"id": "1", "source": "/s", "type": "t", "specversion": "1.0", "data": [1]}
        with Served("cloudevent", source) as served:
            self.assertEqual(served.request("POST", "/", '{"item": "tea"}', self.BINARY)[::2], (200, b"OK"))
            for body, kind, status in (
                    (json.dumps(one), "application/cloudevents+json", 200),
                    (json.dumps([one, dict(one, id="2")]), "application/cloudevents-batch+json", 200),
                    (json.dumps(dict(one, type="bad")), "application/cloudevents+json", 500),
                    (json.dumps(self.STORAGE), "application/json", 200),
                    ("{}", "application/json", 400), ("", "application/json", 400), ("{", "application/cloudevents+json", 400),
                    ('{"id": "1"}', "application/cloudevents+json", 400), ("[[]]", "application/cloudevents-batch+json", 400)):
                self.assertEqual(served.request("POST", "/", body, {"Content-Type": kind})[0], status, body)
            self.assertEqual(served.request("GET", "/")[0], 405)
            self.assertEqual(served.request("POST", "/", "{}", dict(self.BINARY, **{"ce-specversion": "9"}))[0], 400)
            self.assertEqual(served.request("POST", "/", "{}", dict(self.BINARY, **{"ce-subject": "%ff"}))[0], 400)
        events = [line for line in served.output.splitlines() if line.startswith("EVENT")]
        self.assertEqual(events[0], "EVENT 1 x /s t a b {'item': 'tea'}")
        self.assertEqual(events[-1], "EVENT 7 //storage.googleapis.com/projects/_/buckets/b "
                                     "google.cloud.storage.object.v1.finalized objects/f/x {'a': 1}")
        self.assertEqual(len(events), 6)

    def test_events_of_old(self):
        source = """
            def handler(data, context):
                print("EVENT", data, context.event_id, context.event_type, context.resource["name"])
        """
        message = {"message": {"data": "aGk=", "messageId": "1"}}
        with Served("event", source) as served:
            self.assertEqual(served.request("POST", "/", json.dumps(self.STORAGE))[::2], (200, b"OK"))
            headers = dict(self.BINARY, **{"ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
                                           "ce-source": "//pubsub.googleapis.com/projects/p/topics/t"})
            del headers["ce-subject"]
            self.assertEqual(served.request("POST", "/", json.dumps(message), headers)[0], 200)
            self.assertEqual(served.request("POST", "/", "{}")[0], 400)
            self.assertEqual(served.request("GET", "/")[::2], (200, b""))
        self.assertEqual([line for line in served.output.splitlines() if line.startswith("EVENT")],
                         ["EVENT {'a': 1} 7 google.storage.object.finalize projects/_/buckets/b/objects/f/x#12",
                          "EVENT {'data': 'aGk='} 1 x google.pubsub.topic.publish projects/p/topics/t"])


class Others(unittest.TestCase):
    def test_typed(self):
        source = """
            import functions_framework
            class Order:
                def __init__(self, count): self.count = count
                @staticmethod
                def from_dict(values): return Order(values["count"])
                def to_dict(self): return {"count": self.count + 1}
            @functions_framework.typed
            def handler(order: Order):
                return None if order.count == 0 else order
        """
        with Served("typed", source) as served:
            self.assertEqual(served.request("POST", "/", '{"count": 1}')[::2], (200, b'{"count": 2}'))
            self.assertEqual(served.request("POST", "/", '{"count": 0}')[::2], (200, b""))
            self.assertEqual(served.request("POST", "/", "{}")[::2], (400, b"the body is no Order: KeyError: 'count'"))
            self.assertEqual(served.request("POST", "/", "{")[0], 400)

    def test_openfaas(self):
        source = """
            def handle(event, context):
                if event.path == "/none":
                    return None
                return {"statusCode": 201, "body": {"q": event.query.get("a"), "x": event.headers.get("X-y"),
                                                     "b": event.body.decode()}}
        """
        with Served("openfaas", source, name="handle") as served:
            status, headers, body = served.request("PUT", "/?a=1", "hi", {"x-Y": "2"})
            self.assertEqual((status, headers["content-type"]), (201, "application/json"))
            self.assertEqual(json.loads(body), {"q": "1", "x": "2", "b": "hi"})
            self.assertEqual(served.request("GET", "/none")[::2], (200, b""))

    def test_knative(self):
        source = """
            class Function:
                async def handle(self, scope, receive, send):
                    message = await receive()
                    if scope["path"] == "/raise":
                        raise ValueError("no tea")
                    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"b")]})
                    await send({"type": "http.response.body", "body": scope["path"].encode(), "more_body": True})
                    await send({"type": "http.response.body", "body": message["body"]})
                def start(self, cfg): print("start", cfg["K_SERVICE"])
                async def stop(self): print("stop")
                def alive(self): return True, "fine"
                def ready(self): return False, "not yet"
            def new():
                return Function()
        """
        with Served("asgi", source, name="new") as served:
            status, headers, body = served.request("POST", "/x", "y")
            self.assertEqual((status, headers["x-a"], body), (200, "b", b"/xy"))
            self.assertEqual(served.request("GET", "/raise")[0], 500)
            self.assertEqual(served.request("GET", "/health/liveness")[::2], (200, b"fine"))
            self.assertEqual(served.request("GET", "/health/readiness")[::2], (503, b"not yet"))
        self.assertIn("start shop", served.output)
        self.assertIn("stop\n", served.output)

    def test_server(self):
        source = """
            import os, socket
            assert __name__ == "__main__", __name__
            listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
            print('{"message": "listening", "port": %d}' % listener.getsockname()[1], flush=True)
            connection, _ = listener.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok")
            connection.close()
        """
        with Served("server", source.replace('"message": "listening"', '"listening": 1'), name="") as served:
            self.assertEqual(served.request("GET", "/")[::2], (200, b"ok"))
            self.assertEqual(served.process.wait(10), 0)


class Loading(unittest.TestCase):
    def test_a_module_can_import_relative_to_itself(self):
        source = """
            from . import other
            from .other import WORD
            def handler(event, context):
                return [WORD, other.__name__, __name__]
        """
        with Served("lambda", source, others={"other": "WORD = 'tea'"}) as served:
            self.assertEqual(json.loads(served.request("POST", "/", "1")[2]), ["tea", "main.other", "main"])

    def test_what_cannot_be_imported_ends_the_program(self):
        for source, words, status in (
                ("raise ValueError('no tea')\n", "ValueError: no tea", 1),
                ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'", 1),
                ("import sys\nsys.exit()\n", "ended the program while it was imported", 1),
                ("x = 1\n", "there is no 'handler' in", 1), ("handler = 1\n", "cannot be called", 1)):
            with Served("lambda", source) as served:
                self.assertEqual(served.process.wait(20), status)
            self.assertIn(words, served.output)
            self.assertNotIn("faasc_boot/", served.output)


if __name__ == "__main__":
    unittest.main()
