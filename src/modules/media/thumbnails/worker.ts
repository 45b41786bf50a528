/*
 * Makes images smaller, in a thread of its own: decoding what strangers made is the riskiest thing that a server does, and
 * the slowest. Only the loaders of the formats that browsers show are on; SVG is a program, and not among them.
 */
import { parentPort } from "node:worker_threads";
import sharp, { type Metadata, type OutputInfo, type Sharp } from "sharp";
import { isMovingPng } from "./apng.ts";
import type { ThumbnailJob, ThumbnailOutcome } from "./job.ts";
import { fit, type Size } from "./size.ts";
import { type Format, formatFor } from "./taste.ts";

sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map((name) => `VipsForeignLoad${name}File`) });

/** More frames than this are cut off: a second of video is no picture. */
const MAX_FRAMES = 200;
/** What may be its own thumbnail: https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid */
const ORIGINAL_FORMATS = ["jpeg", "png", "gif", "webp"];

parentPort?.on("message", (job: ThumbnailJob) => {
  void make(job).then((outcome) => parentPort?.postMessage(outcome, []));
});

async function make(job: ThumbnailJob): Promise<ThumbnailOutcome> {
  try {
    const metadata = await sharp(job.path, { limitInputPixels: job.maxPixels }).metadata();
    if (frameSize(metadata) > job.maxPixels) return { kind: "too large" };
    const size = fit(turned(metadata), job, job.method);
    if (!size && (await mayBeItself(metadata, job))) return { kind: "original", contentType: typeOf(metadata.format) };
    return await resize(metadata, size ?? turned(metadata), job);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return /pixel limit/i.test(reason) ? { kind: "too large" } : { kind: "no image", reason };
  }
}

const typeOf = (format: string): string => `image/${format}`;
const frameHeight = ({ height, pageHeight }: Metadata): number => pageHeight ?? height;
const frameSize = (metadata: Metadata): number => metadata.width * frameHeight(metadata);
const hasFrames = ({ pages = 1 }: Metadata): boolean => pages > 1;

/** The size as it is seen: cameras write down how they were held. Of the eight ways, the last four swap the sides. */
function turned(metadata: Metadata): Size {
  const [width, height] = [metadata.width, frameHeight(metadata)];
  return (metadata.orientation ?? 1) > 4 ? { width: height, height: width } : { width, height };
}

/** An animation is its own thumbnail only for who asked for one. */
async function mayBeItself(metadata: Metadata, { path, isAnimated }: ThumbnailJob): Promise<boolean> {
  if (!ORIGINAL_FORMATS.includes(metadata.format)) return false;
  if (isAnimated) return true;
  return !hasFrames(metadata) && !(metadata.format === "png" && (await isMovingPng(path)));
}

async function resize(metadata: Metadata, size: Size, job: ThumbnailJob): Promise<ThumbnailOutcome> {
  const pages = Math.min(metadata.pages ?? 1, MAX_FRAMES);
  const isMoving = job.isAnimated && pages > 1 && frameSize(metadata) * pages <= job.maxPixels;
  const input = sharp(job.path, { limitInputPixels: job.maxPixels, pages: isMoving ? pages : 1, failOn: "error" });
  const image = input.autoOrient().resize({ ...size, fit: job.method === "crop" ? "cover" : "fill" });
  if (isMoving) return await encode(image, formatFor(job.taste, { isMoving, isOpaque: false }));
  if (!metadata.hasAlpha) return await encode(image, formatFor(job.taste, { isMoving, isOpaque: true }));
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const isOpaque = isFull(data, info);
  const { width, height, channels } = info;
  const pixels = sharp(data, { raw: { width, height, channels } });
  return await encode(isOpaque ? pixels.removeAlpha() : pixels, formatFor(job.taste, { isMoving, isOpaque }));
}

/** Whether nothing shines through: most images that could be transparent are not. */
function isFull(pixels: Uint8Array, { channels }: OutputInfo): boolean {
  for (let at = channels - 1; at < pixels.length; at += channels) if (pixels[at] !== 255) return false;
  return true;
}

async function encode(image: Sharp, format: Format): Promise<ThumbnailOutcome> {
  return { kind: "made", bytes: await encoders[format](image).toBuffer(), contentType: typeOf(format) };
}

const encoders: Readonly<Record<Format, (image: Sharp) => Sharp>> = {
  jpeg: (image) => image.jpeg({ quality: 80 }),
  png: (image) => image.png(),
  webp: (image) => image.webp({ quality: 80, effort: 3 }),
  gif: (image) => image.gif(),
};
