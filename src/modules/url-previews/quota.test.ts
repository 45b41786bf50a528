import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after } from "node:test";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { page, startPageServer, withHead } from "../../../test/support/page-server.ts";
import { previewOf } from "./testing.ts";

const pages = await startPageServer();
after(() => pages.close());

const it = homeserverTests({
  media: {
    quota_per_user: 1_000,
    url_previews: { enabled: true, denied_addresses: [], allowed_ports: [pages.port] },
  },
});

it("images of pages are nobody's uploads", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (let n = 0; n < 3; n++) {
    const gif = Buffer.concat([Buffer.from("GIF89a\u0001\0\u0001\0", "latin1"), randomBytes(800)]);
    const image = pages.put(page(gif, "image/gif"));
    const told = await previewOf(alice, pages.put(withHead(`<meta property="og:image" content="${image}">`)));
    assert.equal(told["matrix:image:size"], gif.length);
  }
  const upload = await alice.sendBytes("POST", "/_matrix/media/v3/upload", { bytes: randomBytes(900) });
  assert.equal(upload.status, 200);
});
