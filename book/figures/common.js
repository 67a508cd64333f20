// What the moving figures share: their frame, their colors, and a little mathematics.

export const RAW = "var(--figure-raw)", POOLED = "var(--figure-pooled)", COMPLETE = "var(--figure-complete)", TRUTH = "var(--figure-truth)";

export const sum = (values) => values.reduce((total, v) => total + v, 0);

/** Estimates given tau under a flat prior of mu: kappa y + (1 - kappa) mu, with their posterior sds. */
export function partialPooling(y, sigma, tau) {
  if (tau === Infinity) return { theta: [...y], se: [...sigma], kappa: y.map(() => 1), mu: sum(y) / y.length };
  const precision = sigma.map((s) => 1 / (s * s + tau * tau));
  const total = sum(precision), mu = sum(y.map((v, j) => v * precision[j])) / total;
  const kappa = precision.map((w) => tau * tau * w);
  return {
    theta: y.map((v, j) => kappa[j] * v + (1 - kappa[j]) * mu),
    se: sigma.map((s, j) => Math.sqrt(kappa[j] * s * s + (1 - kappa[j]) ** 2 / total)),
    kappa,
    mu,
  };
}

/** Log of the Gamma function, z above 0: Stirling's series, after moving z beyond 12. */
export function logGamma(z) {
  let moved = 0;
  for (; z < 12; z++) moved += Math.log(z);
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * z * z)) / (z * z)) / (z * z)) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - moved;
}

/** A new element of an SVG image, put into `parent`. */
export function element(parent, tag, attributes, text) {
  const node = parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** The position from `min` to `max` whose value is nearest to the one wanted. */
export function nearest(at, min, max, wanted) {
  let best = min;
  for (let position = min; position <= max; position++) {
    if (Math.abs(at(position) - wanted) < Math.abs(at(best) - wanted)) best = position;
  }
  return best;
}

/** A number for a field or a table: at most so many digits, no exponent where it can be helped. */
export const digits = (value, count = 3) => (Number.isFinite(value) ? String(Number(value.toPrecision(count))) : "∞");

/**
 * Fill `root` with the frame of a figure, and return its parts: the sliders, the drawing, the sentence, and `show`,
 * which draws by `redraw` now and whenever something changes.
 *
 * A slider has an `id`, a `label`, a `short` name, positions from `min` to `max`, a `start`, and `at`, which turns a
 * position into the value that a reader sees and may type. `key` is HTML; `before` is HTML above the sliders; `table`
 * returns the rows of numbers behind the drawing, the head first.
 */
export function frame(root, name, { sliders, key, height, table, before = "" }) {
  const live = root.appendChild(document.createElement("div"));
  live.className = "live";
  live.innerHTML = `${before}${sliders.map((slider) => control(name, slider)).join("")}
    <div class="key">${key}</div><svg role="img" class="drawing" aria-labelledby="${name}-says" height="${height}"></svg>
    <p id="${name}-says"></p><div role="status" class="visually-hidden"></div>
    <details class="numbers"><summary>Show the numbers as a table</summary>
    <div tabindex="0" role="region" aria-label="The numbers in this figure"><table></table></div></details>`;
  const ranges = sliders.map(({ id }) => live.querySelector(`#${name}-${id}`));
  const [svg, says, status, details] = ["svg.drawing", "p", "[role=status]", "details"].map((one) => live.querySelector(one));
  let redraw, timer, waiting = true;

  function update(quiet) {
    waiting = false;
    redraw();
    sliders.forEach(({ at = Number }, i) => {
      const value = at(Number(ranges[i].value)), field = live.querySelector(`#${name}-${sliders[i].id}-field`);
      field.value = Number.isFinite(value) ? digits(value) : "";
      field.placeholder = digits(value);
    });
    if (details.open) write();
    // A screen reader hears the sentence once the reader has come to rest, and finds it only once on the page.
    clearTimeout(timer);
    if (!quiet) timer = setTimeout(() => {
      status.textContent = says.textContent;
      timer = setTimeout(() => (status.textContent = ""), 5000);
    }, 800);
  }
  function write() {
    const [head, ...rows] = table(), cells = (row, tag) => `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
    details.querySelector("table").innerHTML = `<thead>${cells(head, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("")}</tbody>`;
  }
  function move(i, position, quiet = false) {
    ranges[i].value = position;
    update(quiet);
  }
  sliders.forEach(({ id, min = 0, max, at = Number }, i) => {
    const [down, up] = live.querySelectorAll(`[data-steps="${id}"]`), field = live.querySelector(`#${name}-${id}-field`);
    down.addEventListener("click", () => move(i, Number(ranges[i].value) - 1));
    up.addEventListener("click", () => move(i, Number(ranges[i].value) + 1));
    field.addEventListener("change", () => move(i, field.value === "" ? ranges[i].value : nearest(at, min, max, Number(field.value))));
  });
  details.addEventListener("toggle", () => details.open && write());

  function show(how) {
    redraw = how;
    live.addEventListener("input", (event) => event.target.type === "number" || update(false));
    const first = () => {
      if (!waiting) return;
      update(true);
      new ResizeObserver(() => update(true)).observe(live);
    };
    root.classList.add("moves");
    // Its place is kept; what it shows is worked out when it comes near, or when the page has nothing else to do.
    const near = new IntersectionObserver(([seen]) => seen.isIntersecting && first(), { rootMargin: "50%" });
    near.observe(root);
    (window.requestIdleCallback ?? ((call) => setTimeout(call, 200)))(first, { timeout: 3000 });
  }
  return { live, ranges, svg, says, show, move };
}

/** A slider between two buttons that move it by a step, and a field to type its value into. */
function control(name, { id, label, short, min = 0, max, start }) {
  return `<div class="control"><label for="${name}-${id}">${label}</label>
    <button type="button" class="less" data-steps="${id}" aria-label="${short}: one step down"></button>
    <input type="range" id="${name}-${id}" min="${min}" max="${max}" step="1" value="${start}">
    <button type="button" class="more" data-steps="${id}" aria-label="${short}: one step up"></button>
    <input type="number" step="any" id="${name}-${id}-field" aria-label="${short}: type a value"></div>`;
}
