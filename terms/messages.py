"""The one Chinese catalogue: a sentence for every code, saying what is wrong and what to do.

A room adds its codes here, in its own section. Placeholders are filled with `str.format`; a test calls every code
the source names and fails on one that has no sentence.
"""

from typing import Any

MESSAGES: dict[str, str] = {
    # --- ledger ---
    "ledger.version-moved": "{stream} 已被他人更新，请刷新后查看最新情况再操作。",
    "ledger.hole": "账本位置不连续：期望 {expected}，读到 {found}。请停止写入并运行 dingze ledger verify。",
    "ledger.broken-chain": "账本第 {position} 条与其摘要不符，记录可能被改动。请保全现场并联系管理员。",
    "ledger.unknown-event": "账本中有本版本不认识的事件 {type}（第 {schema} 版）。请升级程序后重试。",
    "ledger.unavailable": "数据库暂时无法连接，请稍后重试；若持续出现请联系管理员。",
    "vault.no-key": "找不到主密钥文件。请先运行 dingze init，或在设置中指定密钥位置。",
    "vault.wrong-key": "主密钥与本数据库不符，无法打开密封内容。请检查密钥文件。",
    # --- input ---
    "input.unreadable": "文件无法读取：{reason}。请检查格式与编码（支持 UTF-8 与 GB18030）。",
    "input.too-large": "内容超过上限 {limit}。请拆分后重新提交。",
    "input.invalid": "{reason}",
    # --- city ---
    "city.invalid": "城市配置有误：{reason}。请按 docs/configuration.md 修改后重新载入。",
}


def sentence(code: str, **params: Any) -> str:
    """The Chinese sentence for a code; a code without one answers with itself, so nothing is hidden."""
    template = MESSAGES.get(code)
    if template is None:
        return code
    try:
        return template.format(**params)
    except (KeyError, IndexError):
        return template
