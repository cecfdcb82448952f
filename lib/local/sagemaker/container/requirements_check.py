"""Reads a requirements.txt and says what this interpreter lacks of it.

Usage: requirements_check.py <requirements.txt>. Prints {"missing": [...], "refused": [...], "text": "..."}: requirements
that are not satisfied, lines that cannot be installed into a shared environment, and all lines with includes resolved.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path

try:
    from packaging.requirements import InvalidRequirement, Requirement
except ImportError:  # a bare virtual environment has it only inside pip
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement


def lines_of(path):
    """Logical lines with their place, comments stripped, `-r` includes followed."""
    text = re.sub(r"\\\n", " ", path.read_text())
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        include = re.match(r"(?:-r|--requirement)[\s=]*(\S+)", line)
        if include:
            yield from lines_of(path.parent / include.group(1))
        elif line:
            yield f"{path.name} line {number}", line


def satisfied(requirement):
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    try:
        installed = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    if requirement.url is not None or not requirement.specifier.contains(installed.version, prereleases=True):
        return False
    extras = [Requirement(text) for text in installed.requires or [] if "extra" in text] if requirement.extras else []
    wanted = [(extra, each) for extra in requirement.extras for each in extras if each.marker is not None]
    return all(
        satisfied(Requirement(str(each).split(";")[0])) for extra, each in wanted if each.marker.evaluate({"extra": extra})
    )


def main():
    missing, refused, text = [], [], []
    for place, line in lines_of(Path(sys.argv[1])):
        text.append(line)
        if line.startswith("-") and not re.match(r"-e|--editable", line):
            continue  # an option of the installer
        try:
            requirement = Requirement(re.sub(r"\s--hash[= ]\S+", "", line))
        except InvalidRequirement:
            refused.append(f"{place}: '{line}'")
            continue
        if not satisfied(requirement):
            missing.append(line)
    print(json.dumps({"missing": missing, "refused": refused, "text": "\n".join(text)}))


if __name__ == "__main__":
    main()
