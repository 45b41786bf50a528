import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { after } from "node:test";
import { createGzip } from "node:zlib";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { type Page, page, startPageServer, withHead } from "../../../test/support/page-server.ts";
import { askPreview, previewOf, refusalOf } from "./testing.ts";

const pages = await startPageServer();
after(() => pages.close());

const it = homeserverTests({
  media: {
    url_previews: {
      enabled: true,
      timeout: "5s",
      denied_addresses: ["127.0.0.2/32", "::1/128"],
      allowed_ports: [80, pages.port],
      max_page_bytes: "1M",
      max_image_bytes: 100_000,
    },
  },
});

const MiB = 1024 * 1024;

/** Begins with one text, and goes on with another until nobody reads any more; counts what it sent. */
function endless(start: string, then: string, sent: { bytes: number }): Readable {
  const chunk = Buffer.from(then.repeat(Math.ceil(65_536 / then.length)));
  const generate = function* () {
    yield Buffer.from(start);
    for (;;) {
      sent.bytes += chunk.length;
      yield chunk;
    }
  };
  return Readable.from(generate());
}

const html = (response: ServerResponse, headers: Readonly<Record<string, string>> = {}) =>
  response.writeHead(200, { "content-type": "text/html", ...headers });

const titled = { "og:title": "Title" };
const title = "<title>Title</title>";
const image = (url: string): Page => withHead(`${title}<meta property="og:image" content="${url}">`);
const oembed = (url: string): Page =>
  withHead(`${title}<link rel="alternate" type="application/json+oembed" href="${url}">`);

/** A picture of so many pixels in so few bytes. */
function pngOf(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  bytes.set(Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"));
  bytes.writeUInt32BE(13, 8);
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';

it("a page that does not end is read so far, and no further", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const cases: [string, string, string, object][] = [
    ["without anything in it", "", "<p>x</p>", {}],
    ["with a head that does not end", `<head>${title}`, '<meta name="x" content="y">', titled],
    ["within a title", "<title>", "t", { "og:title": `${"t".repeat(199)}…` }],
    ["within a comment", `${title}<!--`, "comment ", titled],
    ["within an attribute", `${title}<meta content="`, "attribute ", titled],
    ["within a tag", `${title}<meta`, " a=b", titled],
    ["within a script", `${title}<script>`, "</p><title>other</title>", titled],
  ];
  for (const [what, start, then, expected] of cases) {
    for (const isPacked of [false, true]) {
      const sent = { bytes: 0 };
      const url = pages.put((response) => {
        const body = endless(start, then, sent);
        if (isPacked) body.pipe(createGzip()).pipe(html(response, { "content-encoding": "gzip" }));
        else body.pipe(html(response));
      });
      assert.deepEqual(await previewOf(alice, url), expected, `${what}, packed: ${isPacked}`);
      // What is packed comes further before it is known to be enough.
      assert.ok(sent.bytes < (isPacked ? 512 : 16) * MiB, `${what}: ${sent.bytes} bytes were sent`);
    }
  }
});

it("pages made to break parsers are told by what could be read", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const count = 30_000;
  const cases: [string, string, object][] = [
    ["deep nesting", `${title}${"<div>".repeat(count * 5)}`, titled],
    ["nesting before the title", `${"<b>".repeat(count)}${title}`, {}],
    ["closing tags of nothing", `${"</a></b></i>".repeat(count)}${title}`, titled],
    [
      "thousands of attributes",
      `<a ${Array.from({ length: count }, (_, n) => `a${n}=${n}`).join(" ")}>${title}`,
      titled,
    ],
    ["entities", `<title>${"&lt;&amp;".repeat(count)}</title>`, { "og:title": `${"<&".repeat(99)}<…` }],
    ["forms and paragraphs without end", `${title}${"<form><p><table><svg><foreignObject>".repeat(count)}`, titled],
    ["tags without end", `${title}${"<a ".repeat(count)}`, titled],
    [
      "nothing but signs",
      `${title}${"<".repeat(count)}${">".repeat(count)}${"&".repeat(count)}${'"'.repeat(count)}`,
      titled,
    ],
  ];
  for (const [what, body, expected] of cases) {
    const told = await previewOf(alice, pages.put(page(body)));
    assert.deepEqual(told, expected, what);
  }
});

it("thousands of members are a few", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const many = Array.from({ length: 5_000 }, (_, n) => `<meta property="og:made:up${n}" content="${n}">`).join("");
  const late = `<meta property="og:${"x".repeat(500)}" content="y"><meta property="og:description" content="late">`;
  const told = await previewOf(alice, pages.put(withHead(`${title}${many}${late}`)));
  assert.equal(Object.keys(told).length, 31);
  assert.deepEqual([told["og:title"], told["og:made:up0"]], ["Title", "0"]);
  const twice = `<meta property="og:title" content=""><meta property="og:title" content="1"><meta property="og:title" content="2">`;
  assert.deepEqual(await previewOf(alice, pages.put(withHead(twice))), { "og:title": "1" });
});

