// One unit's coordinate against tau: the shape that a sampler walks, from centered to non-centered, at any precision of the data.

import { POOLED, RAW, element, frame, sum } from "./common.js";

/** Posterior mean and sd of mu given tau, with mu ~ N(0, muSd^2), and the log density of log tau, tau ~ half-Cauchy. */
export function givenTau(y, sigma, tauScale, muSd, tau) {
  const variance = sigma.map((s) => s * s + tau * tau);
  const precision = sum(variance.map((v) => 1 / v)) + 1 / (muSd * muSd);
  const mean = sum(y.map((v, j) => v / variance[j])) / precision;
  const misfit = sum(y.map((v, j) => (v * v) / variance[j])) - precision * mean * mean;
  const likelihood = -(sum(variance.map(Math.log)) + Math.log(precision) + misfit) / 2;
  const prior = Math.log(tau) - Math.log1p((tau / tauScale) ** 2);
  return { mean, sd: 1 / Math.sqrt(precision), logDensity: likelihood + prior };
}

/** Quantiles of the posterior of tau, from its density on a grid of log tau. */
export function tauQuantiles(y, sigma, tauScale, muSd, shares, low = 1e-4, high = 1e4, steps = 1500) {
  const at = Array.from({ length: steps + 1 }, (_, i) => Math.log(low) + (i / steps) * Math.log(high / low));
  const logs = at.map((x) => givenTau(y, sigma, tauScale, muSd, Math.exp(x)).logDensity);
  const most = Math.max(...logs), density = logs.map((v) => Math.exp(v - most));
  const below = [0];
  for (let i = 1; i <= steps; i++) below.push(below[i - 1] + (density[i - 1] + density[i]) / 2);
  return shares.map((share) => {
    const want = share * below[steps];
    let i = 1, j = steps;
    while (i < j) {
      const middle = (i + j) >> 1;
      if (below[middle] < want) i = middle + 1;
      else j = middle;
    }
    return Math.exp(at[i - 1] + ((want - below[i - 1]) / (below[i] - below[i - 1])) * (at[i] - at[i - 1]));
  });
}

/** The effect of a unit from mu: in the units of theta if form = 0, z = (theta - mu) / tau if form = 1, or between. */
export function coordinate(theta, mu, tau, form) {
  return (theta - mu) / tau ** form;
}

/** Posterior sd of that coordinate, given mu and tau. */
export function width(tau, sigma, form) {
  return ((tau * sigma) / Math.hypot(tau, sigma)) / tau ** form;
}

/** Exact posterior draws of unit j: tau at the given shares, mu and theta from the standard normal numbers a and b. */
export function cloud(y, sigma, tauScale, muSd, j, shares, a, b) {
  return tauQuantiles(y, sigma, tauScale, muSd, shares).map((tau, i) => {
    const { mean, sd } = givenTau(y, sigma, tauScale, muSd, tau), kappa = tau ** 2 / (tau ** 2 + sigma[j] ** 2);
    const mu = mean + sd * a[i];
    return { tau, mu, theta: kappa * y[j] + (1 - kappa) * mu + width(tau, sigma[j], 0) * b[i] };
  });
}


const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(2));

