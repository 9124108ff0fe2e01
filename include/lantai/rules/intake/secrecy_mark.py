"""Whether a text bears the mark of a state secret, however it is set: 机　密, 密级：机密, 機密★10年, （绝密）.

A text that only speaks of secrets has none (机密文件管理办法, 关于保密工作的通知): a mark stands alone, in front or at the
end between brackets or blanks, behind the word for it, or has a star. Where cells stand, what is read and what
follows from a mark is in `scope`.

Source: GB/T 9704-2012, 7.2.2; 保守国家秘密法实施条例 art. 19.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lantai.records.text import spelling

_TRADITIONAL = str.maketrans("機絕絶祕宻級國長個為別標誌識審", "机绝绝秘密级国长个为别标志识审")
"""As the words of marks are written in the other script; other words keep theirs."""
_APART = "[\\W\u115f\u1160\u3164\uffa0]*"
"""Whatever may stand between two letters and is not one that is seen; the four count as letters and are blank."""
_HINT = re.compile(f"[密宻]|{_APART.join('SECRET')}|{_APART.join('CONFID')}", re.IGNORECASE)
_LEVEL = r"(?:国家)?(?:绝密|机密|秘密)级?"
_NUMBER = r"[0-9〇零一二三四五六七八九十百]+"
_PERIOD = rf"(?:[^\w()]*[(]?(?:{_NUMBER}(?:年|个?月|[天日])|长期|永久)[)]?)?"
_FOREIGN = r"(?:TOP)?SECRET|CONFIDENTIAL"
_WORD = r"(?:密级|保密级别|保密等级|秘密等级|秘密级别|涉密等级|涉密级别|定密级别)(?:标志|标识)?"
_STAR = "★☆⭐🌟✩✪✫✬✭✮✯✰⋆*✱✲✳✴∗⁎"
_STARRED = re.compile(rf"(?:绝密|机密|秘密)级?[{_STAR}]")
_ALONE = re.compile(rf"\W*(?:(?:绝密|机密|秘密)级?{_PERIOD}|{_FOREIGN})\W*")
_BEHIND_WORD = re.compile(rf"\W*{_WORD}\W*(?:{_LEVEL}{_PERIOD}|{_FOREIGN})\W*")
_WITHIN = re.compile(rf"{_WORD}(?:是|为)?[:=]\W*(?:{_LEVEL}|{_FOREIGN})")
_WORD_ALONE = re.compile(rf"\W*{_WORD}\W*")
_LEVEL_ALONE = re.compile(rf"\W*(?:{_LEVEL}{_PERIOD}|{_FOREIGN})\W*")
_OPENED, _CLOSED = r"[(\[{【〔〖「『]", r"[)\]}】〕〗」』]"
_BRACKETED = re.compile(
    rf"^{_OPENED}(?:绝密|机密|秘密)级?{_PERIOD}{_CLOSED}|{_OPENED}(?:绝密|机密|秘密)级?{_PERIOD}{_CLOSED}$"
)
_PART_ENDS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029;；|｜\t,]+")
"""Where a cell holds several things: its lines, and columns that were parted by another character than the table's."""


def reduced(text: str) -> str:
    """Return what a reader sees of a text, with the words of marks in one script."""
    return spelling.seen(text).translate(_TRADITIONAL)


def may_bear(text: str) -> bool:
    """Return False for a text that holds no word of any mark; most are spared a closer look by it."""
    return _HINT.search(spelling.plain(text)) is not None


def bears_mark(text: str) -> bool:
    """Return whether a cell, a name, a heading or a note bears the mark of a state secret, in any of its lines.

    Source: R1-40.
    """
    return may_bear(text) and any(map(_is_marked, _parts(text)))


def is_mark_over_cells(left: str, right: str) -> bool:
    """Return whether two neighbours read as one mark: 密级 and 机密, or 机 and 密."""
    first, second = reduced(left), reduced(right)
    if _WORD_ALONE.fullmatch(first):
        return _LEVEL_ALONE.fullmatch(second) is not None
    return len(first) == 1 and len(second) == 1 and _ALONE.fullmatch(first + second) is not None


def _parts(text: str) -> Iterator[str]:
    """Yield the whole, and its lines: a mark may be one of them, or stand in a column of one character's width."""
    yield text
    lines = _PART_ENDS.split(text)
    if len(lines) > 1:
        yield from lines


def _is_marked(part: str) -> bool:
    seen = reduced(part)
    if any(pattern.fullmatch(seen) for pattern in (_ALONE, _BEHIND_WORD)):
        return True
    if any(pattern.search(seen) for pattern in (_STARRED, _BRACKETED, _WITHIN)):
        return True
    words = part.split()
    return len(words) > 1 and any(_is_level(word) for word in (words[0], words[-1]))


def _is_level(word: str) -> bool:
    seen = reduced(word)
    return not seen.isascii() and _ALONE.fullmatch(seen) is not None
