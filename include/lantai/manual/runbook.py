"""docs/runbook.md: one row per error class, with what to do about it, in Chinese and English.

`python -m lantai.manual.runbook > docs/runbook.md` writes it from `lantai.errors`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

from lantai import errors
from lantai.errors import LantaiError
from lantai.locales import advice, say

INTRODUCTION = """# Runbook · 故障处理

Made by `make docs` from `lantai.errors`. The command, the log and the board print the name in the first column.
命令行、日志和看板显示的就是第一列的名称。按名称查找，照右侧处理。

“again” says whether Airflow tries the task again by itself · “自动重试”一列说明系统是否会自行重试。

Before anything else 处理之前: `lantai doctor` says what is wrong with this installation; every command and every DAG may be
run again at any moment 任何命令、任何流程均可随时重跑。
"""


def page() -> str:
    """Return the whole page, the classes in the order in which they stand in the module."""
    rows = [
        f"| `{kind.__name__}` | {_what_happened(kind)} | {'yes 是' if kind.retryable else 'no 否'} | {advice(kind, 'zh')}<br>{kind.hint} |"
        for kind in classes()
    ]
    head = "| error 名称 | what happened 发生了什么 | again 自动重试 | what to do 处理办法 |\n|---|---|---|---|"
    return "\n".join([INTRODUCTION, head, *rows, ""])


def classes() -> Iterator[type[LantaiError]]:
    """Yield every class of error."""
    for kind in vars(errors).values():
        if inspect.isclass(kind) and issubclass(kind, LantaiError):
            yield kind


def _what_happened(kind: type[LantaiError]) -> str:
    english = (kind.__doc__ or "").partition("\n")[0]
    return f"{say(f'errors.{kind.__name__}', 'zh')}<br>{english}".replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
