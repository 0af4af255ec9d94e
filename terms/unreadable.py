"""Why a file or a body cannot be read, in Chinese and with the place; never a word of what stands in it."""

import csv
import json
import re
import tomllib
import zipfile
import zlib

_TOML_PLACE = re.compile(r"at line (\d+), column (\d+)")


def why_unreadable(error: Exception) -> str:
    """What the reader of a file or a body ran into, as the person who sent it may mend it."""
    match error:
        case json.JSONDecodeError():  # orjson's own is one
            return f"第 {error.lineno} 行第 {error.colno} 字处不是有效的 JSON"
        case tomllib.TOMLDecodeError():
            place = _TOML_PLACE.search(str(error))
            return f"第 {place[1]} 行第 {place[2]} 字处不是有效的 TOML" if place else "结尾处不是有效的 TOML"
        case UnicodeDecodeError():
            return f"第 {error.start + 1} 个字节起编码无法识别"
        case UnicodeError():
            return "编码无法识别"
        case FileNotFoundError():
            return "没有这个文件"
        case IsADirectoryError():
            return "这是文件夹，不是文件"
        case PermissionError():
            return "没有读取权限"
        case csv.Error():
            return "单元格过长，或引号不成对"
        case EOFError() | zlib.error() | zipfile.BadZipFile():
            return "压缩文件不完整或已损坏"
        case OSError() if error.errno:
            return f"系统无法读取（errno {error.errno}）"
    return f"文件已损坏，或不是这种格式（{type(error).__name__}）"
