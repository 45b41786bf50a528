import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { imageLook } from "./image-type.ts";

const picture = sharp({ create: { width: 123, height: 45, channels: 4, background: "#0a08" } });

const made: Readonly<Record<string, Buffer>> = {
  png: await picture.png().toBuffer(),
  gif: await picture.gif().toBuffer(),
  jpeg: await picture
    .jpeg()
    .withExif({ IFD0: { Copyright: "x".repeat(5_000) } })
    .toBuffer(),
  webp: await picture.webp().toBuffer(),
  avif: await picture.avif({ effort: 0 }).toBuffer(),
};
const lossless = await picture.webp({ lossless: true }).toBuffer();
const opaque = await picture.removeAlpha().webp().toBuffer();
const progressive = await picture.jpeg({ progressive: true }).toBuffer();

test("images of the kinds that browsers show say what they are", () => {
  for (const [kind, bytes] of Object.entries(made)) {
    assert.deepEqual(imageLook(bytes), { contentType: `image/${kind}`, width: 123, height: 45 }, kind);
  }
  for (const bytes of [lossless, opaque, progressive]) {
    const { width, height } = imageLook(bytes) ?? {};
    assert.deepEqual([width, height], [123, 45]);
  }
});

test("cut off anywhere an image says the same or nothing", () => {
  for (const [kind, bytes] of Object.entries(made)) {
    const looks = Array.from({ length: Math.min(bytes.length, 6_000) }, (_, length) =>
      imageLook(bytes.subarray(0, length)),
    );
    assert.equal(looks[0], undefined);
    for (const look of looks) if (look) assert.deepEqual([look.width, look.height], [123, 45], kind);
  }
});

test("what is something else says nothing", () => {
  for (const text of [
    "",
    "<svg>",
    "<html>",
    "BM",
    "%PDF",
    "\u0089PNG\r\n\u001a\nxxxxJUNK",
    "RIFFxxxxWAVEfmt ",
    "xxxxftypmp42",
  ]) {
    assert.equal(imageLook(Buffer.from(text.padEnd(100, "\u0001"), "latin1")), undefined, text);
  }
});
