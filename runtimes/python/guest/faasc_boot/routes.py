"""Requests that are the server's own business: browsers' /robots.txt and /favicon.ico, health probes."""

from faasc_boot.message import text_response


class Health:
    """What the probes say. A function may bring its own answers (Knative's alive() and ready())."""

    def __init__(self):
        self.stopping = False
        self.alive = None
        self.ready = None


def answer_without_function(request, settings, health):
    """None where the request is for the function."""
    path = request.path
    if path in ("/robots.txt", "/favicon.ico"):
        return text_response(404, "Not Found")
    if not settings.health or request.method not in ("GET", "HEAD"):
        return None
    if path in ("/health/readiness", "/_/ready"):
        if health.stopping:
            return text_response(503, "STOPPING")
        return probe(health.ready, "READY")
    if path in ("/health/liveness", "/_/health"):
        return probe(health.alive, "ALIVE")
    return None


def probe(ask, word):
    if ask is None:
        return text_response(200, word)
    try:
        answer = ask()
    except Exception as error:  # the function's own code
        return text_response(503, str(error))
    good, message = answer if isinstance(answer, tuple) else (answer, None)
    return text_response(200 if good else 503, str(message or word))
