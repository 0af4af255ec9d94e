"""What the desk of casework says, and what a notice says."""

DESK: dict[str, str] = {
    "casework.no-such-order": "没有工单 {order}。请核对编号。",
    "casework.no-such-case": "没有争议案件 {case}。请核对编号。",
    "casework.no-such-finding": "没有问题 {finding}。请核对编号。",
    "casework.somebody-was-first": "他人已先行操作：{happened}。请查看最新情况后再决定。",
    "casework.cause-used-otherwise": "同一请求编号已用于另一操作。请换一个编号重新提交。",
    "casework.no-such-command": "没有“{command}”这一操作。请核对名称。",
    "casework.bad-field": "“{field}”填写有误：{reason}。请更正后提交。",
    "casework.unknown-field": "没有“{field}”这一项。请核对字段名称。",
    "casework.notice-not-sent": "通知暂时无法发出，稍后自动重试。请检查通知接口。",
    "casework.bad-webhook": "通知接口地址须以 http:// 或 https:// 开头。请检查设置。",
    "notice.title": "【定责】{happened}：{about}",
    "notice.body": "{about}：{happened}。",
    "notice.matter": "事项：{matter}。",
    "notice.due": "最近时限：{due}。",
    "notice.end": "请登录查看并按时办理。",
    "notice.bad-webhook": "通知接口须为 https:// 地址（本机可用 http://）。请检查设置。",
    "notice.short-secret": "通知接口的签名密钥至少 16 字节。请更换。",
    "notice.refused": "通知接口拒收（状态 {status}），不再重试。请与接口方核对格式。",
    "casework.too-long": "“{field}”过长，最多 {most} 字。请精简后提交。",
    "casework.too-many": "“{field}”条目过多，最多 {most} 条。请分次提交。",
}
