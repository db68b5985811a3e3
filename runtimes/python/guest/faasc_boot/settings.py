"""What the environment says about how to serve; the same variables as in faasc's other runtimes."""

import os


class SettingError(Exception):
    pass


def duration(text):
    """Seconds from "30", "1.5s", "500ms", "2m"."""
    for suffix, unit in (("ms", 0.001), ("s", 1.0), ("m", 60.0), ("", 1.0)):
        if text.endswith(suffix):
            number = text[: len(text) - len(suffix)]
            if number.replace(".", "", 1).isdigit() and number.isascii() and not number.startswith("."):
                value = float(number) * unit
                if 0.001 <= value <= 86400:
                    return value
            break
    raise ValueError(text)


def number(least, most):
    def read(text):
        if text.isdigit() and text.isascii() and least <= int(text) <= most:
            return int(text)
        raise ValueError(text)

    return read


def boolean(text):
    if text in ("true", "false"):
        return text == "true"
    raise ValueError(text)


def log_format(text):
    if text in ("json", "text"):
        return text
    raise ValueError(text)


DURATION = "a duration such as 30, 1.5s, 500ms or 2m, at most 24 hours"
SIZE = "a number of bytes from 1 to 1099511627776"


class Settings:
    """Times are seconds, sizes bytes."""

    def __init__(self, environment=None):
        self.environment = os.environ if environment is None else environment
        self.log_format = self.read("FAASC_LOG_FORMAT", "json", log_format, "json or text")
        self.address = "0.0.0.0"
        self.port = self.read("PORT", "8080", number(0, 65535), "a number from 0 to 65535")
        self.concurrency = self.read("FAASC_CONCURRENCY", "80", number(1, 1000), "a number from 1 to 1000")
        self.timeout = self.read("FAASC_TIMEOUT", "30", duration, DURATION)
        self.grace_period = self.read("FAASC_GRACE_PERIOD", "10", duration, DURATION)
        self.read_timeout = self.read("FAASC_READ_TIMEOUT", "30", duration, DURATION)
        self.idle_timeout = self.read("FAASC_IDLE_TIMEOUT", "60", duration, DURATION)
        self.request_size = self.read("FAASC_REQUEST_SIZE", str(6 << 20), number(1, 1 << 40), SIZE)
        self.response_size = self.read("FAASC_RESPONSE_SIZE", "", number(1, 1 << 40), SIZE)
        self.health = self.read("FAASC_HTTP_HEALTH", "true", boolean, "true or false")
        self.name = self.environment.get("K_SERVICE", "function")

    def read(self, name, default, convert, allowed):
        text = self.environment.get(name, "") or default
        if not text:
            return None
        try:
            return convert(text)
        except ValueError:
            raise SettingError("%s is '%s', but must be %s" % (name, text, allowed)) from None
