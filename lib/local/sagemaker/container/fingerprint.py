"""Prints the digest of this interpreter as a container image: Python's version and every installed distribution."""

import hashlib
import platform
from importlib import metadata

installed = sorted({f"{each.metadata['Name'].lower()}=={each.version}" for each in metadata.distributions()})
text = "\n".join([f"python=={platform.python_version()}", *installed])
print(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")
