// Polya's urn: paths of the share of ones, and its distribution after so many draws, with the balls added on a slider.

import { COMPLETE, POOLED, RAW, digits, element, frame, logGamma, sum } from "./common.js";

/** Draws of many urns, one list of zeros and ones for each list of uniform numbers. */
export function sample(ones, zeros, added, uniforms) {
  return uniforms.map((row) => {
    let inside = ones;
    return row.map((u, i) => {
      const x = u * (ones + zeros + added * i) < inside ? 1 : 0;
      inside += added * x;
      return x;
    });
  });
}

/** Probability of s ones in k draws, s = 0, ..., k. */
export function countPmf(ones, zeros, added, k) {
  const up = (start, step) => {
    const total = [0];
    for (let i = 0; i < k; i++) total.push(total[i] + Math.log(start + step * i));
    return total;
  };
  const [a, b, all, factorial] = [up(ones, added), up(zeros, added), up(ones + zeros, added), up(1, 1)];
  return a.map((way, s) => Math.exp(factorial[k] - factorial[s] - factorial[k - s] + way + b[k - s] - all[k]));
}

/** Share of ones after each draw. */
export function shares(x) {
  let total = 0;
  return x.map((v, i) => (total += v) / (i + 1));
}

/** Density of Beta(a, b) at a share strictly between 0 and 1. */
export function betaPdf(a, b, share) {
  const log = logGamma(a + b) - logGamma(a) - logGamma(b);
  return Math.exp(log + (a - 1) * Math.log(share) + (b - 1) * Math.log1p(-share));
}

/** Probability that more than half of k draws are ones. */
export function mostlyOnes(ones, zeros, added, k) {
  return countPmf(ones, zeros, added, k).reduce((total, p, s) => total + (2 * s > k ? p : 0), 0);
}


