// The first page: twelve neurons pooled more and more, beside the truth.

import { COMPLETE, POOLED, RAW, TRUTH, element, frame, partialPooling, sum } from "./common.js";

/** The tau at which the common mean has `share` of the weight for a unit whose standard error is `sigma`. */
export function tauFor(share, sigma) {
  return share === 0 ? Infinity : sigma * Math.sqrt((1 - share) / share);
}

/** The typical distance, root mean square, of some estimates from the truth. */
export function typicalError(theta, truth) {
  return Math.sqrt(sum(theta.map((t, j) => (t - truth[j]) ** 2)) / theta.length);
}

/** Fill `root`: y, sigma, truth and trials have one entry a neuron; the slider is the weight of the common mean for neuron number `typical`, and `rest` where the play ends. */
export default function draw(root, { y, sigma, truth, trials, typical, rest }) {
  const row = 19, top = 4, base = top + row * y.length;
  const { live, ranges: [slider], svg, says, show, move } = frame(root, "landing", {
    sliders: [{
      id: "share", short: "weight of the common mean, in percent", max: 100, start: 0,
      label: `Weight of the common mean for a neuron with ${trials[typical]} trials: 0 to 100%`,
    }],
    key: `<span style="color: ${RAW}">● own mean</span><span style="color: ${POOLED}">● estimate</span>
    <span style="color: ${TRUTH}">✕ truth</span><span style="color: ${COMPLETE}">┆ common mean</span>`,
    height: base + 38,
    table: () => {
      const { theta } = estimates();
      return [["trials", "own mean", "estimate", "truth"], ...y.map((own, j) => [trials[j], own, theta[j], truth[j]].map((v, i) => (i ? v.toFixed(1) : v)))];
    },
  });
  const estimates = () => partialPooling(y, sigma, tauFor(Number(slider.value) / 100, sigma[typical]));
  const none = typicalError(y, truth);

  function redraw() {
    const width = Math.max(live.clientWidth, 240), left = 74, right = width - 10, values = [...y, ...truth];
    const low = Math.floor(Math.min(...values) / 5) * 5, high = Math.ceil(Math.max(...values) / 5) * 5;
    const x = (rate) => left + ((rate - low) / (high - low)) * (right - left);
    const { theta, mu } = estimates(), share = Number(slider.value);
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${base + 38}`);
    element(svg, "line", { x1: x(mu), x2: x(mu), y1: top, y2: base, stroke: COMPLETE, "stroke-width": 1.5, "stroke-dasharray": "5 4" });
    y.forEach((own, j) => {
      const at = top + (j + 0.5) * row;
      element(svg, "text", { x: left - 14, y: at + 4, "text-anchor": "end" }, j ? trials[j] : `${trials[j]} trials`);
      element(svg, "line", { x1: x(own), x2: x(theta[j]), y1: at, y2: at, stroke: POOLED, "stroke-opacity": 0.5, "stroke-width": 2 });
      element(svg, "path", { d: `M${x(truth[j]) - 4} ${at - 4}l8 8m0 -8l-8 8`, stroke: TRUTH, "stroke-width": 2 });
      element(svg, "circle", { cx: x(own), cy: at, r: 5.5, fill: RAW, "fill-opacity": 0.75 });
      element(svg, "circle", { class: "estimate", cx: x(theta[j]), cy: at, r: 4.5, fill: POOLED });
    });
    for (let rate = low; rate <= high; rate += 5) element(svg, "text", { x: x(rate), y: base + 16, "text-anchor": "middle" }, rate);
    element(svg, "text", { x: (left + right) / 2, y: base + 34, "text-anchor": "middle" }, "spikes per second");

    const error = typicalError(theta, truth), named = share === 0 ? "No pooling" : share === 100 ? "Complete pooling" : `Weight ${share}% on the common mean at ${trials[typical]} trials`;
    slider.setAttribute("aria-valuetext", named);
    const last = y.length - 1;
    const goes = (j) => {
      const [from, to] = [y[j], theta[j]].map((rate) => rate.toFixed(0));
      return from === to ? `stays at ${from}` : `goes from ${from} to ${to}`;
    };
    says.textContent =
      `${named}: the neuron with ${trials[0]} trials ${goes(0)}, the one with ${trials[last]} ${goes(last)}. ` +
      `Typical distance from the truth: ${error.toFixed(1)}${share ? `, was ${none.toFixed(1)}` : ""}.`;
  }
  show(redraw);

  // It plays once, in under three seconds, for readers who have not asked for stillness, and stops at their first touch.
  const again = says.insertAdjacentElement("afterend", document.createElement("button"));
  again.type = "button";
  again.className = "again";
  again.textContent = "Play";
  let playing = 0;
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    again.textContent = "Play";
  }
  function play() {
    const start = performance.now();
    again.textContent = "Stop";
    const step = (now) => {
      const part = Math.min((now - start) / 2600, 1);
      move(0, Math.round(rest * part * part * (3 - 2 * part)), true);
      if (part < 1) playing = requestAnimationFrame(step);
      else stop();
    };
    playing = requestAnimationFrame(step);
  }
  again.addEventListener("click", () => (playing ? stop() : play()));
  ["pointerdown", "keydown"].forEach((touch) => live.addEventListener(touch, (event) => event.target !== again && stop()));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) move(0, rest, true);
  else setTimeout(play, 1000);
}
