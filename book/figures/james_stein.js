// The risk of four estimators that shrink, with one unit's true value on a dial and all others at zero.

import { COMPLETE, POOLED, RAW, TRUTH, element, frame } from "./common.js";

/** The regularized lower incomplete gamma function P(a, x), for a a multiple of 1/2. */
export function lowerGamma(a, x) {
  if (x <= 0) return 0;
  let gamma = a % 1 ? Math.sqrt(Math.PI) : 1; // Gamma(1/2) or Gamma(1), then up to Gamma(a + 1)
  for (let b = a % 1 ? 0.5 : 1; b < a + 0.75; b++) gamma *= b;
  let term = (x ** a * Math.exp(-x)) / gamma, total = term;
  for (let n = 1; term > total * 1e-17; n++) total += term *= x / (a + n);
  return total;
}

/** The mean of f(N) for N ~ Poisson(h). */
function overPoisson(h, f) {
  const last = Math.ceil(h + 12 * Math.sqrt(h) + 40);
  let total = 0, probability = Math.exp(-h);
  for (let n = 0; n <= last; n++) {
    total += probability * f(n);
    probability *= h / (n + 1);
  }
  return total;
}

/** E[chi-squared^-power] with m dimensions and the given noncentrality; power is 1 or 2. */
export function inverseMoment(m, noncentrality, power) {
  return overPoisson(noncentrality / 2, (n) => 1 / (power === 1 ? m + 2 * n - 2 : (m + 2 * n - 2) * (m + 2 * n - 4)));
}

/** Total risk of James-Stein for k units with sigma = 1, toward a fixed point or, `towardMean`, toward the mean. */
export function totalRisk(k, noncentrality, towardMean, positivePart) {
  const m = towardMean ? k - 1 : k, c = m - 2;
  if (m < 3) return k;
  const plain = 2 + c * noncentrality * inverseMoment(m + 2, noncentrality, 1);
  const gain = overPoisson(noncentrality / 2, (n) => {
    if (!positivePart) return 0;
    const df = m + 2 * n, below = (d) => lowerGamma(d / 2, c / 2);
    return 2 * m * below(df) - df * below(df + 2) - ((c * c) / (df - 2)) * below(df - 2);
  });
  return k - m + plain - gain;
}

/** Risk of the one unit at theta, in plain James-Stein with k - 1 others at zero. */
export function oddOneRisk(k, theta, towardMean) {
  const c = towardMean ? k - 3 : k - 2;
  if (c < 1) return 1;
  const eta = towardMean ? theta * (1 - 1 / k) : theta, q = towardMean ? 1 - 1 / k : 1;
  const distance = towardMean ? theta * eta : theta ** 2;
  const square = (m) => inverseMoment(m, distance, 2);
  return 1 - 2 * c * q * inverseMoment(c + 2, distance, 1) + (c * c + 4 * c) * (q * square(c + 4) + eta ** 2 * square(c + 6));
}

const STYLES = [
  { name: "toward zero", color: POOLED, dashes: "7 4", width: 2 },
  { name: "toward zero, positive part", color: POOLED, dashes: "none", width: 2.5 },
  { name: "toward the mean", color: COMPLETE, dashes: "none", width: 1.5 },
  { name: "hierarchical model", color: TRUTH, dashes: "2 4", width: 3 },
];

/** An entry of the key: a piece of the line, and its name. */
function sample({ name, color, dashes, width }) {
  return `<span style="color: ${color}; white-space: nowrap; margin: 0 0.4em"><svg aria-hidden="true" width="30" height="8"
    style="display: inline-block; width: 30px; vertical-align: middle"><line x1="0" x2="30" y1="4" y2="4" stroke="${color}"
    stroke-width="${width}" stroke-dasharray="${dashes}"/></svg> ${name}</span>`;
}

