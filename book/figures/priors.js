// The posterior of tau, the spread between units, under a family of priors and its scale.

import { COMPLETE, POOLED, RAW, element, frame } from "./common.js";

const FAMILIES = {
  "half-Cauchy": { log: (t, s) => Math.log(2 / (Math.PI * s)) - Math.log1p((t / s) ** 2), median: 1 },
  "half-t, 4 degrees": { log: (t, s) => Math.log(0.75 / s) - 2.5 * Math.log1p((t / s) ** 2 / 4), median: 0.7406970841 },
  exponential: { log: (t, s) => -Math.log(s) - t / s, median: Math.LN2 },
  "half-normal": { log: (t, s) => Math.log(Math.sqrt(2 / Math.PI) / s) - (t / s) ** 2 / 2, median: 0.6744897502 },
  flat: { log: () => 0 },
  "1/τ, cut": { log: (t, s) => (t < s * (1 - 1e-12) ? -Infinity : -Math.log(t)) },
};

/** Log density of a prior of tau; of "flat" and "1/τ, cut" up to a constant. For the last, `scale` is the cut. */
export function logPrior(family, scale, tau) {
  return FAMILIES[family].log(tau, scale);
}

/** Median of the prior, or null where the prior has infinite mass. */
export function priorMedian(family, scale) {
  return FAMILIES[family].median === undefined ? null : FAMILIES[family].median * scale;
}

/** Log likelihood of tau, with a flat mu integrated out, and the mean and precision of mu given tau. */
export function likelihood(y, sigma, tau) {
  let total = 0, first = 0, second = 0, logs = 0;
  y.forEach((v, j) => {
    const w = 1 / (sigma[j] * sigma[j] + tau * tau);
    total += w;
    first += w * v;
    second += w * v * v;
    logs += Math.log(w);
  });
  const mu = first / total;
  return { log: (logs - Math.log(total) - (second - first * mu)) / 2, mu };
}

/**
 * The posterior over a grid of log tau: `tau`, and `density` for each unit of log tau;
 * quantiles of tau, the mass below tau = 1, and the posterior mean of the first unit.
 */
export function posterior(y, sigma, family, scale) {
  const steps = 4000, start = Math.log(family === "1/τ, cut" ? scale : 1e-7), step = (Math.log(1e8) - start) / steps;
  const tau = Array.from({ length: steps + 1 }, (_, i) => Math.exp(start + i * step));
  const at = tau.map((t) => likelihood(y, sigma, t));
  const log = tau.map((t, i) => at[i].log + logPrior(family, scale, t) + Math.log(t));
  const top = Math.max(...log);
  const raw = log.map((l) => Math.exp(l - top));
  const below = [0];
  for (let i = 1; i <= steps; i++) below.push(below[i - 1] + (step * (raw[i - 1] + raw[i])) / 2);
  const mass = below[steps], density = raw.map((r) => r / mass);
  const theta = at.map(({ mu }, i) => {
    const kappa = tau[i] ** 2 / (tau[i] ** 2 + sigma[0] ** 2);
    return kappa * y[0] + (1 - kappa) * mu;
  });
  const mean = theta.reduce((sum, t, i) => sum + t * density[i] * step * (i === 0 || i === steps ? 0.5 : 1), 0);
  const share = (limit) => {
    const place = (Math.log(limit) - start) / step, i = Math.floor(place);
    return i < 0 ? 0 : (below[i] + (place - i) * (below[i + 1] - below[i])) / mass;
  };
  const quantiles = [0.05, 0.5, 0.95].map((p) => {
    const i = below.findIndex((b) => b >= p * mass);
    return Math.exp(start + step * (i - (below[i] - p * mass) / (below[i] - below[i - 1])));
  });
  return { tau, density, quantiles, below1: share(1), first: mean };
}

/** The slider's position, 0 to 1, to the scale: 0.5 to 50, or the cut: 1 down to 1e-8. */
export function scaleAt(position, family) {
  return family === "1/τ, cut" ? 10 ** (-8 * position) : 0.5 * 100 ** position;
}


/** Two digits, and no more zeros than a reader wants to count. */
function short(value) {
  if (value !== 0 && value < 1e-3) {
    const power = Math.floor(Math.log10(value) + 1e-9), digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
    const front = (value / 10 ** power).toFixed(1);
    return `${front} × 10⁻${digits[-power]}`;
  }
  return value >= 9.95 ? value.toFixed(0) : value >= 0.995 ? value.toFixed(1) : Number(value.toPrecision(2)).toString();
}

