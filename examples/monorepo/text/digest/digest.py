import hashlib


def handler(event, context):
    return hashlib.sha256(event["text"].encode()).hexdigest()[:16]
