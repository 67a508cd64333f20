// Three layers run forwards: a population of rates, the rates of ten units, their counts.

import { COMPLETE, RAW, TRUTH, digits, element, frame } from "./common.js";

/** Mean and sd of the log of a log-normal rate with this mean and sd. */
export function lognormalPopulation(mean, sd) {
  const variance = Math.log1p((sd / mean) ** 2);
  return { logMean: Math.log(mean) - variance / 2, logSd: Math.sqrt(variance) };
}

/** The smallest count whose Poisson distribution function reaches u, 0 < u < 1. */
export function poissonQuantile(u, mean) {
  if (mean <= 0) return 0;
  // What lies below the start has no mass to speak of.
  let count = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean) - 20));
  let logFactorial = 0;
  for (let k = 2; k <= count; k++) logFactorial += Math.log(k);
  let mass = Math.exp(count * Math.log(mean) - mean - logFactorial), below = mass;
  const last = mean + 40 * Math.sqrt(mean) + 60;
  while (below < u && count < last) {
    count += 1;
    mass *= mean / count;
    below += mass;
  }
  return count;
}

/** Rates and counts of units, from a population of this mean and sd, by the standard normal z and the uniform u. */
export function forwards(mean, sd, z, exposure, u) {
  const { logMean, logSd } = lognormalPopulation(mean, sd);
  const theta = z.map((value) => Math.exp(logMean + logSd * value));
  return { theta, x: theta.map((rate, j) => poissonQuantile(u[j], rate * exposure[j])) };
}

/** Root mean square of the log of observed over true rate, of the units with any event; NaN if there are none. */
export function typicalFactor({ theta, x }, exposure) {
  const logs = theta.map((rate, j) => Math.log(x[j] / exposure[j] / rate)).filter(Number.isFinite);
  return Math.exp(Math.sqrt(logs.reduce((total, value) => total + value * value, 0) / logs.length));
}


