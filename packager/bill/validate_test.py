"""Holds the bills that bill_test wrote against the schemas of SPDX and CycloneDX.

usage: validate_test.py SCHEMAS BILLS
"""

import json
import pathlib
import sys

import jsonschema

schemas, bills = map(pathlib.Path, sys.argv[1:])


def load(path):
    return json.loads(path.read_text())


store = {}
for name in ("bom-1.5.schema.json", "jsf-0.82.schema.json", "spdx.schema.json"):
    schema = load(schemas / name)
    store[schema["$id"]] = store["http://cyclonedx.org/schema/" + name] = schema

jsonschema.validate(load(bills / "spdx.json"), load(schemas / "spdx-schema.json"))
schema = store["http://cyclonedx.org/schema/bom-1.5.schema.json"]
resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
jsonschema.Draft7Validator(schema, resolver=resolver).validate(load(bills / "cyclonedx.json"))
