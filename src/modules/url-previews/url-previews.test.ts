import assert from "node:assert/strict";
import { after } from "node:test";
import sharp from "sharp";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { page, startPageServer, withHead } from "../../../test/support/page-server.ts";
import { askPreview, previewOf, refusalOf } from "./testing.ts";

const pages = await startPageServer();
after(() => pages.close());

const it = homeserverTests({
  media: {
    url_previews: {
      enabled: true,
      denied_addresses: ["127.0.0.2/32"],
      allowed_ports: [pages.port],
      denied_hosts: ["*.denied.test"],
      max_image_bytes: 100_000,
    },
  },
});

const png = await sharp({ create: { width: 320, height: 200, channels: 3, background: "#0c0" } })
  .png()
  .toBuffer();

it("a page is told by its OpenGraph members, with its image as a medium", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const image = pages.put(page(png, "image/png"));
  const url = pages.put(
    withHead(`<title>Not this</title>
      <meta property="og:title" content="A &amp; B"><meta property="og:description" content="What it is about">
      <meta property="og:site_name" content="Site"><meta property="og:type" content="article">
      <meta property="og:url" content="/canonical"><meta property="og:image" content="${new URL(image).pathname}">
      <meta property="og:image:width" content="9999"><meta property="og:image:alt" content="A field">
      <meta property="og:video" content="https://video.test/v.mp4"><meta property="og:video:width" content="640">
      <meta property="article:published_time" content="2026-11-24"><meta property="matrix:image:size" content="7">`),
  );
  const { "og:image": uri, ...told } = await previewOf(alice, url);
  assert.deepEqual(told, {
    "og:title": "A & B",
    "og:description": "What it is about",
    "og:site_name": "Site",
    "og:type": "article",
    "og:url": `${pages.origin}/canonical`,
    "og:video": "https://video.test/v.mp4",
    "og:video:width": 640,
    "article:published_time": "2026-11-24",
    "og:image:alt": "A field",
    "og:image:type": "image/png",
    "og:image:width": 320,
    "og:image:height": 200,
    "matrix:image:size": png.length,
  });
  const [, name = ""] = /^mxc:\/\/(test\/[\w-]+)$/.exec(String(uri)) ?? [];
  const download = await alice.sendBytes("GET", `/_matrix/client/v1/media/download/${name}`, {});
  assert.ok(download.bytes.equals(png));
  assert.equal(download.headers["content-type"], "image/png");
});

const LONG = "This is a paragraph which is long enough to say what the page is about.";

it("a page without OpenGraph is told by its title and description, or by what stands in it", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const plain = withHead(`<title>Title</title><meta name="description" content="About">`);
  assert.deepEqual(await previewOf(alice, pages.put(plain)), { "og:title": "Title", "og:description": "About" });
  const card = withHead(`<meta name="twitter:title" content="Card"><meta name="twitter:description" content="Told">`);
  assert.deepEqual(await previewOf(alice, pages.put(card)), { "og:title": "Card", "og:description": "Told" });
  const image = pages.put(page(png, "image/png"));
  const body = `<nav><p>${LONG} Not here.</p></nav><img src="/dot.png" width="1" height="1"><img src="${image}">
    <h1>Heading</h1><p>Short.</p><script><p>${LONG}</p></script><p>${LONG} <b>Bold.</b></p><p>${LONG} Later.</p>`;
  const told = await previewOf(alice, pages.put(page(body)));
  assert.deepEqual([told["og:title"], told["og:description"]], ["Heading", `${LONG} Bold.`]);
  assert.equal(told["og:image:type"], "image/png");
  assert.deepEqual(await previewOf(alice, pages.put(page("<html></html>"))), {});
});

it("what a page lacks comes from its oEmbed address", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const image = pages.put(page(png, "image/png"));
  const embed = {
    type: "video",
    title: "Film",
    author_name: "Ann",
    provider_name: "Films",
    thumbnail_url: image,
    html: "<b>",
  };
  const oembed = pages.put(page(JSON.stringify(embed), "application/json; charset=utf-8"));
  const link = `<link rel="alternate" type="application/json+oembed" href="${oembed}">`;
  const { "og:image": uri, ...told } = await previewOf(alice, pages.put(withHead(`<title>Own title</title>${link}`)));
  assert.match(String(uri), /^mxc:/);
  assert.deepEqual(told, {
    "og:title": "Own title",
    "og:description": "Ann",
    "og:site_name": "Films",
    "og:image:type": "image/png",
    "og:image:width": 320,
    "og:image:height": 200,
    "matrix:image:size": png.length,
  });
  const photo = pages.put(page(JSON.stringify({ type: "photo", url: image }), "application/json"));
  const only = `<link rel="alternate" type="application/json+oembed" href="${photo}">`;
  assert.equal((await previewOf(alice, pages.put(withHead(only))))["og:image:width"], 320);
});

