import functions_framework


@functions_framework.cloud_event
def hello(cloud_event):
    print(f"order {cloud_event['id']} from {cloud_event['source']}: {cloud_event.data['item']}")
