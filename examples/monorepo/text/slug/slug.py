import re
import unicodedata


def handler(event, context):
    text = unicodedata.normalize("NFKD", event["title"]).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