it("a link to an image, a text or something else is told as what it is", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const image = await previewOf(alice, pages.put(page(png, "image/png")));
  assert.match(String(image["og:title"]), /^page-\d+$/);
  assert.deepEqual([image["og:image:width"], image["matrix:image:size"]], [320, png.length]);
  const text = await previewOf(alice, pages.put(page("First line\nsecond\tline <b>", "text/plain")));
  assert.equal(text["og:description"], "First line second line");
  for (const type of ["application/pdf", "application/json", "video/mp4", "image/svg+xml"]) {
    assert.deepEqual(await previewOf(alice, pages.put(page("%PDF-1.7", type))), {}, type);
  }
  const untyped = pages.put((response) => void response.writeHead(200).end("<title>What is it?</title>"));
  assert.deepEqual(await previewOf(alice, untyped), {});
});

it("redirects are followed, and relative addresses start where they led", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const end = pages.put(withHead(`<base href="/below/"><title>End</title><meta property="og:url" content="here">`));
  const start = pages.put((response) => void response.writeHead(302, { location: end }).end());
  assert.deepEqual(await previewOf(alice, `${start}#part`), {
    "og:title": "End",
    "og:url": `${pages.origin}/below/here`,
  });
});

it("pages are asked for in the client's languages, and each language is a preview of its own", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const url = pages.put((response, { headers }) =>
    page(`<title>${headers["accept-language"]}</title>`)(response, response.req),
  );
  const titleIn = async (language?: string): Promise<unknown> => {
    const headers = language === undefined ? {} : { "accept-language": language };
    return (await askPreview(alice, url, { headers })).json()["og:title"];
  };
  assert.deepEqual(await titleIn("de-CH, de;q=0.9, x!;q=0.8, en;q=0.2"), "de-CH, de;q=0.9, en;q=0.8");
  assert.equal(await titleIn(), "en");
  assert.equal(pages.asked(url).length, 2);
  assert.deepEqual(
    [pages.asked(url)[0]?.headers["cookie"], pages.asked(url)[0]?.headers["authorization"]],
    [undefined, undefined],
  );
});

it("a page is looked at once, however many ask, and not again while its preview is fresh", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  let count = 0;
  const url = pages.put((response) => setTimeout(() => page(`<title>${++count}</title>`)(response, response.req), 50));
  const both = await Promise.all([alice, bob, alice, bob].map(async (client) => await previewOf(client, url)));
  assert.deepEqual(new Set(both.map((each) => each["og:title"])), new Set(["1"]));
  await homeserver.restart();
  assert.equal((await previewOf(bob, url))["og:title"], "1");
  const old = await askPreview(bob, url, { ts: Date.now() - 86_400_000 });
  assert.equal(old.json()["og:title"], "1");
  assert.equal(count, 1);
});

it("what could not be had is not asked for again for a while", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const url = pages.put((response) => void response.writeHead(500).end());
  assert.equal(await refusalOf(alice, url), "502 M_UNKNOWN");
  assert.equal(await refusalOf(alice, url), "502 M_UNKNOWN");
  assert.equal(pages.asked(url).length, 1);
});

it("what is no page, or one that the operator does not want, is not asked for", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const { port } = pages;
  for (const url of [
    "nonsense",
    "example.org",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,<title>a</title>",
    `http://alice:secret@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}/${"a".repeat(5000)}`,
  ]) {
    assert.equal(await refusalOf(alice, url), "400 M_INVALID_PARAM", url);
  }
  for (const url of ["http://127.0.0.1/", "https://127.0.0.1:22/", `http://a.DENIED.test.:${port}/`]) {
    assert.equal(await refusalOf(alice, url), "403 M_FORBIDDEN", url);
  }
  const missing = await alice.answer("GET", "/_matrix/client/v1/media/preview_url");
  assert.deepEqual([missing.status, missing.json()["errcode"]], [400, "M_MISSING_PARAM"]);
});

it("strangers and guests are told nothing, and the older paths tell the same", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const guest = await homeserver.register("guest", { isGuest: true });
  const url = pages.put(withHead("<title>Title</title>"));
  assert.equal(await refusalOf(guest, url), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.equal(await refusalOf(homeserver.withToken("none"), url), "401 M_UNKNOWN_TOKEN");
  for (const path of ["media/v3", "media/r0", "media/v1", "client/unstable/org.matrix.msc3916/media"]) {
    const answer = await alice.answer("GET", `/_matrix/${path}/preview_url?url=${encodeURIComponent(url)}`);
    assert.deepEqual(answer.json(), { "og:title": "Title" }, path);
  }
});
