import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import sharp, { type Create } from "sharp";
import type { TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ media: { max_image_pixels: 4_000_000 } });

const folder = await mkdtemp(join(tmpdir(), "heddle-images-"));
after(async () => await rm(folder, { recursive: true }));

const red: Create = { width: 1000, height: 500, channels: 3, background: "#c00" };
const image = (create: Partial<Create> = {}) => sharp({ create: { ...red, ...create } });

async function upload(client: TestClient, bytes: Buffer, type = "image/png"): Promise<string> {
  const headers = { "content-type": type };
  const answer = await client.sendBytes("POST", "/_matrix/media/v3/upload", { bytes, headers });
  return String(answer.json()["content_uri"]).slice("mxc://".length);
}

async function thumbnail(client: TestClient, name: string, query: Readonly<Record<string, string | number>>) {
  const asked = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  return await client.sendBytes("GET", `/_matrix/client/v1/media/thumbnail/${name}?${asked.toString()}`, {});
}

/** By way of a file: the server lets the whole process read images of files alone. */
async function inFile(bytes: Buffer): Promise<string> {
  const path = join(folder, randomUUID());
  await writeFile(path, bytes);
  return path;
}

async function sizeOf(bytes: Buffer) {
  const read = sharp(await inFile(bytes), { pages: -1 });
  const { width, height, pageHeight, format, pages = 1 } = await read.metadata();
  return { width, height: pageHeight ?? height, format, pages };
}

it("an image is scaled into the next larger box, and cut to proportions", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, await image().jpeg().toBuffer(), "image/jpeg");
  const scaled = await thumbnail(alice, name, { width: 300, height: 200, method: "scale" });
  assert.equal(scaled.status, 200, scaled.text);
  assert.deepEqual(await sizeOf(scaled.bytes), { width: 320, height: 160, format: "jpeg", pages: 1 });
  assert.equal(scaled.headers["content-type"], "image/jpeg");
  assert.equal(scaled.headers["content-disposition"], "inline; filename=thumbnail.jpeg");
  assert.equal(scaled.headers["content-length"], String(scaled.bytes.length));
  const cut = await thumbnail(alice, name, { width: 90, height: 90, method: "crop" });
  assert.deepEqual(await sizeOf(cut.bytes), { width: 96, height: 96, format: "jpeg", pages: 1 });
  const byDefault = await thumbnail(alice, name, { width: 90, height: 90 });
  assert.deepEqual(await sizeOf(byDefault.bytes), { width: 96, height: 48, format: "jpeg", pages: 1 });
});

it("a thumbnail is made once and is there after a restart", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, await image().png().toBuffer());
  const wanted = { width: 64, height: 64 };
  const answers = await Promise.all([1, 2, 3].map(async () => await thumbnail(alice, name, wanted)));
  await homeserver.restart();
  answers.push(await thumbnail(alice, name, wanted));
  assert.equal(new Set(answers.map(({ headers }) => headers["etag"])).size, 1);
  assert.ok(answers.every(({ status }) => status === 200));
});

it("what is transparent stays so, and nothing is made larger", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const clear = image({ channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } });
  const name = await upload(alice, await clear.png().toBuffer());
  const { bytes } = await thumbnail(alice, name, { width: 320, height: 240 });
  assert.equal((await sizeOf(bytes)).format, "webp");
  assert.equal((await sharp(await inFile(bytes)).metadata()).hasAlpha, true);
  const tiny = await image({ width: 20, height: 10 }).png().toBuffer();
  const original = await thumbnail(alice, await upload(alice, tiny, "text/plain"), { width: 32, height: 32 });
  assert.ok(original.bytes.equals(tiny));
  assert.equal(original.headers["content-type"], "image/png");
  const large = await thumbnail(alice, name, { width: 5000, height: 5000 });
  assert.deepEqual(await sizeOf(large.bytes), { width: 1000, height: 500, format: "png", pages: 1 });
});

it("an animation moves for those alone who ask for it", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const frames = await Promise.all(
    ["#f00", "#0f0"].map(async (background) => await inFile(await image({ background }).png().toBuffer())),
  );
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const name = await upload(alice, gif, "image/gif");
  const wanted = { width: 96, height: 96 };
  assert.equal((await sizeOf((await thumbnail(alice, name, wanted)).bytes)).pages, 1);
  assert.equal((await sizeOf((await thumbnail(alice, name, { ...wanted, animated: "false" })).bytes)).pages, 1);
  const moving = await thumbnail(alice, name, { ...wanted, animated: "true" });
  assert.deepEqual(await sizeOf(moving.bytes), { width: 96, height: 48, format: "webp", pages: 2 });
  const still = await upload(alice, await image().png().toBuffer());
  assert.equal((await sizeOf((await thumbnail(alice, still, { ...wanted, animated: "true" })).bytes)).pages, 1);
});

it("hostile images are refused by name, and the server goes on", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const whole = await image().png().toBuffer();
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
  );
  const hostile: [string, Buffer, string][] = [
    ["a bomb", await image({ width: 10_000, height: 10_000 }).png().toBuffer(), "413 M_TOO_LARGE"],
    ["cut off", whole.subarray(0, whole.length / 2), "400 M_UNKNOWN"],
    ["a picture with scripts", svg, "400 M_UNKNOWN"],
    ["text", Buffer.from("hello"), "400 M_UNKNOWN"],
    ["nothing", Buffer.alloc(0), "400 M_UNKNOWN"],
  ];
  for (const [what, bytes, expected] of hostile) {
    const answer = await thumbnail(alice, await upload(alice, bytes), { width: 96, height: 96 });
    assert.equal(`${answer.status} ${String(answer.json()["errcode"])}`, expected, what);
  }
  const name = await upload(alice, whole);
  assert.equal((await thumbnail(alice, name, { width: 96, height: 96 })).status, 200);
});

it("sizes that make no sense are refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, await image().png().toBuffer());
  for (const width of ["-1", "0", "1.5", "x", "100000000"]) {
    const answer = await thumbnail(alice, name, { width, height: 96 });
    assert.deepEqual([answer.status, answer.json()["errcode"]], [400, "M_INVALID_PARAM"], width);
  }
  assert.equal((await thumbnail(alice, name, { width: 96 })).json()["errcode"], "M_MISSING_PARAM");
  assert.equal(
    (await thumbnail(alice, name, { width: 9, height: 9, method: "x" })).json()["errcode"],
    "M_INVALID_PARAM",
  );
});
