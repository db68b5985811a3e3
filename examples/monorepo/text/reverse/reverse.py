def handler(event, context):
    return event["text"][::-1]
