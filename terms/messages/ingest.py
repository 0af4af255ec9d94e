"""What is said of a fact that does not come in, or does not go out."""

INGEST: dict[str, str] = {
    # --- input ---
    "input.unreadable": "文件无法读取：{reason}。请检查格式与编码（支持 UTF-8 与 GB18030）。",
    "input.too-large": "内容超过上限 {limit}。请拆分后重新提交。",
    "input.invalid": "{reason}",
    "input.row-unreadable": "这一行无法读取：{reason}。请更正后重新提交。",
    # --- publisher ---
    "publisher.live-topic": "{topic} 是实时主题，不能重放到其中。请指定一个新的主题。",
    "publisher.no-answer": "未能写入 Kafka 主题（{reason}）。请核对地址、账号与主题是否存在后重试。",
    # --- ingest ---
    "ingest.bad-field": "“{field}”有误：{reason}。请更正后重新提交这一条。",
    "ingest.absurd-date": "受理时间 {found} 不合常理。请核对年份后重新提交这一条。",
    "ingest.not-held": "隔离区没有这一条，或其原文已按要求抹除。请在隔离列表中核对编号。",
    "ingest.still-bad": "重新接入仍未通过：{reason}。请更正内容后再试。",
    "ingest.erased": "该工单的个人信息已依申请删除，不能再次导入同一编号。",
}