/** Fill `root` with the figure: exposure has an entry a unit; mean, and the rows of z and u, one a simulation. */
export default function draw(root, { exposure, mean, z, u }) {
  const { live, ranges: [simulation, spread, hours], svg, says, show } = frame(root, "hierarchy", {
    sliders: [
      { id: "simulation", short: "simulation", label: "Simulation: a new population mean, new rates, new failures", min: 1, max: mean.length, start: 1 },
      { id: "spread", short: "spread", label: "Spread of the rates: their standard deviation, from 0 to 3 times their mean", max: 30, start: 10, at: (position) => position / 10 },
      { id: "hours", short: "hours", label: "Hours watched: from a tenth of the pumps' own to ten times as many", min: -10, max: 10, start: 0, at: (position) => 10 ** (position / 10) },
    ],
    key: `<span style="color: ${COMPLETE}">▲ population</span><span style="color: ${TRUTH}">✕ true rate</span>
    <span style="color: ${RAW}">● observed rate</span>`,
    height: 148 + 20 * exposure.length,
    table: () => {
      const { watched, layers } = simulated();
      const rows = watched.map((hour, j) => [shown(hour), digits(layers.theta[j]), layers.x[j], digits(layers.x[j] / hour)]);
      return [["thousands of hours", "true rate", "failures", "observed rate"], ...rows];
    },
  });
  const shown = (hour) => (hour >= 10 ? hour.toFixed(0) : hour >= 1 ? hour.toFixed(1) : hour.toFixed(2));

  function simulated() {
    const which = simulation.value - 1, times = spread.value / 10, factor = 10 ** (hours.value / 10);
    const watched = exposure.map((hour) => hour * factor), average = mean[which];
    return { which, times, factor, watched, average, layers: forwards(average, times * average, z[which], watched, u[which]) };
  }

  function redraw() {
    const width = Math.max(live.clientWidth, 280), row = 20, curve = 80, top = 10, rows = exposure.length * row;
    const left = 58, right = width - 12, bottom = top + curve + 14 + rows, low = Math.log(0.01), high = Math.log(30);
    const x = (rate) => left + ((Math.min(Math.max(Math.log(rate), low), high) - low) / (high - low)) * (right - left);
    const { which, times, factor, watched, average, layers } = simulated();
    const { logMean, logSd } = lognormalPopulation(average, times * average);

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${bottom + 44}`);
    svg.setAttribute("height", bottom + 44);
    const ground = top + curve;
    if (logSd === 0) element(svg, "line", { x1: x(average), x2: x(average), y1: top, y2: ground, stroke: COMPLETE, "stroke-width": 3 });
    else {
      // The density of the log rate, as high as fits: its area shrinks as it widens.
      const height = Math.min(1, 0.45 / logSd) * curve;
      const points = Array.from({ length: 201 }, (_, i) => {
        const at = low + (i / 200) * (high - low);
        return `${x(Math.exp(at))},${ground - height * Math.exp(-(((at - logMean) / logSd) ** 2) / 2)}`;
      });
      element(svg, "polygon", { points: `${left},${ground} ${points.join(" ")} ${right},${ground}`, fill: COMPLETE, "fill-opacity": 0.5, stroke: COMPLETE });
    }
    element(svg, "line", { x1: left, x2: right, y1: ground, y2: ground, stroke: "currentColor", "stroke-opacity": 0.4 });
    layers.theta.forEach((rate, j) => {
      const height = bottom - (j + 0.5) * row, seen = layers.x[j] > 0 ? layers.x[j] / watched[j] : 0;
      const dot = seen > 0 ? x(seen) : left;
      element(svg, "text", { x: left - 10, y: height + 4, "text-anchor": "end" }, shown(watched[j]));
      element(svg, "line", { x1: x(rate), x2: dot, y1: height, y2: height, stroke: RAW, "stroke-opacity": 0.5, "stroke-width": 1.5 });
      element(svg, "circle", { cx: dot, cy: height, r: 4.5, fill: seen > 0 ? RAW : "none", stroke: RAW, "stroke-width": 1.5 });
      element(svg, "path", { class: "rate", d: `M${x(rate) - 4} ${height - 4}l8 8m0 -8l-8 8`, stroke: TRUTH, "stroke-width": 2 });
    });
    const middle = bottom - rows / 2;
    element(svg, "text", { x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, "thousands of hours");
    element(svg, "line", { x1: left, x2: right, y1: bottom + 2, y2: bottom + 2, stroke: "currentColor", "stroke-opacity": 0.4 });
    [0.01, 0.1, 1, 10].forEach((rate) => element(svg, "text", { x: x(rate), y: bottom + 18, "text-anchor": "middle" }, rate));
    element(svg, "text", { x: (left + right) / 2, y: bottom + 36, "text-anchor": "middle" }, "failures per thousand hours");

    simulation.setAttribute("aria-valuetext", `simulation ${which + 1}`);
    spread.setAttribute("aria-valuetext", `${times.toFixed(1)} times the mean`);
    hours.setAttribute("aria-valuetext", `${factor.toPrecision(2)} times the hours`);
    const none = layers.x.filter((count) => count === 0).length, off = typicalFactor(layers, watched);
    const rates = times === 0 ? `All rates are ${average.toPrecision(2)}` :
      `True rates run from ${Math.min(...layers.theta).toPrecision(2)} to ${Math.max(...layers.theta).toPrecision(2)}`;
    const without = none === 0 ? "Every pump has failed" : `${none === 1 ? "One pump has" : `${none} pumps have`} no failure`;
    const typical = none === exposure.length ? "" :
      ` ${none === 0 ? "Observed rates" : "The observed rates of the others"} are typically off by a factor of ${off.toPrecision(2)}.`;
    says.textContent = `The population's mean is ${average.toPrecision(2)}. ${rates}. ${without}.${typical}`;
  }
  show(redraw);
}
