// A static server that sends what a good host sends: gzip, and how long to keep it.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import zlib from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".png": "image/png",
};

/** Serve the folder `root` on a free port. */
export function serve(root) {
  const kept = new Map();
  const answer = (file) => {
    if (!kept.has(file)) {
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      const headers = { "content-type": type, "cache-control": "max-age=31536000" };
      let body = fs.readFileSync(file);
      if (/^(text|application\/json|image\/svg)/.test(type)) {
        body = zlib.gzipSync(body);
        headers["content-encoding"] = "gzip";
      }
      kept.set(file, { body, headers: { ...headers, "content-length": body.length } });
    }
    return kept.get(file);
  };
  const server = http.createServer((request, response) => {
    const file = path.join(root, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    if (!file.startsWith(root) || !fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const { body, headers } = answer(file);
    response.writeHead(200, headers).end(body);
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}
