"""Requests as the events of Lambda's function URLs (payload format 2.0), and what comes back as responses."""

import base64
import json
import time
from urllib.parse import parse_qsl

from faasc_boot.message import Response


def event_of(request):
    headers = {}
    cookies = []
    for name, value in request.headers:
        name = name.lower()
        if name == "cookie":
            cookies.extend(part.strip() for part in value.split(";"))
        else:
            headers[name] = headers[name] + "," + value if name in headers else value
    now = time.time()
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "faasc",
            "domainName": headers.get("host", ""),
            "domainPrefix": "faasc",
            "http": {"method": request.method, "path": request.path, "protocol": "HTTP/" + request.version,
                     "sourceIp": request.peer, "userAgent": headers.get("user-agent", "")},
            "requestId": request.execution_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    query = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query[name] = query[name] + "," + value if name in query else value
    if query:
        event["queryStringParameters"] = query
    if request.body:
        try:
            event["body"] = request.body.decode("utf-8")
        except UnicodeDecodeError:
            event["body"] = base64.b64encode(request.body).decode()
            event["isBase64Encoded"] = True
    return event


def answer_of(response):
    """What the handler returned, unwrapped. Anything without a statusCode is itself the body."""
    try:
        answer = json.loads(response.body.decode("utf-8"))
    except (ValueError, UnicodeDecodeError):
        return response
    if not isinstance(answer, dict) or "statusCode" not in answer:
        body = answer if isinstance(answer, str) else json.dumps(answer)
        return Response(200, [("Content-Type", "application/json")], body.encode("utf-8"))
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    headers += [("Set-Cookie", cookie) for cookie in answer.get("cookies") or []]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = answer.get("body") or ""
    if not isinstance(body, str):
        body = json.dumps(body)
    data = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode("utf-8")
    return Response(int(answer["statusCode"]), headers, data)
