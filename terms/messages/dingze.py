"""What the program says: readiness, settings, the sample city."""

DINGZE: dict[str, str] = {
    # --- health ---
    "ready.view-stopped": "视图 {view} 遇到无法处理的事件，已停止。请运行 dingze projections status 查看原因。",
    "ready.view-late": "视图 {view} 落后 {seconds} 秒。请查看 dingze work project 是否在运行。",
    "ready.no-view": "视图 {view} 尚未建立。请启动 dingze serve 或 dingze work project。",
    "ready.partition-stopped": "分区 {partition} 的书签不在日志范围内，已停止接入。请核对 Kafka 集群与数据库备份是否一致。",
    "ready.part-fails": "{part} 最近一次运行失败，正在重试。请查看日志。",
    "settings.no-tracing": "已设置 DINGZE_TRACING，但未安装追踪组件。请安装 dingze[tracing]，或清空该设置。",
    # --- sample city ---
    "sample.interrupted": "样例城市上次载入中断，不能接着载入。请换一个数据库（DINGZE_DATABASE_URL），或删除原文件后重来。",
    # --- settings ---
    "settings.invalid": "环境变量有误：{reason}。请按 docs/configuration.md 更正。",
    "work.share": "分工“{at}”写法有误。请写成“第几份/共几份”，如 1/2。",
    "settings.no-fast-cut": "尚未安装 rjieba。请安装附加项 fast-cut，或将 DINGZE_CUTTER 设为 jieba 后重试。",
    "settings.no-kafka-account": "Kafka 要求账号（SASL），但未设置。请设置 DINGZE_KAFKA_USER 与 DINGZE_KAFKA_PASSWORD 后重试。",
    "settings.no-brokers": "尚未设置 Kafka 地址。请设置 DINGZE_KAFKA_SERVERS（如 kafka:9092）后重试。",
}
