"""Stands before the package of this name in tests: jsonschema, which tries it, then does without its checks of IRIs.

JupyterLab brings the package; every process that imports jsonschema would compile its grammars for seconds.
"""

raise ImportError("not needed in tests")
