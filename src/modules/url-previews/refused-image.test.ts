import { after } from "node:test";
import assert from "node:assert/strict";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { page, startPageServer, withHead } from "../../../test/support/page-server.ts";
import { previewOf } from "./testing.ts";

const pages = await startPageServer();
after(() => pages.close());

const it = homeserverTests({
  media: {
    // Nobody listens there, and what was not looked at is refused.
    scanner: { clamd: "unix:/nowhere/clamd.ctl" },
    url_previews: { enabled: true, denied_addresses: [], allowed_ports: [pages.port] },
  },
});

const pixel = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

it("an image that no scanner lets through is none, and the page is told without", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const image = pages.put(page(pixel, "image/gif"));
  const url = pages.put(withHead(`<title>Title</title><meta property="og:image" content="${image}">`));
  assert.deepEqual(await previewOf(alice, url), { "og:title": "Title" });
  assert.deepEqual(await previewOf(alice, image), {});
});
