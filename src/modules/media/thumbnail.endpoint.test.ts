import assert from "node:assert/strict";
import sharp from "sharp";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { animation, image, inFile, shapeOf, thumbnail, upload } from "./testing.ts";
import { asMovingPng } from "./testing-images.ts";

const it = homeserverTests({ media: { max_image_pixels: 4_000_000 } });

it("an image is scaled so that neither side is too small, and cut to proportions", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, await image().jpeg().toBuffer(), "image/jpeg");
  const scaled = await thumbnail(alice, name, { width: 300, height: 200, method: "scale" });
  assert.equal(scaled.status, 200, scaled.text);
  assert.deepEqual(await shapeOf(scaled.bytes), { width: 480, height: 240, format: "jpeg", pages: 1 });
  assert.equal(scaled.headers["content-type"], "image/jpeg");
  assert.equal(scaled.headers["content-disposition"], "inline; filename=thumbnail.jpeg");
  assert.equal(scaled.headers["content-length"], String(scaled.bytes.length));
  assert.equal(scaled.headers["vary"], "accept");
  const cut = await thumbnail(alice, name, { width: 90, height: 60, method: "crop" });
  assert.deepEqual(await shapeOf(cut.bytes), { width: 96, height: 64, format: "jpeg", pages: 1 });
  const byDefault = await thumbnail(alice, name, { width: 90, height: 90 });
  assert.deepEqual(await shapeOf(byDefault.bytes), { width: 192, height: 96, format: "jpeg", pages: 1 });
});

it("the sizes of the text are made as they are", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const photo = await image({ width: 1600, height: 1200 }).jpeg().toBuffer();
  const name = await upload(alice, photo, "image/jpeg");
  const asked = ["32x32 crop", "96x96 crop", "320x240 scale", "640x480 scale", "800x600 scale"];
  for (const size of asked) {
    const [width = 0, height = 0, method = ""] = size.split(/[x ]/);
    const { bytes } = await thumbnail(alice, name, { width, height, method });
    const shape = await shapeOf(bytes);
    assert.equal(`${shape.width}x${shape.height} ${method}`, size);
  }
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
  for (const [accept, format] of [
    [undefined, "png"],
    ["image/webp,*/*", "webp"],
  ] as const) {
    const { bytes } = await thumbnail(alice, name, { width: 320, height: 240 }, accept);
    assert.equal((await shapeOf(bytes)).format, format);
    assert.equal((await sharp(await inFile(bytes)).metadata()).hasAlpha, true);
  }
  const full = image({ channels: 4, background: { r: 9, g: 0, b: 0, alpha: 1 } });
  const opaque = await thumbnail(alice, await upload(alice, await full.png().toBuffer()), { width: 320, height: 240 });
  assert.equal(opaque.headers["content-type"], "image/jpeg");
  const tiny = await image({ width: 20, height: 10 }).png().toBuffer();
  const original = await thumbnail(alice, await upload(alice, tiny, "text/plain"), { width: 32, height: 32 });
  assert.ok(original.bytes.equals(tiny));
  assert.equal(original.headers["content-type"], "image/png");
  const large = await thumbnail(alice, name, { width: 5000, height: 5000 });
  assert.deepEqual(await shapeOf(large.bytes), { width: 1000, height: 500, format: "png", pages: 1 });
});

it("an animation moves for those alone who ask for it", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, await animation("gif", 2), "image/gif");
  const wanted = { width: 96, height: 96 };
  assert.equal((await shapeOf((await thumbnail(alice, name, wanted)).bytes)).pages, 1);
  assert.equal((await shapeOf((await thumbnail(alice, name, { ...wanted, animated: "false" })).bytes)).pages, 1);
  const moving = await thumbnail(alice, name, { ...wanted, animated: "true" });
  assert.deepEqual(await shapeOf(moving.bytes), { width: 192, height: 96, format: "webp", pages: 2 });
  const asGif = await thumbnail(alice, name, { ...wanted, animated: "true" }, "image/gif, image/png");
  assert.deepEqual(await shapeOf(asGif.bytes), { width: 192, height: 96, format: "gif", pages: 2 });
  const still = await upload(alice, await image().png().toBuffer());
  assert.equal((await shapeOf((await thumbnail(alice, still, { ...wanted, animated: "true" })).bytes)).pages, 1);
});

it("a small animation is its own thumbnail for those alone who want one that moves", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const png = await image({ width: 20, height: 10 }).png().toBuffer();
  const small = {
    apng: asMovingPng(png, 20, 10),
    webp: await animation("webp", 3, { width: 20, height: 10 }),
  };
  for (const [format, bytes] of Object.entries(small)) {
    const name = await upload(alice, bytes);
    const moving = await thumbnail(alice, name, { width: 32, height: 32, animated: true });
    assert.ok(moving.bytes.equals(bytes), format);
    for (const wish of [{}, { animated: false }]) {
      const still = await thumbnail(alice, name, { width: 32, height: 32, ...wish });
      assert.deepEqual(await shapeOf(still.bytes), { width: 20, height: 10, format: "jpeg", pages: 1 }, format);
    }
  }
});

it("a turned photograph is seen upright", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const turned = await image({ width: 400, height: 200 })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Artist: "somebody" } })
    .toBuffer();
  assert.ok(turned.includes("somebody"));
  const { bytes } = await thumbnail(alice, await upload(alice, turned), { width: 96, height: 96 });
  assert.deepEqual(await shapeOf(bytes), { width: 96, height: 192, format: "jpeg", pages: 1 });
  assert.ok(!bytes.includes("somebody"), "what the camera wrote down stays behind");
});

it("of one file some thumbnails are kept, and after that those of the usual sizes", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, await image({ background: "#123" }).jpeg().toBuffer());
  const cut = async (width: number, height: number) => {
    const { bytes } = await thumbnail(alice, name, { width, height, method: "crop" });
    const shape = await shapeOf(bytes);
    return [shape.width, shape.height];
  };
  for (let height = 1; height <= 64; height++) assert.deepEqual(await cut(128, height), [128, height]);
  assert.deepEqual(await cut(128, 65), [320, 240]);
  assert.deepEqual(await cut(128, 64), [128, 64], "those that are kept are given");
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
