// Poisson counts whose rate is Gamma from trial to trial, with the spread of the rates on a slider.

import { COMPLETE, POOLED, RAW, digits, element, frame, logGamma } from "./common.js";

/** Probability of 0, 1, ..., top events: the mean is m, the rates have coefficient of variation cv, alpha = 1 / cv^2. */
export function countPmf(m, cv, top) {
  const excess = m * cv * cv; // the Fano factor, less 1
  const pmf = [Math.exp(excess ? (-m * Math.log1p(excess)) / excess : -m)];
  for (let x = 0; x < top; x++) pmf.push((pmf[x] * m * (1 + cv * cv * x)) / ((x + 1) * (1 + excess)));
  return pmf;
}

/** Variance over mean of the counts. */
export function fanoFactor(m, cv) {
  return 1 + m * cv * cv;
}

/** Density of the Gamma distribution of the rates, mean m and coefficient of variation cv, at a rate above 0. */
export function rateDensity(rate, m, cv) {
  const alpha = 1 / (cv * cv);
  return Math.exp(alpha * Math.log((alpha * rate) / m) - (alpha * rate) / m - logGamma(alpha)) / rate;
}

const RATE = COMPLETE, COUNT = POOLED, POISSON = RAW;

/** Fill `root` with the figure: counts of mean `mean` up to `top`, starting where the rates' spread is `cv`. */
export default function draw(root, { mean, cv: start, top }) {
  const steps = 100;
  const { live, ranges: [slider], svg, says, show } = frame(root, "overdispersion", {
    sliders: [{
      id: "cv", short: "spread", max: steps, start: Math.round(steps * start), at: (position) => position / steps,
      label: "Spread of the rate from trial to trial: its standard deviation over its mean, from 0 (Poisson) to 1",
    }],
    key: `<span style="color: ${RATE}">▲ rate of a trial</span><span style="color: ${COUNT}">■ its count</span>
    <span style="color: ${POISSON}">○ Poisson</span>`,
    height: 352,
    table: () => {
      const rows = countPmf(mean, slider.value / steps, top).map((p, k) => [k, digits(p), digits(poisson[k])]);
      return [["count", "probability", "Poisson"], ...rows];
    },
  });
  const poisson = countPmf(mean, 0, top), most = 1.1 * Math.max(...poisson);

  function redraw() {
    const width = Math.max(live.clientWidth, 280), left = 52, right = width - 12, head = 8, rates = 110;
    const countTop = head + rates + 22, counts = 170, base = countTop + counts, height = base + 42;
    const cv = slider.value / steps, fano = fanoFactor(mean, cv), pmf = countPmf(mean, cv, top);
    const step = (right - left) / (top + 1), x = (value) => left + (value + 0.5) * step;
    const up = (p) => base - (counts * p) / most;

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    const floor = head + rates;
    if (cv === 0) {
      element(svg, "line", { x1: x(mean), x2: x(mean), y1: floor, y2: head, stroke: RATE, "stroke-width": 4 });
    } else {
      const at = Array.from({ length: 401 }, (_, i) => ((i + 0.5) / 401) * (top + 0.5));
      const density = at.map((rate) => rateDensity(rate, mean, cv)), peak = Math.max(...density);
      const line = at.map((rate, i) => `${x(rate)},${floor - (rates * density[i]) / peak}`).join(" ");
      element(svg, "polygon", { points: `${x(at[0])},${floor} ${line} ${x(at.at(-1))},${floor}`, fill: RATE, "fill-opacity": 0.35, stroke: RATE });
    }
    const axis = (y) => element(svg, "line", { x1: left, x2: right, y1: y, y2: y, stroke: "currentColor", "stroke-opacity": 0.4 });
    axis(floor);
    axis(base);
    pmf.forEach((p, k) => {
      element(svg, "rect", { class: "count-bar", x: x(k) - 0.35 * step, width: 0.7 * step, y: up(p), height: base - up(p), fill: COUNT, "fill-opacity": 0.75 });
      element(svg, "circle", { cx: x(k), cy: up(poisson[k]), r: 3.5, fill: "none", stroke: POISSON, "stroke-width": 2 });
      if (k % 5 === 0) element(svg, "text", { x: x(k), y: base + 17, "text-anchor": "middle" }, k);
    });
    const beside = (text, y) => element(svg, "text", { x: 14, y, "text-anchor": "middle", transform: `rotate(-90 14 ${y})` }, text);
    beside("density", head + rates / 2);
    beside("probability", base - counts / 2);
    [0, 0.05, 0.1, 0.15].forEach((p) => element(svg, "text", { x: left - 8, y: up(p) + 4, "text-anchor": "end" }, p));
    element(svg, "text", { x: (left + right) / 2, y: base + 36, "text-anchor": "middle" }, "rate, and count, per trial");

    slider.setAttribute("aria-valuetext", `spread ${cv.toFixed(2)}, Fano factor ${fano.toFixed(1)}`);
    const shape = cv === 0 ? "no spread: α is infinite, the counts are Poisson" : `spread ${cv.toFixed(2)}, so α = ${(1 / cv ** 2).toPrecision(3)}`;
    says.textContent =
      `The mean is ${mean}, with ${shape}. The variance is ${(mean * fano).toFixed(1)}, the Fano factor ${fano.toFixed(2)}. ` +
      `A silent trial has probability ${(100 * pmf[0]).toPrecision(2)}%; for Poisson counts it is ${(100 * poisson[0]).toPrecision(2)}%.`;
  }
  show(redraw);
}
