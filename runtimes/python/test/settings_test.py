"""What the environment may say."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guest"))

from faasc_boot.log import quoted  # noqa: E402
from faasc_boot.settings import SettingError, Settings, duration  # noqa: E402


class Reading(unittest.TestCase):
    def test_defaults(self):
        settings = Settings({})
        self.assertEqual((settings.port, settings.concurrency, settings.timeout, settings.request_size,
                          settings.response_size, settings.health), (8080, 80, 30.0, 6 << 20, None, True))

    def test_durations(self):
        for text, seconds in (("30", 30.0), ("1.5s", 1.5), ("500ms", 0.5), ("2m", 120.0)):
            self.assertEqual(duration(text), seconds)
        for text in ("", "s", "-1", "1h", "0", "1e3", "25000m", "١s", ".5", "1..5"):
            with self.assertRaises(ValueError, msg=text):
                duration(text)

    def test_refusals(self):
        table = {
            "PORT": ("99999", "PORT is '99999', but must be a number from 0 to 65535"),
            "FAASC_LOG_FORMAT": ("xml", "FAASC_LOG_FORMAT is 'xml', but must be json or text"),
            "FAASC_TIMEOUT": ("1h", "FAASC_TIMEOUT is '1h', but must be a duration such as 30, 1.5s, 500ms or 2m, at most "
                                    "24 hours"),
        }
        for name, (value, message) in table.items():
            with self.assertRaises(SettingError) as error:
                Settings({name: value})
            self.assertEqual(str(error.exception), message)


class Quoting(unittest.TestCase):
    def test_it_is_json(self):
        import json

        for text in ("", "a\"b\\c", "line\nbreak\x00", "tée ☕", "\ud800"):
            self.assertEqual(json.loads(quoted(text)), text)


if __name__ == "__main__":
    unittest.main()
