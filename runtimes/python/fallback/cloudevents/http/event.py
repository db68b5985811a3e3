"""The class under the name that the package gives it."""

from cloudevents.http import CloudEvent

__all__ = ["CloudEvent"]