/** Fill `root`: an urn of `ones` and `zeros`, a list of uniforms for each path, and P(share > 1/2) in endless draws for each `added`. */
export default function draw(root, { ones, zeros, uniforms, limit, start }) {
  const most = uniforms[0].length;
  const { live, ranges: [balls, slider], svg, says, show } = frame(root, "exchangeability", {
    sliders: [
      { id: "added", short: "balls added", label: "Balls of the same color added after each draw", max: limit.length - 1, start: start.added },
      { id: "draws", short: "draws", label: "Draws made so far", min: 1, max: most, start: start.draws },
    ],
    key: `<span style="color: ${RAW}">— share of orange, one urn each</span><span style="color: ${POOLED}">▮ all urns, exactly</span>
    <span style="color: ${COMPLETE}">┅ endless draws</span>`,
    height: 412,
    table: () => {
      const k = Number(slider.value), added = Number(balls.value), urns = sample(ones, zeros, added, uniforms).map((row) => sum(row.slice(0, k)));
      const rows = countPmf(ones, zeros, added, k).map((p, s) => [s, digits(p), urns.filter((count) => count === s).length]);
      return [[`orange among ${k}`, "probability, all urns", `of these ${urns.length} urns`], ...rows];
    },
  });

  function redraw() {
    const added = Number(balls.value), k = Number(slider.value);
    const width = Math.max(live.clientWidth, 280), left = 52, right = width - 12, top = 10, tall = 170, below = top + tall + 62, high = 130;
    const x = (draws) => left + (draws / most) * (right - left), y = (share) => top + tall * (1 - share);
    const across = (share) => left + share * (right - left);
    const paths = sample(ones, zeros, added, uniforms).map(shares), pmf = countPmf(ones, zeros, added, k);

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${below + high + 40}`);
    svg.setAttribute("height", below + high + 40);
    const text = (at, height, words, anchor = "middle") => element(svg, "text", { x: at, y: height, "text-anchor": anchor }, words);
    const upright = (height, words) => element(svg, "text", { x: 14, y: height, "text-anchor": "middle", transform: `rotate(-90 14 ${height})` }, words);

    element(svg, "rect", { x: left, y: top, width: right - left, height: tall, fill: "none", stroke: "currentColor", "stroke-opacity": 0.25 });
    paths.forEach((path) => {
      const line = (from, to) => path.slice(from, to).map((share, i) => `${x(from + i + 1).toFixed(1)},${y(share).toFixed(1)}`).join(" ");
      element(svg, "polyline", { points: line(k - 1, most), fill: "none", stroke: RAW, "stroke-opacity": 0.13 });
      element(svg, "polyline", { points: line(0, k), fill: "none", stroke: RAW, "stroke-opacity": 0.6 });
    });
    element(svg, "line", { x1: x(k), x2: x(k), y1: top, y2: top + tall, stroke: POOLED, "stroke-width": 2 });
    [0, 0.5, 1].forEach((share) => text(left - 8, y(share) + 4, share, "end"));
    [0, most / 2, most].forEach((draws) => text(x(draws), top + tall + 16, draws));
    text((left + right) / 2, top + tall + 34, "draws");
    upright(top + tall / 2, "share of orange");

    // Bars that fill the axis: s of k draws stand from s / (k + 1) to (s + 1) / (k + 1).
    const curve = added ? Array.from({ length: 199 }, (_, i) => [(i + 1) / 200, betaPdf(ones / added, zeros / added, (i + 1) / 200)]) : [];
    const inner = curve.filter(([share]) => share > 0.04 && share < 0.96).map(([, density]) => density);
    const ceiling = 1.1 * Math.max(1.5, ...inner, ...(added ? pmf.slice(1, -1) : pmf).map((p) => p * (k + 1)));
    const up = (density) => below + high * (1 - Math.min(density / ceiling, 1)), bar = (right - left) / (k + 1);
    pmf.forEach((p, s) => {
      const height = up(p * (k + 1));
      element(svg, "rect", { class: "bar", x: left + s * bar, y: height, width: Math.max(bar - (bar > 4 ? 1 : 0), 0.5), height: below + high - height, fill: POOLED, "fill-opacity": 0.7 });
    });
    const dashes = { fill: "none", stroke: COMPLETE, "stroke-width": 2.5, "stroke-dasharray": "6 4" };
    if (added) element(svg, "polyline", { ...dashes, points: curve.map(([share, density]) => `${across(share)},${up(density)}`).join(" ") });
    else element(svg, "line", { ...dashes, x1: across(ones / (ones + zeros)), x2: across(ones / (ones + zeros)), y1: below, y2: below + high });
    element(svg, "line", { x1: left, x2: right, y1: below + high, y2: below + high, stroke: "currentColor", "stroke-opacity": 0.4 });
    [0, 0.25, 0.5, 0.75, 1].forEach((share) => text(across(share), below + high + 17, share));
    text((left + right) / 2, below + high + 34, "share of orange among the draws");
    upright(below + high / 2, "density");

    const now = mostlyOnes(ones, zeros, added, k), percent = (p) => (p < 0.01 ? "less than 1%" : `${(100 * p).toFixed(0)}%`);
    const many = paths.filter((path) => path[k - 1] > 0.5).length;
    const rule = added === 0 ? "Each ball goes back alone" : `${added} ${added === 1 ? "ball is" : "balls are"} added after each draw`;
    const law = added === 0 ? "The draws are independent, and the share settles at " + ones / (ones + zeros) + "." :
      `In endless draws the share has the distribution Beta(${+(ones / added).toFixed(2)}, ${+(zeros / added).toFixed(2)}), and is above one half with probability ${percent(limit[added])}.`;
    balls.setAttribute("aria-valuetext", `${added} added`);
    slider.setAttribute("aria-valuetext", `${k} draws`);
    says.textContent =
      `${rule}. After ${k} ${k === 1 ? "draw" : "draws"}, orange is ahead in ${many} of these ${paths.length} urns; ` +
      `in such an urn it is with probability ${percent(now)}. ${law}`;
  }
  show(redraw);
}
