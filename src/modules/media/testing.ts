/** What tests of media have in common. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import sharp, { type Create, type Sharp } from "sharp";
import type { TestClient, WholeAnswer } from "../../../test/support/client.ts";

/** Uploads bytes; gives `server/mediaId`. */
export async function upload(client: TestClient, bytes: Buffer, type = "image/png"): Promise<string> {
  const headers = { "content-type": type };
  const answer = await client.sendBytes("POST", "/_matrix/media/v3/upload", { bytes, headers });
  assert.equal(answer.status, 200, answer.text);
  return String(answer.json()["content_uri"]).slice("mxc://".length);
}

type Query = Readonly<Record<string, string | number | boolean>>;

/** Asks for a thumbnail, with an `Accept` where there is one. */
export async function thumbnail(client: TestClient, name: string, query: Query, accept?: string): Promise<WholeAnswer> {
  const asked = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  const headers = accept === undefined ? {} : { accept };
  return await client.sendBytes("GET", `/_matrix/client/v1/media/thumbnail/${name}?${asked.toString()}`, { headers });
}

/** `413 M_TOO_LARGE`, or `200` and the type. */
export const outcomeOf = (answer: WholeAnswer): string =>
  `${answer.status} ${String(answer.status === 200 ? answer.headers["content-type"] : answer.json()["errcode"])}`;

/** An image of one colour, 1000 by 500 unless said otherwise. */
export const image = (create: Partial<Create> = {}): Sharp =>
  sharp({ create: { width: 1000, height: 500, channels: 3, background: "#c00", ...create } });

const folder = await mkdtemp(join(tmpdir(), "heddle-images-"));
after(async () => await rm(folder, { recursive: true }));

/** By way of a file: the server lets the whole process read images of files alone. */
export async function inFile(bytes: Buffer): Promise<string> {
  const path = join(folder, randomUUID());
  await writeFile(path, bytes);
  return path;
}

/** What an image is: its size, format and frames. */
export async function shapeOf(bytes: Buffer) {
  const { width, height, pageHeight, format, pages = 1 } = await sharp(await inFile(bytes), { pages: -1 }).metadata();
  return { width, height: pageHeight ?? height, format, pages };
}

/** An animation of so many frames, each of another grey. */
export async function animation(format: "gif" | "webp", frameCount: number, create: Partial<Create> = {}) {
  const frames = Array.from({ length: frameCount }, async (_, index) => {
    const level = Math.floor((index * 255) / frameCount);
    return await inFile(
      await image({ ...create, background: { r: level, g: level, b: 90 } })
        .png()
        .toBuffer(),
    );
  });
  return await sharp(await Promise.all(frames), { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
}
