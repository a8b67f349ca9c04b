"""Whether docs/api.md and fcgi/openapi.yaml describe the same API: routes, members of requests
and responses, statuses and codes. Prints what differs; exit status 1 when anything does.

Usage: api_document.py SOURCE-FOLDER
"""
import json
import re
import sys

import yaml

PREFIX = "/api/video-call"
folder = sys.argv[1]
description = yaml.safe_load(open(f"{folder}/fcgi/openapi.yaml", encoding="utf-8"))
document = open(f"{folder}/docs/api.md", encoding="utf-8").read()
faults = []


def compare(what, documented, described):
    """Both sets have to be there, and the same."""
    for one in sorted(described - documented):
        faults.append(f"docs/api.md: {what}: {one} is missing, which openapi.yaml has")
    for one in sorted(documented - described):
        faults.append(f"docs/api.md: {what}: {one} is not in openapi.yaml")


def resolve(node):
    while isinstance(node, dict) and "$ref" in node:
        at = description
        for key in node["$ref"][2:].split("/"):
            at = at[key]
        node = at
    return node


def members(schema, path=""):
    """The paths of all members: calls, calls[].id, …"""
    schema = resolve(schema)
    found = set()
    for choice in schema.get("anyOf", []):
        found |= members(choice, path)
    if "items" in schema:
        found |= members(schema["items"], f"{path}[]")
    for name, inner in schema.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        found |= {below} | members(inner, below)
    return found


def members_of_example(value, path=""):
    if isinstance(value, list):
        return set().union(*(members_of_example(one, f"{path}[]") for one in value))
    if not isinstance(value, dict):
        return set()
    found = set()
    for name, inner in value.items():
        below = f"{path}.{name}" if path else name
        found |= {below} | members_of_example(inner, below)
    return found


def tables(text):
    """By the head of the first column: the rows, each a list of cells."""
    found = {}
    head = None
    for line in text.splitlines():
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if head is None:
            head = cells[0]
            found.setdefault(head, [])
        elif not cells[0].startswith("---"):
            found[head].append(cells)
    return found


def named(rows):
    return {row[0].strip("`") for row in rows}


def refusals(rows):
    return {(row[0], row[1].strip("`")) for row in rows}


sections = dict(re.findall(r"^## (.*?)$(.*?)(?=^## |\Z)", document, re.M | re.S))
errors = tables(sections["Errors"])
common = refusals(errors["status"])
participant = named(tables(sections["Participant"])["member"])
schemas = description["components"]["schemas"]


def responded_members(rows):
    found = named(rows)
    for row in rows:
        if "(#participant)" in row[1]:
            found |= {f"{row[0].strip('`')}[].{name}" for name in participant}
    return found


def codes_of(response):
    """Of one response of an error: its codes."""
    [content] = resolve(response)["content"].values()
    code = resolve(content["schema"])["properties"]["code"]
    return set(code.get("enum", [code.get("const")]))


def check_route(heading, operation):
    found = tables(sections[heading])
    body = resolve(operation.get("requestBody", {})).get("content", {}).get("application/json", {}).get("schema", {})
    parameters = {one["name"] for one in operation.get("parameters", [])}
    asked = named(found.get("request", []) + found.get("parameter", []))
    compare(f"{heading}, request", asked, members(body) | parameters)
    [content] = operation["responses"]["200"]["content"].values()
    described = members(content["schema"])
    compare(f"{heading}, response", responded_members(found.get("response", [])), described)
    for example in re.findall(r"```json\n(.*?)```", sections[heading], re.S):
        compare(f"{heading}, example", members_of_example(json.loads(example)), described)
    own = refusals(found.get("status", []))
    possible = {(status, code) for status, response in operation["responses"].items() if status != "200" for code in codes_of(response)}
    for status, code in sorted(own - possible):
        faults.append(f"docs/api.md: {heading}: {status} {code} is none of its errors, says openapi.yaml")
    for status in sorted({status for status, _ in possible} - {status for status, _ in own | common}):
        faults.append(f"docs/api.md: {heading}: status {status} is missing, which openapi.yaml has")
    return own, possible


def main():
    operations = {f"`{method.upper()} {PREFIX}{path}`": operation for path, methods in description["paths"].items() for method, operation in methods.items()}
    compare("routes", {heading for heading in sections if heading.startswith("`")}, set(operations))
    documented, possible = set(common), set()
    for heading, operation in operations.items():
        if heading in sections:
            own, described = check_route(heading, operation)
            documented |= own
            possible |= described
    compare("errors", {" ".join(one) for one in documented}, {" ".join(one) for one in possible})
    compare("form of an error", named(errors["member"]), set(schemas["BadRequest"]["properties"]))
    compare("participant", participant, members(schemas["Participant"]))
    compare("status of a call", named(tables(sections["Status"])["status of a call"]), set(schemas["Status"]["enum"]))
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
