"""What goes wrong with events."""


class GenericException(Exception):
    pass


class MissingRequiredFields(GenericException):
    pass


class InvalidRequiredFields(GenericException):
    pass
