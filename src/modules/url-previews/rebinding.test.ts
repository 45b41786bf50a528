import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { page, type PageServer, startPageServer, withHead } from "../../../test/support/page-server.ts";
import { SharedTurns } from "../../engine/turns.ts";
import { OutgoingError } from "../../outgoing/errors.ts";
import { openOutgoing } from "../../outgoing/outgoing.ts";
import { askingWith } from "./ask.ts";
import { makePreview } from "./preview.ts";

async function startPages(t: TestContext): Promise<PageServer> {
  const pages = await startPageServer();
  t.after(() => pages.close());
  return pages;
}

/** What it takes to make previews where names are resolved to these addresses, one after another, and the last from then on. */
async function resolving(t: TestContext, ...addresses: string[]) {
  const names: string[] = [];
  const outgoing = await openOutgoing({
    deniedAddresses: [],
    caFiles: [],
    resolve(hostname, _options, callback) {
      names.push(hostname);
      const address = addresses[Math.min(names.length, addresses.length) - 1] ?? "";
      callback(null, [{ address, family: 4 }]);
    },
  });
  t.after(async () => await outgoing[Symbol.asyncDispose]());
  const http = outgoing.separate(["127.0.0.2/32"]);
  const signal = AbortSignal.timeout(5_000);
  const ask = askingWith({ http, mayAsk: () => true }, { language: "en", timeoutMs: 5_000, signal });
  const library = { upload: async () => assert.fail("an image was taken") };
  const limits = { maxPageBytes: 10_000, maxImageBytes: 10_000, maxImagePixels: 10_000 };
  return { names, needs: { ...limits, ask, library, turns: new SharedTurns() } };
}

/** The server takes leave after each answer, so that the next request connects anew. */
const leaving = { connection: "close" };

test("a name that leads elsewhere when it is connected to is asked where it led when it was looked at", async (t) => {
  const pages = await startPages(t);
  const url = pages.put(page("<title>Public</title>", "text/html", leaving));
  const { names, needs } = await resolving(t, "127.0.0.1", "127.0.0.2");
  const target = new URL(url.replace("127.0.0.1", "name.test"));
  assert.deepEqual((await makePreview(needs, target)).answer, { "og:title": "Public" });
  assert.deepEqual(names, ["name.test"]);
  await assert.rejects(
    makePreview(needs, target),
    (error: unknown) => error instanceof OutgoingError && error.kind === "denied",
  );
});

test("a name that leads elsewhere for the image gives a preview without one", async (t) => {
  const pages = await startPages(t);
  const image = pages.put(page("private", "image/png"));
  const { pathname, port } = new URL(image);
  const head = `<title>Page</title><meta property="og:image" content="http://name.test:${port}${pathname}">`;
  const url = pages.put(page(head, "text/html", leaving));
  const { names, needs } = await resolving(t, "127.0.0.1", "127.0.0.2");
  const preview = await makePreview(needs, new URL(url.replace("127.0.0.1", "name.test")));
  assert.deepEqual(preview, { answer: { "og:title": "Page" }, mediaId: "" });
  assert.deepEqual(names, ["name.test", "name.test"]);
  assert.deepEqual(pages.asked(pathname), []);
});

test("a name that leads elsewhere for a redirect leads nowhere", async (t) => {
  const pages = await startPages(t);
  const secret = pages.put(withHead("<title>Private</title>"));
  const location = secret.replace("127.0.0.1", "name.test");
  const url = pages.put((response) => void response.writeHead(302, { location, ...leaving }).end());
  const { needs } = await resolving(t, "127.0.0.1", "127.0.0.2");
  await assert.rejects(makePreview(needs, new URL(url.replace("127.0.0.1", "name.test"))), /no request may go/);
  assert.deepEqual(pages.asked(secret), []);
});
