// From raw to pooled with tau on a slider, and beneath it what the data say about tau.

import { COMPLETE, POOLED, RAW, TRUTH, element, frame, partialPooling, sum } from "./common.js";

/** Log posterior density of tau under flat priors of mu and tau, up to a constant. */
export function logPosterior(y, sigma, tau) {
  const precision = sigma.map((s) => 1 / (s * s + tau * tau));
  const total = sum(precision), mu = sum(y.map((v, j) => v * precision[j])) / total;
  return (sum(precision.map((w, j) => Math.log(w) - w * (y[j] - mu) ** 2)) - Math.log(total)) / 2;
}

/** Posterior density and distribution function of tau at the values `taus`, under flat priors of mu and tau. */
export function tauPosterior(y, sigma, taus) {
  const unit = Math.max(...sigma), peak = logPosterior(y, sigma, 0);
  const density = (tau) => Math.exp(logPosterior(y, sigma, tau) - peak);
  // tau = unit u / (1 - u) brings infinity to u = 1, where the integrand is 0 from four units on.
  const integrand = (u) => (u >= 1 ? 0 : (density((unit * u) / (1 - u)) * unit) / (1 - u) ** 2);
  const total = simpson(integrand, 0, 1, 1000);
  return {
    density: taus.map((tau) => density(tau) / total),
    cdf: taus.map((tau) => (tau === Infinity ? 1 : simpson(integrand, 0, tau / (unit + tau), 200) / total)),
  };
}

/** Integral of f from a to b by Simpson's rule with an even number of steps. */
export function simpson(f, a, b, steps) {
  const h = (b - a) / steps;
  let total = f(a) + f(b);
  for (let i = 1; i < steps; i++) total += (i % 2 ? 4 : 2) * f(a + i * h);
  return (total * h) / 3;
}

/** The slider's position, 0 to steps, to tau: even steps up to `widest`, then Infinity at the last. */
export function tauAt(position, steps, widest) {
  return position >= steps ? Infinity : (widest * position) / (steps - 1);
}


/** Fill `root` with the figure: y, sigma, school and averaged have one entry a school; `widest` is the largest finite tau. */
export default function draw(root, { y, sigma, school, averaged, widest, start }) {
  const steps = 2 * widest + 1; // half a point each, and infinity
  const { live, ranges: [slider], svg, says, show } = frame(root, "shrinkage", {
    sliders: [{
      id: "tau", short: "τ", max: steps, start: 2 * start, at: (position) => tauAt(position, steps, widest),
      label: "Spread between schools that is assumed, τ: from 0 (pooled) to infinity (raw)",
    }],
    key: `<span style="color: ${RAW}">● raw</span><span style="color: ${POOLED}">● estimate at this τ</span>
    <span style="color: ${TRUTH}">◆ averaged over τ</span><span style="color: ${COMPLETE}">┆ common mean</span>`,
    height: 210 + 24 * y.length,
    table: () => {
      const { theta, se, kappa } = partialPooling(y, sigma, tauAt(Number(slider.value), steps, widest));
      const rows = y.map((own, j) => [school[j], own, kappa[j].toFixed(2), theta[j].toFixed(1), se[j].toFixed(1), averaged[j].toFixed(1)]);
      return [["school", "raw", "weight on it", "estimate at this τ", "its sd", "averaged over τ"], ...rows];
    },
  });
  const taus = Array.from({ length: steps }, (_, i) => tauAt(i, steps, widest));
  const { density, cdf } = tauPosterior(y, sigma, taus);
  const largest = Math.max(...density), top = y.indexOf(Math.max(...y));

  function redraw() {
    const width = Math.max(live.clientWidth, 280), row = 24, rows = y.length * row, head = 8;
    const left = 36, right = width - 16, belowTop = head + rows + 62, belowHeight = 100, height = belowTop + belowHeight + 40;
    const low = -40, high = 60; // all intervals fit, up to tau = infinity
    const x = (points) => left + ((points - low) / (high - low)) * (right - left);
    const across = (tau) => left + (Math.min(tau, widest * 1.06) / (widest * 1.06)) * (right - left);
    const up = (value) => belowTop + belowHeight * (1 - value / largest);
    const position = Number(slider.value), tau = tauAt(position, steps, widest);
    const { theta, se, kappa, mu } = partialPooling(y, sigma, tau);

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    element(svg, "line", { x1: x(mu), x2: x(mu), y1: head, y2: head + rows, stroke: COMPLETE, "stroke-width": 1.5, "stroke-dasharray": "5 4" });
    y.forEach((own, j) => {
      const at = head + (j + 0.5) * row, mark = x(averaged[j]);
      element(svg, "text", { x: left - 14, y: at + 4, "text-anchor": "end" }, school[j]);
      element(svg, "line", { x1: x(theta[j] - 1.96 * se[j]), x2: x(theta[j] + 1.96 * se[j]), y1: at, y2: at, stroke: POOLED, "stroke-opacity": 0.45, "stroke-width": 2 });
      element(svg, "path", { d: `M${mark} ${at + 3}l4 4l-4 4l-4 -4z`, fill: TRUTH });
      element(svg, "circle", { cx: x(own), cy: at, r: 6, fill: RAW, "fill-opacity": 0.75 });
      element(svg, "circle", { class: "estimate", cx: x(theta[j]), cy: at, r: 4.5, fill: POOLED });
    });
    for (let points = low; points <= high; points += 20) element(svg, "text", { x: x(points), y: head + rows + 16, "text-anchor": "middle" }, points);
    element(svg, "text", { x: (left + right) / 2, y: head + rows + 34, "text-anchor": "middle" }, "effect of coaching (points)");

    const curve = taus.map((t, i) => `${across(t)},${up(density[i])}`), covered = Math.min(position + 1, steps);
    const edge = across(taus[covered - 1]);
    element(svg, "polygon", { points: `${across(0)},${up(0)} ${curve.slice(0, covered).join(" ")} ${edge},${up(0)}`, fill: POOLED, "fill-opacity": 0.2 });
    element(svg, "line", { x1: left, x2: right, y1: up(0), y2: up(0), stroke: "currentColor", "stroke-opacity": 0.4 });
    element(svg, "polyline", { points: curve.join(" "), fill: "none", stroke: POOLED, "stroke-width": 2 });
    element(svg, "circle", { class: "density-dot", cx: across(tau), cy: up(tau === Infinity ? 0 : density[position]), r: 5.5, fill: POOLED });
    const middle = belowTop + belowHeight / 2;
    element(svg, "text", { x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, "density of τ");
    for (let t = 0; t <= widest; t += 10) element(svg, "text", { x: across(t), y: up(0) + 17, "text-anchor": "middle" }, t);
    element(svg, "text", { x: across(Infinity), y: up(0) + 17, "text-anchor": "middle" }, "∞");
    element(svg, "text", { x: (left + right) / 2, y: up(0) + 34, "text-anchor": "middle" }, "τ (points)");

    const named = tau === Infinity ? "infinite (raw)" : tau === 0 ? "0 (pooled)" : `${tau} points`;
    const below = tau === Infinity ? 1 : cdf[position];
    slider.setAttribute("aria-valuetext", `tau ${named}`);
    says.textContent =
      `τ is ${named}. School ${school[top]} goes from ${y[top].toFixed(0)} to ${theta[top].toFixed(1)}, with weight ` +
      `${kappa[top].toFixed(2)} on its own result. Probability, given the data, that τ is no larger than this: ${Math.round(100 * below)}%.`;
  }
  show(redraw);
}