/** Fill `root`: `theta` has the dial's positions, `hierarchy` a row of risks at them for each k from `fewest` on. */
export default function draw(root, { theta, hierarchy, fewest, k, start }) {
  const last = theta.length - 1;
  const { live, ranges: [dial, units], svg, says, show } = frame(root, "james_stein", {
    sliders: [
      { id: "theta", short: "θ", label: "True value of the odd unit, θ, in standard errors; all others are at 0", max: last, start: theta.indexOf(start), at: (position) => theta[position] },
      { id: "k", short: "k", label: "Number of units, k", min: fewest, max: fewest + hierarchy.length - 1, start: k },
    ],
    key: [{ name: "no pooling", color: RAW, dashes: "none", width: 1.5 }, ...STYLES].map(sample).join(""),
    height: 440,
    table: () => {
      const at = Number(dial.value), k = Number(units.value), { total, odd } = curvesOf(k);
      const rows = STYLES.map(({ name }, i) => [name, total[i][at].toFixed(2), odd[i] ? odd[i][at].toFixed(2) : "not shown"]);
      return [["estimator", "total risk", "risk of the odd unit"], ["no pooling", k, 1], ...rows];
    },
  });
  const known = new Map(); // the curves of each k, once computed

  function curvesOf(k) {
    if (!known.has(k)) {
      const toMean = (t) => t * t * (1 - 1 / k);
      known.set(k, {
        total: [
          theta.map((t) => totalRisk(k, t * t, false, false)),
          theta.map((t) => totalRisk(k, t * t, false, true)),
          theta.map((t) => totalRisk(k, toMean(t), true, false)),
          hierarchy[k - fewest],
        ],
        odd: [theta.map((t) => oddOneRisk(k, t, false)), null, theta.map((t) => oddOneRisk(k, t, true)), null],
      });
    }
    return known.get(k);
  }

  function redraw() {
    const at = Number(dial.value), k = Number(units.value), { total, odd } = curvesOf(k);
    const width = Math.max(live.clientWidth, 280), left = 52, right = width - 12;
    const x = (t) => left + (t / theta[last]) * (right - left);
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} 440`);
    svg.setAttribute("height", 440);

    function panel(top, height, title, curves, none, ticks) {
      const highest = Math.max(ticks[ticks.length - 1], ...curves.filter(Boolean).flat());
      const y = (risk) => top + height * (1 - risk / (1.04 * highest));
      element(svg, "line", { x1: left, x2: right, y1: y(0), y2: y(0), stroke: "currentColor", "stroke-opacity": 0.4 });
      element(svg, "text", { x: left, y: top - 6, "font-weight": 600 }, title);
      ticks.forEach((risk) => element(svg, "text", { x: left - 8, y: y(risk) + 4, "text-anchor": "end" }, risk));
      element(svg, "line", { x1: x(theta[at]), x2: x(theta[at]), y1: top, y2: y(0), stroke: "currentColor", "stroke-opacity": 0.35 });
      element(svg, "line", { x1: left, x2: right, y1: y(none), y2: y(none), stroke: RAW, "stroke-width": 1.5 });
      curves.forEach((curve, i) => {
        if (!curve) return;
        const { color, dashes, width } = STYLES[i];
        const points = curve.map((risk, j) => `${x(theta[j])},${y(risk)}`).join(" ");
        element(svg, "polyline", { points, fill: "none", stroke: color, "stroke-width": width, "stroke-dasharray": dashes });
        element(svg, "circle", { class: "risk-dot", cx: x(theta[at]), cy: y(curve[at]), r: 4.5, fill: color });
      });
      [0, 2, 4, 6, 8, 10].forEach((t) => element(svg, "text", { x: x(t), y: y(0) + 17, "text-anchor": "middle" }, t));
    }
    panel(24, 200, "Total risk of all units", total, k, [0, k]);
    panel(276, 110, "Risk of the odd unit alone (the two plain ones)", odd, 1, [0, 1, 2]);
    element(svg, "text", { x: (left + right) / 2, y: 424, "text-anchor": "middle" }, "true value of the odd unit, θ (standard errors)");

    const write = (risk) => risk.toFixed(2);
    dial.setAttribute("aria-valuetext", `theta ${theta[at].toFixed(1)}`);
    units.setAttribute("aria-valuetext", `${k} units`);
    says.textContent =
      `${k} units, the odd one at ${theta[at].toFixed(1)}. Total risk: no pooling ${k}; James–Stein toward zero ${write(total[0][at])}, ` +
      `with its positive part ${write(total[1][at])}, toward the mean ${write(total[2][at])}; hierarchical model ${write(total[3][at])}. ` +
      `The odd one alone: no pooling 1; toward zero ${write(odd[0][at])}, toward the mean ${write(odd[2][at])}.`;
  }
  show(redraw);
}