it("texts are plain, of one line, and short", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const cases: [string, string][] = [
    ["a<b>bold</b> <script>alert(1)</script>c", "a bold alert(1) c"],
    ["&lt;img src=x onerror=alert(1)&gt;x", "x"],
    ["&lt;&lt;b&gt;script&gt;x", "< script>x"],
    ["&lt;scr&lt;b&gt;ipt&gt;", "‹scr ipt>"],
    ["&lt;a href=", "‹a href="],
    ["1 &lt; 2 &gt; 0", "1 < 2 > 0"],
    ["a\u0000b&#7;c\u009fd\u202eevil\u2066", "a b c d evil".replace("d evil", "devil")],
    ["  many\n\n\tlines\u2028and\u00a0spaces  ", "many lines and spaces"],
    ["\u{1f600}".repeat(300), `${"\u{1f600}".repeat(199)}…`],
    ["&#xd800;&#x110000;x", "\ufffd\ufffdx"],
  ];
  for (const [written, expected] of cases) {
    const url = pages.put(page(`<meta charset="utf-8"><title>${written}</title>`));
    assert.equal((await previewOf(alice, url))["og:title"], expected, written);
  }
});

it("addresses that are none of the web are not told", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const head = [
    ["og:url", "javascript:alert(1)"],
    ["og:video", "file:///etc/passwd"],
    ["og:audio", "mxc://test/media"],
    ["og:video:url", "http://a:b@c.test/"],
    ["og:see_also", "https://ok.test/"],
    ["article:author", " JavaScript:alert(1)"],
    ["og:image", "javascript:alert(1)"],
    ["og:video:width", "12.5"],
    ["og:video:height", "-1"],
    ["matrix:image:size", "5"],
    ["og:image:type", "text/html"],
  ].map(([name, content]) => `<meta property="${name}" content="${content}">`);
  assert.deepEqual(await previewOf(alice, pages.put(withHead(title + head.join("")))), {
    ...titled,
    "og:see_also": "https://ok.test/",
  });
});

const latin = (text: string): Buffer => Buffer.from(text, "latin1");

it("characters are read as they are declared, or as they look", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const cases: [string, Buffer | string, string, string][] = [
    ["by the header", latin("<title>caf\u00e9</title>"), "text/html; charset=ISO-8859-1", "café"],
    ["by the page", latin('<meta charset="latin1"><title>caf\u00e9</title>'), "text/html", "café"],
    [
      "by the old way",
      latin('<meta http-equiv=x content="text/html; charset=windows-1251"><title>\u00e6</title>'),
      "text/html",
      "ж",
    ],
    ["by XML", latin('<?xml version="1.0" encoding="iso-8859-1"?><title>\u00e9</title>'), "application/xhtml+xml", "é"],
    ["by its mark, whatever it says", "\ufeff<title>café</title>", "text/html; charset=latin1", "café"],
    ["UTF-16 by its mark", Buffer.from("\ufeff<title>café</title>", "utf16le"), "text/html", "café"],
    ["a name that nobody knows", "<title>café</title>", "text/html; charset=nonsense", "café"],
    ["what cannot be true", '<meta charset="utf-16"><title>café</title>', "text/html", "café"],
    ["undeclared", latin("<title>caf\u00e9</title>"), "text/html", "café"],
    ["broken", latin("<title>caf\u00e9</title>"), "text/html; charset=utf-8", "caf\ufffd"],
    ["Japanese", Buffer.from("3c7469746c653e93fa967b3c2f7469746c653e", "hex"), "text/html; charset=Shift_JIS", "日本"],
  ];
  for (const [what, body, type, expected] of cases) {
    assert.deepEqual(await previewOf(alice, pages.put(page(body, type))), { "og:title": expected }, what);
  }
});

it("a page that is no text, or not whole, is told as nothing", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 7919) % 251));
  assert.deepEqual(await previewOf(alice, pages.put(page(bytes))), {});
  const broken = pages.put((response) => {
    html(response, { "content-length": "1000" }).write(title);
    response.destroy();
  });
  assert.equal(await refusalOf(alice, broken), "502 M_UNKNOWN");
  const unpacked = pages.put(page(title, "text/html", { "content-encoding": "gzip" }));
  assert.equal(await refusalOf(alice, unpacked), "502 M_UNKNOWN");
  const talkative = pages.put(page(title, "text/html", { "x-long": "x".repeat(20_000) }));
  assert.equal(await refusalOf(alice, talkative), "502 M_UNKNOWN");
});

