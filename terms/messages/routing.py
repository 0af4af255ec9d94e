"""Why there is no dispatch by rule, and why the others do not lead."""

ROUTING: dict[str, str] = {
    "route.too-little": "内容过少，无法判断事项。请补充诉求内容后再派单。",
    "route.no-clause": "未找到现行条目支持任何单位主办。请人工研判，必要时作为无主事项会商。",
    "route.weak-clause": "“{lead}”最像，但没有条目明确说到这件事，不足为据。请核实职责、选定条目后派单。",
    "route.two-clauses": "“{lead}”与“{other}”都有依据，难分先后。请派单员确定主办。",
    "route.unknown-place": "该事项由区级办理，但未能确定所在区。请补充地点后派单。",
    "route.precedent-without-clause": "“{lead}”有先例无条款：以往由其承办，但没有现行条目或决定为依据。请核实职责后派单。",
    "route.complaint": "诉求反映“{units}”的履职或作风，按规定不交其办理。请派单员确定主办。",
    "route.not-sure": "把握不足（{confidence}%，自动派单需 {needed}%）。请派单员确认。",
    "route.why-not.behind": "得分低 {behind}；虽有“{wording}”，但整体更像主办单位的事项",
    "route.why-not.no-wording": "得分低 {behind}；条目相近，但没有出现其日常用语",
    "route.why-not.no-ground": "得分低 {behind}；没有条目或日常用语相符",
    "route.why-not.disputed": "事项正在争议，按规则由现承办单位办理，争议解决前不改派",
    "route.why-not.by-list": "属于街道（乡镇）履职事项清单，由其主办",
    "route.why-not.far": "得分低 {behind}",
}
