// Draws each chart from the table beside it: the same figures, written once. Loaded only where there is a chart.
"use strict";
(() => {
  const INK = "#1c2733", SOFT = "#4d5b6a", LINE = "#d5dce4", FONT = '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
  const COLOURS = ["#174a8c", "#c77b00", "#14603a", "#5a2f91", "#a3161f", "#0b5563", "#6b4a00", "#4d5b6a"];
  const words = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const amount = (cell) => Number(cell.dataset.value ?? words(cell).replace(/[^\d.-]/g, "") ?? 0) || 0;

  // rows of the table → names of the rows, and one series for each column marked data-series
  function figures(table) {
    const heads = [...table.tHead.rows[0].cells];
    const most = Number(table.dataset.rows || 1000);
    const rows = [...table.tBodies[0].rows].filter((row) => !("total" in row.dataset)).slice(0, most);
    const label = heads.findIndex((head) => "label" in head.dataset);
    const names = rows.map((row) => row.cells[label].dataset.label || words(row.cells[label]));
    const series = heads.flatMap((head, at) => ("series" in head.dataset ? [{ name: words(head), values: rows.map((row) => amount(row.cells[at])) }] : []));
    return { names, series };
  }

  const common = () => ({
    color: COLOURS, animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
  });
  const axis = (more) => ({ axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false }, axisLabel: { color: SOFT, fontSize: 12 }, splitLine: { lineStyle: { color: "#edf1f5" } }, ...more });

  function bars(found, room, { stack = true, flat = false } = {}) {
    const names = axis({ type: "category", data: found.names, axisLabel: { color: SOFT, fontSize: 12, interval: 0, width: flat ? 150 : Math.max(36, Math.floor((room - 70) / Math.max(1, found.names.length)) - 4), overflow: "break" }, inverse: flat });
    const amounts = axis({ type: "value", minInterval: 1 });
    return {
      ...common(), legend: { top: 0, textStyle: { color: INK } }, grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true },
      [flat ? "yAxis" : "xAxis"]: names, [flat ? "xAxis" : "yAxis"]: amounts,
      series: found.series.map((one) => ({ type: "bar", name: one.name, data: one.values, stack: stack ? "all" : undefined, barMaxWidth: 26 })),
    };
  }
  function lines(found) {
    return {
      ...common(), tooltip: { trigger: "axis", renderMode: "richText" }, legend: { top: 0, type: "scroll", textStyle: { color: INK } },
      grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true }, xAxis: axis({ type: "category", data: found.names }), yAxis: axis({ type: "value", minInterval: 1 }),
      series: found.series.map((one, at) => ({ type: "line", name: one.name, data: one.values, symbol: ["circle", "rect", "triangle", "diamond", "pin"][at % 5], symbolSize: 7, lineStyle: { width: 2, type: at < 5 ? "solid" : "dashed" } })),
    };
  }
  function heatmap(found) {
    const cells = found.series.flatMap((one, x) => one.values.map((value, y) => [x, y, value || "-"]));
    const most = Math.max(1, ...cells.map((cell) => Number(cell[2]) || 0));
    return {
      ...common(), aria: undefined, tooltip: { trigger: "item", renderMode: "richText" }, grid: { left: 8, right: 16, top: 8, bottom: 40, containLabel: true },
      xAxis: axis({ type: "category", data: found.series.map((one) => one.name) }),
      yAxis: axis({ type: "category", data: found.names, inverse: true, axisLabel: { color: SOFT, fontSize: 12, interval: 0 } }),
      visualMap: { min: 0, max: most, orient: "horizontal", left: "center", bottom: 0, itemHeight: 120, itemWidth: 12, text: ["多", "少"], inRange: { color: ["#fdf3e1", "#f8d39a", "#f0a54e", "#e88a3c"] }, textStyle: { color: SOFT } },
      series: [{ type: "heatmap", data: cells, label: { show: true, color: INK } }],
    };
  }
  const KINDS = { bar: (found, room) => bars(found, room), sides: (found, room) => bars(found, room, { stack: false }), flat: (found, room) => bars(found, room, { flat: true }), line: lines, heatmap };

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-chart]")) {
      const table = document.getElementById(place.dataset.table);
      if (!table || !window.echarts) { place.hidden = true; continue; }
      const found = figures(table);
      // nothing to draw: the table says so better than empty axes
      if (!found.series.some((one) => one.values.some((value) => value))) { place.hidden = true; continue; }
      const chart = window.echarts.init(place, null, { renderer: "canvas" });
      chart.setOption(KINDS[place.dataset.chart](found, place.clientWidth));
      addEventListener("resize", () => chart.resize());
      place.dataset.drawn = "yes";
    }
  });
})();