it("an image that cannot be shown safely is none", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const fine = await previewOf(alice, pages.put(image(pages.put(page(pngOf(9, 8), "image/png")))));
  assert.deepEqual([fine["og:image:width"], fine["og:image:height"]], [9, 8]);
  const cases: [string, Page][] = [
    ["a picture with scripts", page(svg, "image/svg+xml")],
    ["one by another name", page(svg, "image/png")],
    ["a page", page(title)],
    ["a page by another name", page(title, "image/jpeg")],
    ["an image by another name", page(pngOf(9, 9), "text/html")],
    ["a bomb", page(pngOf(60_000, 60_000), "image/png")],
    ["without pixels", page(pngOf(0, 9), "image/png")],
    ["cut off", page(pngOf(9, 9).subarray(0, 20), "image/png")],
    ["empty", page("", "image/png")],
    ["not there", (response) => void response.writeHead(404, { "content-type": "image/png" }).end(pngOf(9, 9))],
    ["too large", page(Buffer.concat([pngOf(9, 9), Buffer.alloc(100_000)]), "image/png")],
    [
      "without end",
      (response) => {
        const body = endless(pngOf(9, 9).toString("latin1"), "x", { bytes: 0 });
        body.pipe(response.writeHead(200, { "content-type": "image/png" }));
      },
    ],
    ["elsewhere", (response) => void response.writeHead(302, { location: "http://127.0.0.2/" }).end()],
    [
      "JPEG of segments without end",
      page(
        Buffer.concat([Buffer.from("ffd8", "hex"), Buffer.alloc(300_000, Buffer.from("ffe00002", "hex"))]),
        "image/jpeg",
      ),
    ],
  ];
  for (const [what, answer] of cases) {
    assert.deepEqual(await previewOf(alice, pages.put(image(pages.put(answer)))), titled, what);
  }
  for (const url of [
    "data:image/png;base64,AAAA",
    "http://169.254.169.254/a.png",
    "http://127.0.0.2/",
    "http://[::1]/",
  ]) {
    assert.deepEqual(await previewOf(alice, pages.put(image(url))), titled, url);
  }
});

const json = (value: unknown): Page =>
  page(typeof value === "string" ? value : JSON.stringify(value), "application/json");

const redirect: Page = (response, { url = "" }) => void response.writeHead(302, { location: url }).end();

it("oEmbed leads no further than one answer", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const loop: Page = (response, { url = "" }) => oembed(url)(response, response.req);
  const cases: [string, Page][] = [
    ["to itself", loop],
    ["by redirects to itself", redirect],
    ["to what is no JSON", json("{")],
    ["to what is deep", json("[".repeat(60_000))],
    ["to what is long", json({ author_name: "Ann", more: "x".repeat(100_000) })],
    ["to no object", json("null")],
    [
      "to what is of other kinds",
      json({ title: 5, author_name: { a: 1 }, thumbnail_url: ["http://127.0.0.1"], type: null }),
    ],
    ["to pictures elsewhere", json({ type: "photo", url: "http://127.0.0.2/a.png" })],
  ];
  for (const [what, answer] of cases) {
    const url = pages.put(answer);
    assert.deepEqual(await previewOf(alice, pages.put(oembed(url))), titled, what);
    const isLoop = what === "by redirects to itself";
    assert.equal(pages.asked(url).length, isLoop ? 6 : 1, what);
  }
  assert.deepEqual(await previewOf(alice, pages.put(oembed("http://169.254.169.254/"))), titled);
});

it("redirects do not lead where nobody may go, and one reason looks like the other", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const targets = [
    "http://127.0.0.2/",
    "http://[::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/",
    "http://none.invalid/",
    "http://127.0.0.1:22/",
    "http://a:b@127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "",
  ];
  const texts = new Set<string>();
  for (const target of targets) {
    const url = pages.put(
      (response, { url: own = "" }) => void response.writeHead(302, { location: target || own }).end(),
    );
    const answer = await askPreview(alice, url);
    assert.deepEqual([answer.status, answer.json()["errcode"]], [502, "M_UNKNOWN"], target);
    texts.add(answer.text);
  }
  assert.equal(await refusalOf(alice, "http://127.0.0.2/"), "502 M_UNKNOWN");
  assert.equal(texts.size, 1);
});

const drip =
  (first: string): Page =>
  (response) => {
    html(response).write(first);
    const timer = setInterval(() => response.write("a"), 20);
    response.on("close", () => clearInterval(timer));
  };

it("a page that comes too slowly does not come", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const slow = [pages.put(drip("")), pages.put(drip(title)), pages.put(() => undefined)];
  assert.deepEqual(
    await Promise.all(slow.map(async (url) => await refusalOf(alice, url))),
    Array(3).fill("502 M_UNKNOWN"),
  );
});