/** Fill `root` with the figure of unit `unit`: y and sigma have one entry a school; shares, a and b one a draw. */
export default function draw(root, { y, sigma, tauScale, muSd, unit, name, shares, a, b }) {
  const { live, ranges: [formSlider, sigmaSlider], svg, says, show } = frame(root, "parameterization", {
    sliders: [
      { id: "form", short: "form", label: "Form: from centered (0, left) to non-centered (1, right)", max: 40, start: 0, at: (position) => position / 40 },
      {
        id: "sigma", short: "factor of the standard errors", min: -24, max: 8, start: 0, at: (position) => 3 ** (position / 8),
        label: "Standard errors of all schools: from a 27th of the real ones (left) to three times as large (right)",
      },
    ],
    key: `<span style="color: ${POOLED}">● posterior draws</span>
    <span style="color: ${RAW}">┃━┃ width at a small and at a large τ</span>`,
    height: 356,
    table: () => {
      const { own, points, ends } = posterior(), form = formSlider.value / 40;
      const quantile = (values, share) => [...values].sort((p, q) => p - q)[Math.round(share * (values.length - 1))];
      const at = points.map(({ theta, mu, tau }) => coordinate(theta, mu, tau, form)), taus = points.map(({ tau }) => tau);
      const draws = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => [`quantile ${share} of the draws`, short(quantile(at, share)), short(quantile(taus, share))]);
      return [["of the posterior", "coordinate", "τ"], ...draws, ...ends.map((tau) => ["width given this τ", short(2 * width(tau, own, form)), short(tau)])];
    },
  });
  const low = 0.03, high = 100;
  let drawn = { step: null };

  function posterior() {
    const step = Number(sigmaSlider.value);
    if (drawn.step !== step) {
      const factor = 3 ** (step / 8), errors = sigma.map((s) => s * factor);
      const points = cloud(y, errors, tauScale, muSd, unit, shares, a, b);
      drawn = { step, factor, own: errors[unit], points, ends: tauQuantiles(y, errors, tauScale, muSd, [0.05, 0.95]) };
    }
    return drawn;
  }

  function redraw() {
    const { factor, own, points, ends } = posterior(), form = formSlider.value / 40;
    const wide = Math.max(live.clientWidth, 280), top = 10, tall = 300, left = 52, right = wide - 14, height = top + tall + 46;
    const at = points.map(({ theta, mu, tau }) => coordinate(theta, mu, tau, form));
    const sorted = [...at].sort((p, q) => p - q), part = (share) => sorted[Math.round(share * (sorted.length - 1))];
    const middle = (part(0.02) + part(0.98)) / 2, half = Math.max(0.65 * (part(0.98) - part(0.02)), 1e-9);
    const x = (value) => left + ((value - middle) / half + 1) * (right - left) / 2;
    const up = (tau) => top + tall * (1 - Math.log(tau / low) / Math.log(high / low));

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
    svg.setAttribute("height", height);
    element(svg, "rect", { x: left, y: top, width: right - left, height: tall, fill: "none", stroke: "currentColor", "stroke-opacity": 0.3 });
    points.forEach(({ tau }, i) => {
      if (tau < low || tau > high || Math.abs(at[i] - middle) > half) return;
      element(svg, "circle", { cx: x(at[i]), cy: up(tau), r: 2.4, fill: POOLED, "fill-opacity": 0.55 });
    });
    const widths = ends.map((tau) => width(tau, own, form));
    ends.forEach((tau, i) => {
      // Where the cloud is at this tau: the middle of the draws with the nearest values of tau.
      const near = points.map((p, k) => [Math.abs(Math.log(p.tau / tau)), at[k]]).sort((p, q) => p[0] - q[0]).slice(0, 25);
      const centre = near.map((p) => p[1]).sort((p, q) => p - q)[12];
      const from = Math.max(x(centre - widths[i]), left), to = Math.min(x(centre + widths[i]), right);
      element(svg, "path", { class: "width", d: `M${from} ${up(tau) - 7}v14M${from} ${up(tau)}H${to}M${to} ${up(tau) - 7}v14`, stroke: RAW, "stroke-width": 3, fill: "none" });
    });
    [0.1, 1, 10, 100].forEach((tau) => element(svg, "text", { x: left - 8, y: up(tau) + 4, "text-anchor": "end" }, tau));
    element(svg, "text", { x: 14, y: top + tall / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${top + tall / 2})` }, "τ (points)");
    [-0.8, 0, 0.8].forEach((share) => {
      const value = middle + share * half;
      element(svg, "text", { x: x(value), y: top + tall + 17, "text-anchor": "middle" }, half < 5 ? value.toFixed(1) : value.toFixed(0));
    });
    const kind = form === 0 ? "effect from μ, θ − μ (points)" : form === 1 ? "effect from μ in units of τ, z" : "between θ − μ and z";
    element(svg, "text", { x: (left + right) / 2, y: top + tall + 36, "text-anchor": "middle" }, `${name}: ${kind}`);

    const ratio = widths[0] / widths[1], times = Math.max(ratio, 1 / ratio);
    const named = form === 0 ? "Centered" : form === 1 ? "Non-centered" : `${Math.round(100 * form)}% of the way to non-centered`;
    const shape = times < 1.5 ? "a tube, easy to walk" : ratio < 1 ? "a funnel with its neck at small τ" : "a funnel with its neck at large τ";
    formSlider.setAttribute("aria-valuetext", named);
    sigmaSlider.setAttribute("aria-valuetext", `standard errors times ${short(factor)}`);
    says.textContent =
      `${named}, standard errors times ${short(factor)} (${name}'s is ${short(own)}). τ lies between ${short(ends[0])} and ` +
      `${short(ends[1])} with probability 90%. For given μ, the width at the one end is ${short(times)} times that at the other: ${shape}.`;
  }
  show(redraw);
}
