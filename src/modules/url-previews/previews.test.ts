import assert from "node:assert/strict";
import { after } from "node:test";
import { pino } from "pino";
import { eachDatabase } from "../../../test/support/databases.ts";
import { page, startPageServer } from "../../../test/support/page-server.ts";
import { openEngineForTest } from "../../engine/rooms/testing.ts";
import { createServerForTest } from "../../http/testing.ts";
import { openOutgoing } from "../../outgoing/outgoing.ts";
import type { Database } from "../../store/sql.ts";
import { cleanPreviews } from "./cleaning.ts";
import { urlPreviews } from "./index.ts";
import { UrlPreviews } from "./previews.ts";

const pages = await startPageServer();
after(() => pages.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Previews that are given for an hour and kept for a day, 250 at most; and a page that says how often it was asked for. */
async function start(database: Database, stack: AsyncDisposableStack) {
  const engine = await openEngineForTest(database);
  const { clock } = engine;
  const outgoing = stack.use(await openOutgoing({ deniedAddresses: [], caFiles: [] }));
  const limits = {
    allowedHosts: undefined,
    deniedHosts: [],
    allowedPorts: [pages.port],
    maxPageBytes: 10_000,
    maxImageBytes: 10_000,
    maxImagePixels: 10_000,
    timeoutMs: 5_000,
    lifetimeMs: HOUR,
    keepMs: DAY,
    maxKept: 250,
  };
  const needs = { ...engine, sql: database, limits };
  const previews = stack.use(
    new UrlPreviews({
      ...needs,
      logger: pino({ enabled: false }),
      http: outgoing.separate([]),
      library: { upload: async () => assert.fail("an image was taken") },
      background: () => undefined,
    }),
  );
  let count = 0;
  const url = pages.put((response) => page(`<title>${++count}</title>`)(response, response.req));
  /** How often the page had been asked for when the preview was made. */
  const ask = async (at?: number, path = ""): Promise<number> => {
    const answer = await previews.get({ url: new URL(url + path), language: "en", at });
    return Number(JSON.parse(answer)["og:title"]);
  };
  return { clock, needs, previews, ask };
}

eachDatabase("a preview is of the time that is asked for, or of now", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { clock, ask } = await start(database, stack);
  const first = clock.now();
  assert.equal(await ask(), 1);
  clock.advance(HOUR);
  assert.equal(await ask(), 1);
  clock.advance(1);
  assert.equal(await ask(), 2);
  assert.deepEqual([await ask(first), await ask(first - HOUR), await ask(clock.now())], [1, 1, 2]);
  // Nobody knows any more what it was then: what it is has to do.
  assert.deepEqual(
    [await ask(first - DAY), await ask(clock.now() + DAY), await ask(Number.MIN_SAFE_INTEGER)],
    [2, 2, 2],
  );
  clock.advance(2 * HOUR);
  assert.deepEqual([await ask(first), await ask(first - DAY), await ask()], [1, 3, 3]);
});

eachDatabase("what could not be had is asked for again after a minute", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { clock, previews } = await start(database, stack);
  let isThere = false;
  const url = new URL(
    pages.put((response) => {
      if (isThere) page("<title>There</title>")(response, response.req);
      else response.writeHead(404).end();
    }),
  );
  const ask = async (): Promise<string> => await previews.get({ url, language: "en", at: undefined });
  await assert.rejects(ask(), { status: 502, errcode: "M_UNKNOWN" });
  isThere = true;
  clock.advance(59_999);
  await assert.rejects(ask(), { status: 502, errcode: "M_UNKNOWN" });
  clock.advance(1);
  assert.equal(await ask(), '{"og:title":"There"}');
});

eachDatabase("old previews are forgotten, and the oldest of too many", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { clock, needs, ask } = await start(database, stack);
  const countKept = async () =>
    (await database.get<{ count: number }>("SELECT COUNT(*) AS count FROM url_previews"))?.count;
  const first = clock.now();
  await ask();
  clock.advance(DAY);
  for (let n = 0; n < 300; n++) {
    clock.advance(1);
    await ask(undefined, `?${n}`);
  }
  // The old one went by itself: they are looked for after so many new ones.
  assert.equal(await countKept(), 300);
  await cleanPreviews(needs);
  assert.equal(await countKept(), 250);
  // The first is gone, and of the others those that were made last are there.
  assert.equal(await ask(first), 302);
  assert.equal(await ask(undefined, "?299"), 301);
  assert.equal(await ask(undefined, "?49"), 303);
});

eachDatabase("when the server stops, what is on its way is given up", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { previews } = await start(database, stack);
  const url = new URL(pages.put(() => previews[Symbol.dispose]()));
  await assert.rejects(previews.get({ url, language: "en", at: undefined }), { status: 503 });
});

eachDatabase("no stop of the server waits for a page", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { previews } = await start(database, stack);
  const server = createServerForTest(urlPreviews({ previews, language: "en" }).endpoints);
  const [bound] = await server.listen();
  const { promise, resolve } = Promise.withResolvers<void>();
  const query = new URLSearchParams({ url: pages.put(() => resolve()) });
  const answering = fetch(`${bound?.url}/_matrix/client/v1/media/preview_url?${query.toString()}`, {
    headers: { authorization: "Bearer alice" },
  });
  await promise;
  await Promise.all([server.close(), answering.then((answer) => assert.equal(answer.status, 503))]);
});
