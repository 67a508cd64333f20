// Lighthouse's four scores, the kilobytes of the first view and the layout shift of pages of the built site. Whatever
// fails in accessibility, best practices or SEO fails the run; performance depends on the machine.
// node run.js SITE [runs] [page ...]
import fs from "node:fs";
import path from "node:path";
import * as chrome from "chrome-launcher";
import lighthouse from "lighthouse";
import desktop from "lighthouse/core/config/desktop-config.js";
import { serve } from "./serve.js";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const [site, runs = "5", ...asked] = process.argv.slice(2);
const root = path.resolve(site);
const pages = asked.length ? asked : ["index", "pooling", "shrinkage", "parameterization", "claims"].map((name) => `book/${name}`);
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
const browser = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => process.env.PATH.split(path.delimiter).map((folder) => path.join(folder, name)))
  .find((file) => fs.existsSync(file));

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const range = (values) => `${median(values)} (${Math.min(...values)} to ${Math.max(...values)})`;

/** One visit, by a browser that has seen nothing yet. */
async function visit(page, form) {
  const server = await serve(root);
  const opened = await chrome.launch({ chromePath: browser, chromeFlags: flags });
  try {
    const url = `http://127.0.0.1:${server.address().port}/${page}.html`;
    const options = { port: opened.port, logLevel: "error", onlyCategories: CATEGORIES };
    const { lhr } = await lighthouse(url, options, form === "desktop" ? desktop : undefined);
    if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
    return {
      scores: CATEGORIES.map((name) => Math.round(100 * lhr.categories[name].score)),
      kilobytes: Math.round(lhr.audits["total-byte-weight"].numericValue / 1000),
      shift: Number(lhr.audits["cumulative-layout-shift"].numericValue.toFixed(3)),
      failed: CATEGORIES.slice(1).flatMap((name) =>
        lhr.categories[name].auditRefs.filter(({ id, weight }) => weight && lhr.audits[id].score === 0).map(({ id }) => id)),
    };
  } finally {
    opened.kill();
    server.close();
    server.closeAllConnections();
  }
}

console.log(`Lighthouse, median of ${runs} (least to most). Performance depends on what else the machine does.\n`);
console.log("| page | as | performance | accessibility | best practices | SEO | kB | layout shift |");
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const page of pages) {
  for (const form of ["mobile", "desktop"]) {
    const visits = [];
    for (let run = 0; run < Number(runs); run++) visits.push(await visit(page, form));
    const [performance, ...others] = CATEGORIES.map((_, i) => visits.map((one) => one.scores[i]));
    const numbers = [range(performance), ...others.map(median), median(visits.map((one) => one.kilobytes))];
    console.log(`| ${page} | ${form} | ${numbers.join(" | ")} | ${median(visits.map((one) => one.shift))} |`);
    for (const audit of new Set(visits.flatMap((one) => one.failed))) {
      console.error(`${page}, ${form}: ${audit}`);
      process.exitCode = 1;
    }
  }
}
