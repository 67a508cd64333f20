// Partial pooling with the spread between units, tau, on a slider.

import { COMPLETE, POOLED, RAW, TRUTH, element, frame, partialPooling, sum } from "./common.js";

/** Mean squared distance of two lists. */
export function meanSquaredError(theta, truth) {
  return mean(theta.map((v, j) => (v - truth[j]) ** 2));
}

/** The slider's position, 0 to 1, to tau, 0 to Infinity; the middle is `unit`. */
export function tauAt(position, unit) {
  return position >= 1 ? Infinity : (unit * position) / (1 - position);
}

const mean = (values) => sum(values) / values.length;

/** Fill `root` with the figure: y, sigma, truth and trials have one entry a neuron; `unit` is tau at the middle. */
export default function draw(root, { y, sigma, truth, trials, unit }) {
  const steps = 200;
  const { live, ranges: [slider], svg, says, show } = frame(root, "pooling", {
    sliders: [{
      id: "tau", short: "τ", max: steps, start: steps / 2, at: (position) => tauAt(position / steps, unit),
      label: "Spread between neurons that is assumed, τ: from 0 (complete pooling) to infinity (no pooling)",
    }],
    key: `<span style="color: ${RAW}">● own mean</span><span style="color: ${POOLED}">● estimate</span>
    <span style="color: ${TRUTH}">✕ truth</span><span style="color: ${COMPLETE}">┆ common mean</span>`,
    height: 220 + 20 * y.length,
    table: () => {
      const { theta, kappa } = partialPooling(y, sigma, tauAt(slider.value / steps, unit));
      const rows = y.map((own, j) => [trials[j], own.toFixed(1), kappa[j].toFixed(2), theta[j].toFixed(1), truth[j].toFixed(1)]);
      return [["trials", "own mean", "weight on it", "estimate", "truth"], ...rows];
    },
  });
  const error = (tau) => meanSquaredError(partialPooling(y, sigma, tau).theta, truth);
  const curve = Array.from({ length: steps + 1 }, (_, i) => error(tauAt(i / steps, unit)));

  function redraw() {
    const width = Math.max(live.clientWidth, 280), row = 20, rows = y.length * row, top = 8;
    const left = 52, right = width - 12, errorTop = top + rows + 62, errorHeight = 110, height = errorTop + errorHeight + 40;
    const values = [...y, ...truth];
    const low = Math.floor(Math.min(...values) / 5) * 5, high = Math.ceil(Math.max(...values) / 5) * 5;
    const x = (rate) => left + ((rate - low) / (high - low)) * (right - left);
    const across = (position) => left + position * (right - left);
    const worst = Math.max(...curve), up = (e) => errorTop + errorHeight * (1 - e / worst);
    const position = slider.value / steps, tau = tauAt(position, unit);
    const { theta, kappa, mu } = partialPooling(y, sigma, tau);

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    element(svg, "line", { x1: x(mu), x2: x(mu), y1: top, y2: top + rows, stroke: COMPLETE, "stroke-width": 1.5, "stroke-dasharray": "5 4" });
    y.forEach((own, j) => {
      const height = top + rows - (j + 0.5) * row, r = 2.5 + 4 * (Math.min(...sigma) / sigma[j]);
      element(svg, "text", { x: left - 12, y: height + 4, "text-anchor": "end" }, trials[j]);
      element(svg, "line", { x1: x(own), x2: x(theta[j]), y1: height, y2: height, stroke: POOLED, "stroke-opacity": 0.5, "stroke-width": 1.5 });
      element(svg, "circle", { cx: x(own), cy: height, r, fill: RAW, "fill-opacity": 0.75 });
      element(svg, "circle", { cx: x(theta[j]), cy: height, r: 4.5, fill: POOLED });
      element(svg, "path", { d: `M${x(truth[j]) - 4} ${height - 4}l8 8m0 -8l-8 8`, stroke: TRUTH, "stroke-width": 2 });
    });
    element(svg, "text", { x: 14, y: top + rows / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${top + rows / 2})` }, "trials");
    for (let rate = low; rate <= high; rate += 5) element(svg, "text", { x: x(rate), y: top + rows + 16, "text-anchor": "middle" }, rate);
    element(svg, "text", { x: (left + right) / 2, y: top + rows + 34, "text-anchor": "middle" }, "firing rate (spikes per second)");

    element(svg, "line", { x1: left, x2: right, y1: up(0), y2: up(0), stroke: "currentColor", "stroke-opacity": 0.4 });
    element(svg, "polyline", { points: curve.map((e, i) => `${across(i / steps)},${up(e)}`).join(" "), fill: "none", stroke: POOLED, "stroke-width": 2 });
    element(svg, "circle", { class: "error-dot", cx: across(position), cy: up(error(tau)), r: 5.5, fill: POOLED });
    const middle = errorTop + errorHeight / 2;
    element(svg, "text", { x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, "mean squared error");
    [0, Math.round(worst)].forEach((e) => element(svg, "text", { x: left - 8, y: up(e) + 4, "text-anchor": "end" }, e));
    [0, 1 / 3, 1 / 2, 2 / 3, 1].forEach((at) => {
      const label = at === 1 ? "∞" : Math.round(tauAt(at, unit));
      element(svg, "text", { x: across(at), y: up(0) + 17, "text-anchor": "middle" }, label);
    });
    element(svg, "text", { x: (left + right) / 2, y: up(0) + 34, "text-anchor": "middle" }, "τ (spikes per second)");

    const named = tau === Infinity ? "infinite (no pooling)" : tau === 0 ? "0 (complete pooling)" : tau.toPrecision(2);
    slider.setAttribute("aria-valuetext", `tau ${named}`);
    says.textContent =
      `τ is ${named}. The neuron with ${trials[0]} trials goes from ${y[0].toFixed(1)} to ${theta[0].toFixed(1)}, with weight ` +
      `${kappa[0].toFixed(2)} on its own mean. Mean squared error of all ${y.length}: ${error(tau).toFixed(1)}.`;
  }
  show(redraw);
}
