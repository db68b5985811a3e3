def handler(event, context):
    words = event["text"].split()
    return {"words": len(words), "longest": max(words, key=len, default="")}