/** Fill `root` with the figure: y and sigma have one entry a school, of which `few` are used or all. */
export default function draw(root, { y, sigma, few }) {
  const steps = 80;
  const options = Object.keys(FAMILIES).map((name) => `<option>${name}</option>`).join("");
  const before = `<label for="priors-family">Family of the prior: <select id="priors-family">${options}</select></label>
    <label for="priors-units">Data: <select id="priors-units"><option value="${few}">${few} schools</option>
    <option value="${y.length}">all ${y.length} schools</option></select></label>`;
  const { live, ranges: [slider], svg, says, show } = frame(root, "priors", {
    before,
    sliders: [{
      id: "scale", short: "scale", label: "Scale of the prior, in points", max: steps, start: steps / 2,
      at: (position) => scaleAt(position / steps, live.querySelector("select").value),
    }],
    key: `<span style="color: ${RAW}">┅ prior</span><span style="color: ${COMPLETE}">┈ likelihood</span>
    <span style="color: ${POOLED}">━ posterior</span>`,
    height: 284,
    table: () => {
      const { below1, quantiles, first } = found();
      const rows = [["5% quantile of τ", quantiles[0]], ["median of τ", quantiles[1]], ["95% quantile of τ", quantiles[2]], ["P(τ < 1 point)", below1], ["estimate of school A", first]];
      return [["given the data", "points, or probability"], ...rows.map(([what, value]) => [what, short(value)])];
    },
  });
  const [family, units, label] = ["#priors-family", "#priors-units", 'label[for="priors-scale"]'].map((one) => live.querySelector(one));

  function found() {
    return posterior(y.slice(0, Number(units.value)), sigma.slice(0, Number(units.value)), family.value, scaleAt(slider.value / steps, family.value));
  }

  function redraw() {
    const name = family.value, J = Number(units.value), scale = scaleAt(slider.value / steps, name), cut = name === "1/τ, cut";
    const found = posterior(y.slice(0, J), sigma.slice(0, J), name, scale);
    const width = Math.max(live.clientWidth, 280), top = 10, height = 230, left = 16, right = width - 16, base = top + height;
    const low = Math.log(cut ? 1e-8 : 1e-2), high = Math.log(1e3);
    const x = (tau) => left + ((Math.log(tau) - low) / (high - low)) * (right - left);
    const shown = found.tau.map((t, i) => i).filter((i) => found.tau[i] >= Math.exp(low) * 0.999 && found.tau[i] <= 1001);
    // Proper priors keep the posterior's scale, so that equal areas are equal probabilities.
    const proper = priorMedian(name, scale) !== null;
    const prior = found.tau.map((t) => Math.exp(logPrior(name, scale, t) + Math.log(t)));
    const half = cut ? 1 : 20;
    const priorAt = (i) => (proper ? prior[i] : (prior[i] / (2 * half ** (cut ? 0 : 1))) * tallest);
    const tallest = Math.max(...found.density, ...(proper ? prior : [0])) * 1.08;
    const up = (value) => Math.max(top, base - (value / tallest) * height);
    const wide = Array.from({ length: 201 }, (_, i) => Math.exp(low + ((high - low) * i) / 200));
    const logs = wide.map((t) => likelihood(y.slice(0, J), sigma.slice(0, J), t).log), best = Math.max(...logs);
    const likely = wide.map((t, i) => `${x(t)},${base - 0.6 * height * Math.exp(logs[i] - best)}`).join(" ");
    const line = (value) => shown.filter((i) => base - (value(i) / tallest) * height >= top - 1).map((i) => `${x(found.tau[i])},${up(value(i))}`).join(" ");

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${base + 44}`);
    svg.setAttribute("height", base + 44);
    const posteriorLine = line((i) => found.density[i]), first = x(found.tau[shown[0]]), last = x(found.tau[shown.at(-1)]);
    element(svg, "polygon", { points: `${first},${base} ${posteriorLine} ${last},${base}`, fill: POOLED, "fill-opacity": 0.15 });
    element(svg, "polyline", { points: likely, fill: "none", stroke: COMPLETE, "stroke-width": 1.5, "stroke-dasharray": "2 3" });
    element(svg, "polyline", { class: "posterior", points: posteriorLine, fill: "none", stroke: POOLED, "stroke-width": 2.5 });
    if (cut) element(svg, "line", { x1: first, x2: first, y1: up(priorAt(shown[0])), y2: base, stroke: RAW, "stroke-width": 2, "stroke-dasharray": "7 4" });
    element(svg, "polyline", { points: line(priorAt), fill: "none", stroke: RAW, "stroke-width": 2, "stroke-dasharray": "7 4" });
    element(svg, "line", { x1: left, x2: right, y1: base, y2: base, stroke: "currentColor", "stroke-opacity": 0.4 });
    const ticks = cut ? [[1e-8, "10⁻⁸"], [1e-6, "10⁻⁶"], [1e-4, "10⁻⁴"], [1e-2, "0.01"], [1, "1"], [100, "100"]]
      : [[0.01, "0.01"], [0.1, "0.1"], [1, "1"], [10, "10"], [100, "100"], [1000, "1000"]];
    ticks.forEach(([tau, text]) => element(svg, "text", { x: x(tau), y: base + 17, "text-anchor": "middle" }, text));
    element(svg, "text", { x: (left + right) / 2, y: base + 36, "text-anchor": "middle" }, "τ (points, log axis)");
    const middle = x(found.quantiles[1]);
    element(svg, "path", { d: `M${middle} ${base}l-6 -10h12z`, fill: POOLED });

    slider.disabled = name === "flat";
    label.textContent = name === "flat" ? "The flat prior has no scale" : cut ? "Cut, in points: from 1 down to 0.00000001" : "Scale of the prior, in points: from 0.5 to 50";
    slider.setAttribute("aria-valuetext", `${cut ? "cut" : "scale"} ${short(scale)} points`);
    const before = proper ? `Before the data, half of the probability lies below ${short(priorMedian(name, scale))} points. ` : "This prior has infinite mass. ";
    const described = name === "flat" ? "Flat" : `${name[0].toUpperCase()}${name.slice(1)}${cut ? " at " : ", scale "}${short(scale)}`;
    const [from, median, to] = found.quantiles;
    says.textContent =
      `${described}; ${J} schools. ${before}After the data the median is ${short(median)}, and 90% lie between ${short(from)} and ${short(to)}. ` +
      `Below 1 point: ${(100 * found.below1).toFixed(0)}%. School A is estimated at ${found.first.toFixed(1)} points.`;
  }
  show(redraw);
}
