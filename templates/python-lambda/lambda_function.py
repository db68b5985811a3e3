import logging

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    name = event.get("name", "World")
    logger.info("greeting %s within %d ms", name, context.get_remaining_time_in_millis())
    return {"statusCode": 200, "body": f"Hello, {name}!"}
