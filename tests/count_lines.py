"""Count lines of code, without blank lines, comments and docstrings: `python tests/count_lines.py FOLDER [--each]`."""

import argparse
import ast
import io
import tokenize
from pathlib import Path

NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> int:
    """How many lines of a module hold code; each line of a text over several lines counts."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {line for token in tokens if token.type not in NO_CODE for line in range(token.start[0], token.end[0] + 1)}
    return len(lines - _docstring_lines(source))


def _docstring_lines(source: str) -> set[int]:
    first = [node.body[0] for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED) and node.body]
    texts = [
        one
        for one in first
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
    ]
    return {line for text in texts for line in range(text.lineno, text.end_lineno + 1)}


def main() -> None:
    """Print the total, and with `--each` the count of each file before it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--each", action="store_true", help="the count of each file as well")
    given = options.parse_args()
    total = 0
    for path in sorted(given.folder.rglob("*.py")):
        count = code_lines(path.read_text(encoding="utf-8"))
        total += count
        if given.each:
            print(f"{count:6}  {path}")
    print(total)


if __name__ == "__main__":
    main()
