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
    "ledger.naive-time": "时间缺少时区，无法入账。请补全时区后重新提交。",
    "ledger.half-source": "来源与来源编号必须同时给出。请补全后重新提交。",
    "ledger.nameless": "事件缺少类型或版本号，无法入账。请联系管理员。",
    "ledger.not-json": "内容中有无法入账的值（如非数、无穷大或二进制）。请改正后重新提交。",
    "ledger.not-text": "内容中有无法保存的字符（空字符或残缺编码）。请清理后重新提交。",
    "ledger.empty-append": "没有可入账的内容。请至少给出一条事件。",
    "ledger.key-twice": "同一批内容中来源编号重复。请去重后重新提交。",
    "ledger.already-there": "账本中已有相同编号的记录，本次未写入。请刷新后核对。",
    "ledger.unreadable": "数据库文件已损坏，无法读取。请保全现场，从备份恢复并联系管理员。",
    "ledger.no-file": "账本须存放在数据库文件中，不能只放在内存里。请设置 sqlite:///文件路径。",
    "ledger.unknown-database": "无法识别数据库地址。请使用 sqlite:///文件路径 或 postgresql://…。",
    "vault.key-moved": "该工单的密封钥匙刚由其他进程建立，请重新密封后重试。",
    "vault.erased": "{subject} 的个人信息已按要求抹除，不能再查看或写入。",
    "vault.damaged": "密封内容已损坏，无法打开。请保全现场并联系管理员。",
    "vault.exists": "主密钥文件已存在，未覆盖。请确认后使用原文件。",
    "vault.no-key": "找不到主密钥文件。请先运行 dingze init，或在设置中指定密钥位置。",
    "vault.wrong-key": "主密钥与本数据库不符，无法打开密封内容。请检查密钥文件。",
    # --- input ---
    "input.unreadable": "文件无法读取：{reason}。请检查格式与编码（支持 UTF-8 与 GB18030）。",
    "input.too-large": "内容超过上限 {limit}。请拆分后重新提交。",
    "input.invalid": "{reason}",
    "input.row-unreadable": "这一行无法读取：{reason}。请更正后重新提交。",
    # --- mandates ---
    "mandates.bad-field": "{column} 列有误：{reason}。请更正后重新导入这一行。",
    "mandates.unknown-table": "无法判断这是哪张表（列：{columns}）。请按 docs/mandates.md 的模板命名文件或列名。",
    # --- projections ---
    "projections.no-view": "没有名为 {name} 的视图。现有：{known}。",
    "projections.no-build": "视图 {name} 尚未建立，请先运行 dingze projections rebuild {name}。",
    # --- ingest ---
    "ingest.bad-field": "{field} 有误：{reason}。请更正后重新提交这一条。",
    "ingest.absurd-date": "受理时间 {found} 不合常理。请核对年份后重新提交这一条。",
    "ingest.erased": "该工单的个人信息已依申请删除，不能再次导入同一编号。",
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
