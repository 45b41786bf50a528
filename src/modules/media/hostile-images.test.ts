/** Images that nobody made in good faith, or that few programs make: each has its answer, and nobody waits for them. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { deflateSync, gzipSync } from "node:zlib";
import type { TestClient } from "../../../test/support/client.ts";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { animation, image, inFile, outcomeOf, thumbnail, upload } from "./testing.ts";
import { asMovingPng, gifOf, pngChunk, pngThatSays, withPngChunks } from "./testing-images.ts";

const it = homeserverTests({});

const NO_IMAGE = "400 M_UNKNOWN";
const TOO_LARGE = "413 M_TOO_LARGE";
const JPEG = "200 image/jpeg";
const PNG = "200 image/png";
const GIF = "200 image/gif";
const WEBP = "200 image/webp";
/** How long a small request of somebody else waits at most while images are worked at, beyond what the machine's mood takes. */
const WAIT_LIMIT_MS = 50;
/** For so long the machine is watched while nothing is worked at. */
const WATCH_MS = 500;

const SCRIPT = "<script>alert(1)</script>";
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="999" height="999">${SCRIPT}</svg>`;
/** The pixels of a grey image of 100 megapixels. */
const zeros = Buffer.alloc(10_001 * 10_000);

interface Hostile {
  readonly bytes: Buffer;
  readonly expected: string;
  readonly isAnimated?: boolean;
}

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));
/** Of noise, so that half of the bytes is half of the image. */
const noise = (width = 600, height = 400) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });

const startingWith = (text: string): Buffer => Buffer.concat([Buffer.from(text, "latin1"), randomBytes(2000)]);

async function bombs(): Promise<Record<string, Hostile>> {
  const small = await image().png().toBuffer();
  const large = pngThatSays(10_000, 10_000, zeros);
  const text = Buffer.concat([Buffer.from("Comment\0\0", "latin1"), deflateSync(zeros, { level: 1 })]);
  const chunks = Array.from({ length: 20_000 }, () => pngChunk("tEXt", Buffer.from("a\0b")));
  return {
    "a PNG of 100 megapixels": { bytes: large, expected: TOO_LARGE },
    "a JPEG of 100 megapixels": { bytes: await hugeJpeg(), expected: TOO_LARGE },
    "a PNG of four gigapixels in a few bytes": {
      bytes: pngThatSays(65_500, 65_500, zeros.subarray(0, 9)),
      expected: TOO_LARGE,
    },
    "a small PNG whose image inflates to 100 MB": { bytes: pngThatSays(500, 500, zeros), expected: JPEG },
    "a small PNG whose text inflates to 100 MB": {
      bytes: withPngChunks(small, pngChunk("zTXt", text)),
      expected: JPEG,
    },
    "a PNG of twenty thousand chunks": { bytes: withPngChunks(small, ...chunks), expected: JPEG },
    "a GIF that says 65,535 by 65,535 and has one pixel": { bytes: gifOf(65_535, 65_535, 1), expected: GIF },
    "a GIF of five thousand frames": { bytes: gifOf(200, 200, 5_000), expected: JPEG },
    "a GIF of five thousand frames, to move": { bytes: gifOf(200, 201, 5_000), expected: WEBP, isAnimated: true },
    "a GIF of frames too large to move": { bytes: gifOf(1000, 1000, 100), expected: JPEG, isAnimated: true },
  };
}

const hugeJpeg = async (): Promise<Buffer> =>
  await image({ width: 10_000, height: 10_000 }).greyscale().jpeg().toBuffer();

async function broken(): Promise<Record<string, Hostile>> {
  const whole = {
    JPEG: await noise().jpeg().toBuffer(),
    PNG: await noise().png().toBuffer(),
    WebP: await noise().webp().toBuffer(),
    GIF: await noise().gif().toBuffer(),
    AVIF: await noise().avif({ effort: 0 }).toBuffer(),
  };
  const truncated = Object.entries(whole).map(([format, bytes]): [string, Hostile] => [
    `half a ${format}`,
    { bytes: half(bytes), expected: NO_IMAGE },
  ]);
  return {
    ...Object.fromEntries(truncated),
    "no bytes": { bytes: Buffer.alloc(0), expected: NO_IMAGE },
    "a PNG of no width": { bytes: pngThatSays(0, 100, Buffer.alloc(100)), expected: NO_IMAGE },
    "a GIF of no size": { bytes: gifOf(0, 0, 0), expected: NO_IMAGE },
    "the head of a JPEG": { bytes: startingWith("\xff\xd8\xff\xe0\0\x10JFIF\0"), expected: NO_IMAGE },
    "the head of a PNG": { bytes: startingWith("\x89PNG\r\n\x1a\n"), expected: NO_IMAGE },
    "the head of a WebP": { bytes: startingWith("RIFF\xff\xff\xff\xffWEBPVP8 "), expected: NO_IMAGE },
    noise: { bytes: randomBytes(5000), expected: NO_IMAGE },
  };
}

/** Formats that are refused by decision: browsers do not show them, and each decoder is one more to attack. */
async function unwanted(): Promise<Record<string, Hostile>> {
  const files: Record<string, Buffer> = {
    "a picture with scripts": Buffer.from(SVG),
    "a packed picture with scripts": gzipSync(SVG),
    "a page": Buffer.from(`<!doctype html>${SCRIPT}`),
    TIFF: await image().tiff().toBuffer(),
    HEIC: startingWith("\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    "JPEG XL": startingWith("\xff\x0a"),
    "JPEG 2000": startingWith("\0\0\0\x0cjP  \r\n\x87\n"),
    BMP: startingWith("BM"),
    PDF: startingWith("%PDF-1.7\n"),
    PostScript: startingWith("%!PS-Adobe-3.0\n"),
    "a video": startingWith("\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"),
    "instructions for a drawing program": Buffer.from(
      "push graphic-context\nimage over 0,0 0,0 'https://localhost/'\n",
    ),
    "the library's own format": startingWith("\x08\xf2\xa6\xb6"),
    "a table of numbers": Buffer.from("1 2 3\n4 5 6\n7 8 9\n"),
  };
  return Object.fromEntries(Object.entries(files).map(([what, bytes]) => [what, { bytes, expected: NO_IMAGE }]));
}

/** Rightful images of odd kinds. */
async function odd(): Promise<Record<string, Hostile>> {
  const png = await image().png().toBuffer();
  const jpeg = await image().jpeg().toBuffer();
  const profile = Buffer.concat([Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"), randomBytes(500)]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(profile.length + 2);
  const badProfile = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe2]), length, profile, jpeg.subarray(2)]);
  return {
    "a CMYK JPEG": { bytes: await image().toColourspace("cmyk").jpeg().toBuffer(), expected: JPEG },
    "a grey JPEG": { bytes: await image().greyscale().jpeg().toBuffer(), expected: JPEG },
    "a progressive JPEG": { bytes: await image().jpeg({ progressive: true }).toBuffer(), expected: JPEG },
    "a PNG of 16 bits": { bytes: await image().toColourspace("rgb16").png().toBuffer(), expected: JPEG },
    "a PNG of one bit": { bytes: await image().png({ palette: true, colours: 2 }).toBuffer(), expected: JPEG },
    AVIF: { bytes: await image().avif({ effort: 0 }).toBuffer(), expected: JPEG },
    "a JPEG whose colour profile is noise": { bytes: badProfile, expected: JPEG },
    "a JPEG with a page behind it": { bytes: Buffer.concat([jpeg, Buffer.from(SCRIPT)]), expected: JPEG },
    "a PNG with a page in it": {
      bytes: withPngChunks(png, pngChunk("tEXt", Buffer.from(`a\0${SCRIPT}`))),
      expected: JPEG,
    },
    "a GIF with a page behind it": {
      bytes: Buffer.concat([await image().gif().toBuffer(), Buffer.from(SCRIPT)]),
      expected: JPEG,
    },
    "a moving PNG": { bytes: asMovingPng(png, 1000, 500), expected: JPEG, isAnimated: true },
    "a moving WebP": { bytes: await animation("webp", 20), expected: WEBP, isAnimated: true },
    "one line of pixels": { bytes: await image({ width: 16_000, height: 1 }).png().toBuffer(), expected: PNG },
  };
}

const kinds = { bombs, broken, unwanted, odd };

for (const [kind, make] of Object.entries(kinds)) {
  const images = once(make);
  it(`${kind}: every image has its answer, and others do not wait meanwhile`, async (homeserver) => {
    const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
    const all = Object.entries(await images());
    const names: string[] = [];
    for (const [, { bytes }] of all) names.push(await upload(alice, bytes));
    const usual = await waitsDuring(bob, async () => await wait(WATCH_MS));
    const waits = await waitsDuring(bob, async () => {
      for (const [index, hostile] of all.entries()) await check(alice, names[index] ?? "", hostile);
    });
    const [longest, longestUsual] = [nearlyLongest(waits), nearlyLongest(usual)];
    assert.ok(
      longest < WAIT_LIMIT_MS + 2 * longestUsual,
      `${longest.toFixed(0)} ms, usually ${longestUsual.toFixed(0)}`,
    );
  });
}

async function check(client: TestClient, name: string, [what, { expected, isAnimated = false }]: [string, Hostile]) {
  const answer = await thumbnail(client, name, { width: 96, height: 96, animated: isAnimated });
  assert.equal(outcomeOf(answer), expected, what);
  if (answer.status !== 200) return;
  assert.ok(!answer.text.includes("<script"), `${what}: nothing of it but pixels is left`);
  const { space, depth, pages = 1 } = await sharp(await inFile(answer.bytes)).metadata();
  if (expected === JPEG) assert.deepEqual([space, depth, pages], ["srgb", "uchar", 1], what);
}

/** How long somebody else's small requests take, one after another, in milliseconds. */
async function waitsDuring(client: TestClient, work: () => Promise<void>): Promise<number[]> {
  const over = new AbortController();
  const working = work().finally(() => over.abort());
  const [waits] = await Promise.all([waitsUntil(over.signal, client), working]);
  return waits;
}

async function waitsUntil(over: AbortSignal, client: TestClient): Promise<number[]> {
  const waits: number[] = [];
  while (!over.aborted) {
    const start = performance.now();
    // As over a socket: the answer itself needs no turn of the event loop.
    await turn();
    await client.get("account/whoami");
    waits.push(performance.now() - start);
  }
  return waits;
}

/** The longest but one in fifty. */
function nearlyLongest(waits: readonly number[]): number {
  const sorted = waits.toSorted((a, b) => b - a);
  return sorted[Math.floor(sorted.length / 50)] ?? 0;
}

/** Makes it when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => await (made ??= make());
}
