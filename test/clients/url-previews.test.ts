/** matrix-js-sdk, unmodified, asks what a link leads to, and shows the image. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { page, startPageServer, withHead } from "../support/page-server.ts";
import { startServer } from "../support/server.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { SdkUser } from "./sdk-user.ts";

letForgottenTimersGo();

const pixel = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

test("a link is shown with its title and image", { timeout: 300_000 }, async (t) => {
  const pages = await startPageServer();
  t.after(() => pages.close());
  const url_previews = { enabled: true, denied_addresses: [], allowed_ports: [pages.port] };
  await using server = await startServer({ config: { media: { url_previews } } });
  await using alice = await SdkUser.register(server.baseUrl, "alice");
  const image = pages.put(page(pixel, "image/gif"));
  const url = pages.put(withHead(`<title>Looms</title><meta property="og:image" content="${image}">`));
  const { "og:image": uri = "", ...told } = await alice.client.getUrlPreview(url, Date.now());
  assert.deepEqual(told, {
    "og:title": "Looms",
    "og:image:type": "image/gif",
    "og:image:width": 1,
    "og:image:height": 1,
    "matrix:image:size": pixel.length,
  });
  const shown = alice.client.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true);
  assert.ok(shown);
  const answer = await fetch(shown, { headers: { authorization: `Bearer ${alice.client.getAccessToken()}` } });
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), pixel);
  await assert.rejects(alice.client.getUrlPreview("http://127.0.0.1:1/", Date.now()), {
    httpStatus: 403,
    errcode: "M_FORBIDDEN",
  });
  const capabilities = await alice.client.getCapabilities();
  assert.deepEqual(capabilities["io.element.msc4452.preview_url"], { enabled: true });
});
