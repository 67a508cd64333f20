// A formula, a table or code that is too wide for its place scrolls there, fades where it goes on, and can be reached by
// keyboard; what fits is no stop on the way. (For code, the theme sees to the keyboard.)
const NAMES = { tabindex: "0", role: "group" };
const boxes = [...document.querySelectorAll("article :is(.katex-display, span.math, pre), .pst-scrollable-table-container")];

function isTooWide(formula) {
  if (!formula.matches("span.math")) return formula.scrollWidth > formula.clientWidth;
  // In a line a formula may break, but not within these.
  const place = formula.closest("p, li, dt, dd, td, th, figcaption, summary, div, h1, h2, h3, h4").clientWidth;
  return [...formula.querySelectorAll(".katex-base")].some((part) => part.getBoundingClientRect().width > place);
}

function fade(box) {
  const left = box.scrollWidth - box.clientWidth - box.scrollLeft;
  box.classList.toggle("goes-on", box.matches(".too-wide") && left > 2);
}

boxes.forEach((box) => box.addEventListener("scroll", () => fade(box), { passive: true }));

function look() {
  boxes.map((box) => [box, isTooWide(box)]).forEach(([box, wide]) => {
    box.classList.toggle("too-wide", wide);
    fade(box);
    if (box.matches("pre")) return;
    const label = box.matches(".pst-scrollable-table-container") ? "Table" : "Formula";
    for (const [name, value] of Object.entries({ ...NAMES, "aria-label": label })) {
      if (wide) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  });
}

new ResizeObserver(look).observe(document.querySelector("article") ?? document.body);
// A font that comes late changes what fits, though not the page's size.
document.fonts.addEventListener("loadingdone", look);
