"""Types of TypeScript for records as JSON: a program for the target `exec` of Portwright."""

from __future__ import annotations

import json
import re
import sys

SCALARS = {
    "boolean": "boolean",
    "integer": "number",
    "float": "number",
    "json": "unknown",
    "vector": "number[]",
}
NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def main() -> None:
    asked = json.load(sys.stdin)
    export = "export " if asked.get("options", {}).get("export") else ""
    files, found = [], []
    for model in asked["models"]:
        for each in model["objects"]:
            name = class_name(each["record"]["name"])
            if name is None:
                message = f"`{each['name']}` has no name that TypeScript could have"
                found.append({"code": "TS-01", "message": message, "span": each["span"]})
                continue
            text = f"// Made from {one_line(model['source'])}. Do not edit.\n\n"
            text += f"{export}interface {name} {record(each['record'], '')}\n"
            files.append({"path": f"v{model['major']}/{place(model, each)}.ts", "text": text})
    # In ASCII, whatever the language of the machine.
    json.dump({"protocol": 1, "files": files, "diagnostics": found}, sys.stdout)


def record(fields, indent):
    """The body of an interface."""
    lines = []
    for field in fields["fields"]:
        if field["description"]:
            lines.append(f"{indent}  /** {one_line(field['description']).replace('*/', '* /')} */")
        sign = "" if field["required"] else "?"
        lines.append(
            f"{indent}  {key(field['name'])}{sign}: {type_(field['type'], indent + '  ')};"
        )
    return "\n".join(("{", *lines, indent + "}"))


def type_(type_of, indent):
    """The type of a value; what JSON writes as text is a string."""
    kind = type_of["kind"]
    if kind == "nullable":
        return f"{type_(type_of['inner'], indent)} | null"
    if kind == "array":
        return f"({type_(type_of['element'], indent)})[]"
    if kind == "map":
        return f"Record<string, {type_(type_of['value'], indent)}>"
    if kind == "record":
        return record(type_of, indent)
    if kind == "enum":
        return " | ".join(json.dumps(each["value"]) for each in type_of["values"])
    return SCALARS.get(kind, "string")


def class_name(name):
    """`daily sum` as `DailySum`; None where nothing of it is left."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    made = "".join(word[0].upper() + word[1:] for word in words)
    return made if made and not made[0].isdigit() else None


def place(model, each):
    """A file name of its own, whatever the names are."""
    return "/".join(
        re.sub(r"[^a-z0-9-]", lambda found: f"_{ord(found[0]):x}", name[:60])
        for name in (model["id"], each["name"])
    )


def key(name):
    return name if NAME.fullmatch(name) else json.dumps(name)


def one_line(text):
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


if __name__ == "__main__":
    main()
