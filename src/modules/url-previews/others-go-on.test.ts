import assert from "node:assert/strict";
import { threadCpuUsage } from "node:process";
import { Readable } from "node:stream";
import { after } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { page, type Page, startPageServer } from "../../../test/support/page-server.ts";
import { askPreview } from "./testing.ts";

const pages = await startPageServer();
after(() => pages.close());

const it = homeserverTests({
  media: {
    url_previews: {
      enabled: true,
      timeout: "20s",
      denied_addresses: [],
      allowed_ports: [pages.port],
      max_page_bytes: "1M",
    },
  },
});

const LENGTH = 1024 * 1024;
const filled = (text: string): string => text.repeat(LENGTH / text.length);

/** A gigabyte comes out of each. Made once: packing it takes longer than reading it. */
const bomb = gzipSync(Buffer.alloc(64 * LENGTH, "<p>"));

const hostile: readonly Page[] = [
  page(filled("<div>")),
  page(filled("<p>a</p>")),
  page(filled("&lt;")),
  page(filled("<form><svg>")),
  page(`<a ${filled("ab=c ")}>`),
  page(`<title>${filled("title ")}`),
  page(`<!--${filled("comment ")}`),
  page(filled("<meta property='og:title'>")),
  page(filled("</a></b></i>")),
  page(filled("\u0000\u0001<"), "text/html; charset=utf-16"),
  page(bomb, "text/html", { "content-encoding": "gzip" }),
  page(Buffer.alloc(LENGTH, "ffe00002", "hex"), "image/jpeg"),
  page(Buffer.concat([Buffer.from("ffd8", "hex"), Buffer.alloc(LENGTH, Buffer.from("ffe00002", "hex"))]), "image/jpeg"),
  page(filled("text <"), "text/plain"),
  (response) => void Readable.from(bits()).pipe(response.writeHead(200, { "content-type": "text/html" })),
];

/** A page that comes in the smallest pieces. */
function* bits(): Generator<string> {
  for (let n = 0; n < 20_000; n++) yield "<b>";
}

/** How long nobody else had a turn, in milliseconds of work: what other programs take does not count. */
async function longestTurn(work: Promise<unknown>): Promise<{ readonly longestMs: number; readonly turns: number }> {
  const state = { isOver: false };
  const ended = work.finally(() => {
    state.isOver = true;
  });
  let longestMs = 0;
  let turns = 0;
  while (!state.isOver) {
    const before = threadCpuUsage();
    await nextTurn();
    const { user, system } = threadCpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    turns++;
  }
  await ended;
  return { longestMs, turns };
}

it("while hostile pages are read, others are answered", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const ask = async (each: Page): Promise<number> => (await askPreview(alice, pages.put(each))).status;
  const all = async (): Promise<number[]> => await Promise.all(hostile.map(ask));
  // Once before it is measured: the program is compiled as it runs.
  await all();
  const reading = all();
  const { longestMs, turns } = await longestTurn(reading);
  assert.deepEqual(new Set(await reading), new Set([200]));
  assert.ok(turns > 50, `${turns} turns`);
  assert.ok(longestMs < 50, `nobody else had a turn for ${longestMs} ms`);
});
