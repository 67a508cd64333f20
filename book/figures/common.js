// What several figures need.

export const sum = (values) => values.reduce((total, v) => total + v, 0);

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
