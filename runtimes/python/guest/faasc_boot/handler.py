"""The function's own code: found in its module, and complained about when it is not what it should be."""

from faasc_boot import log
from faasc_boot.main import leave


def callable_named(owner, name, where):
    target = owner
    for part in name.split("."):
        if not hasattr(target, part):
            log.log("CRITICAL", "there is no '%s' in %s" % (name, where))
            leave(1)
        target = getattr(target, part)
    if not callable(target):
        log.log("CRITICAL", "'%s' in %s cannot be called" % (name, where))
        leave(1)
    return target


def find(module, name):
    """The object called `name` in the module, "Class.method" included."""
    return callable_named(module, name, module.__file__)


def method(instance, name):
    return callable_named(instance, name, "a %s" % type(instance).__name__)
