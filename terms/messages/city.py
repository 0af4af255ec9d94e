"""What is said of a city's configuration."""

CITY: dict[str, str] = {
    "city.invalid": "城市配置有误：{reason}。请按 docs/configuration.md 修改后重新载入。",
}
