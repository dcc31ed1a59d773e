// The charts of the figures page, and the rows that unfold in its tables.
(() => {
  // --- upper categories unfold what they consist of ---
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfolds]");
    if (!button) return;
    const rows = document.getElementById(button.dataset.unfolds);
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    rows.classList.toggle("is-open", open);
  });

  const source = document.getElementById("chart-data");
  if (!source || !window.echarts) return;
  const data = JSON.parse(source.textContent);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  let paper = false; // being printed: white, small, still
  // What both charts share. Tooltips are drawn on the canvas: HTML ones need inline styles.
  const frame = () => {
    const ink = colour("--ink");
    const muted = colour("--muted");
    const line = colour("--line");
    const size = paper ? 9 : 12;
    return {
      animation: !calm.matches && !paper,
      animationDuration: 300,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 12, top: paper ? 20 : 36, bottom: 4, containLabel: true },
      legend: {
        top: 0, left: 0, itemGap: paper ? 8 : 16, itemWidth: 18, itemHeight: 10,
        textStyle: { color: ink, fontSize: size }, inactiveColor: muted,
      },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, appendToBody: false,
        backgroundColor: colour("--card"), borderColor: line,
        textStyle: { color: ink, fontSize: 13 },
        axisPointer: { type: "line", lineStyle: { color: muted } },
      },
      xAxis: {
        type: "category", data: data.months,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: line } },
        axisLabel: { color: muted, hideOverlap: true, fontSize: size },
      },
      yAxis: {
        type: "value",
        axisLabel: { color: muted, fontSize: size },
        splitLine: { lineStyle: { color: line } },
      },
    };
  };

  const bars = () => {
    const tones = [colour("--blue-mark"), colour("--teal-mark")];
    const last = data.months.length - 1;
    const option = frame();
    option.yAxis.minInterval = 1;
    option.series = data.counts.map((series, index) => ({
      name: series.name, type: "bar", barMaxWidth: 16, barGap: "10%",
      itemStyle: { color: tones[index], borderRadius: [2, 2, 0, 0] },
      // the running month is not finished: paler
      data: series.values.map((value, at) =>
        at === last && data.unfinished ? { value, itemStyle: { opacity: 0.5 } } : value,
      ),
    }));
    return option;
  };

  const lines = () => {
    // Told apart by sign and dash as well as by colour.
    const looks = [
      { tone: "--teal-mark", symbol: "circle", dash: "solid" },
      { tone: "--blue-mark", symbol: "rect", dash: [6, 4] },
      { tone: "--amber-mark", symbol: "triangle", dash: [2, 3] },
    ];
    const known = data.rates.flatMap((series) => series.values).filter((v) => v !== null);
    const lowest = known.length ? Math.min(...known) : 0;
    const option = frame();
    option.yAxis.max = 100;
    option.yAxis.min = Math.max(0, Math.floor((lowest - 5) / 10) * 10);
    option.tooltip.valueFormatter = (value) => (value == null ? "—" : `${value}%`);
    option.series = data.rates.map((series, index) => ({
      name: series.name, type: "line", data: series.values,
      symbol: looks[index].symbol, symbolSize: 7,
      lineStyle: { width: 2, type: looks[index].dash },
      color: colour(looks[index].tone),
    }));
    return option;
  };

  // Half of an A4 sheet, in the points of a screen.
  const PAPER = { width: 340, height: 140 };
  const drawn = [...document.querySelectorAll("[data-chart]")].map((box) => ({
    chart: window.echarts.init(box, null, { renderer: "canvas", devicePixelRatio: 2 }),
    options: box.dataset.chart === "counts" ? bars : lines,
  }));
  const draw = () => {
    for (const { chart, options } of drawn) chart.setOption(options(), true);
  };
  draw();
  document.addEventListener("shell:theme", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => {
    for (const { chart } of drawn) chart.resize();
  }).observe(document.querySelector(".chart-pair"));

  // Paper is white and narrow, whatever the screen is.
  let screen = "";
  const turn = (printing) => {
    paper = printing;
    if (printing) screen = document.documentElement.dataset.bsTheme;
    document.documentElement.dataset.bsTheme = printing ? "light" : screen;
    for (const { chart } of drawn) {
      chart.resize(printing ? { width: PAPER.width, height: PAPER.height } : undefined);
    }
    draw();
  };
  window.addEventListener("beforeprint", () => turn(true));
  window.addEventListener("afterprint", () => turn(false));
})();
