/*
 * Makes images smaller, in a thread of its own: decoding what strangers made is the riskiest thing that a server does, and
 * the slowest. Only the loaders of a few formats are on; SVG is a program, and not among them.
 */
import { parentPort } from "node:worker_threads";
import sharp, { type Metadata, type Sharp } from "sharp";
import type { ThumbnailJob, ThumbnailOutcome } from "./job.ts";

sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Nsgif", "Heif", "Tiff"].map((name) => `VipsForeignLoad${name}File`),
});

/** More frames than this are cut off: a second of video is no picture. */
const MAX_FRAMES = 200;
const ORIGINAL_FORMATS = ["jpeg", "png", "gif", "webp"];

parentPort?.on("message", (job: ThumbnailJob) => {
  void make(job).then((outcome) => parentPort?.postMessage(outcome, []));
});

async function make(job: ThumbnailJob): Promise<ThumbnailOutcome> {
  try {
    const metadata = await sharp(job.path, { limitInputPixels: job.maxPixels }).metadata();
    if (frameSize(metadata) > job.maxPixels) return { kind: "too large" };
    if (isSmallEnough(metadata, job)) return { kind: "original", contentType: `image/${metadata.format}` };
    return await resize(metadata, job);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return /pixel limit/i.test(reason) ? { kind: "too large" } : { kind: "no image", reason };
  }
}

const frameHeight = ({ height, pageHeight }: Metadata): number => pageHeight ?? height;
const frameSize = (metadata: Metadata): number => metadata.width * frameHeight(metadata);
const hasFrames = ({ pages = 1 }: Metadata): boolean => pages > 1;

/** An animation is its own thumbnail only for who asked for one. */
function isSmallEnough(metadata: Metadata, { width, height, isAnimated }: ThumbnailJob): boolean {
  if (!ORIGINAL_FORMATS.includes(metadata.format) || (hasFrames(metadata) && !isAnimated)) return false;
  // Turned as the camera says, which way does not matter here.
  const sides = [metadata.width, frameHeight(metadata)];
  return Math.max(...sides) <= Math.min(width, height);
}

async function resize(metadata: Metadata, job: ThumbnailJob): Promise<ThumbnailOutcome> {
  const pages = Math.min(metadata.pages ?? 1, MAX_FRAMES);
  const isAnimated = job.isAnimated && pages > 1 && frameSize(metadata) * pages <= job.maxPixels;
  const input = sharp(job.path, { limitInputPixels: job.maxPixels, pages: isAnimated ? pages : 1, failOn: "error" });
  const image = input.autoOrient().resize({
    width: job.width,
    height: job.height,
    fit: job.method === "crop" ? "cover" : "inside",
    withoutEnlargement: true,
  });
  const isWebp = isAnimated || metadata.hasAlpha;
  const bytes = await encode(image, isWebp).toBuffer();
  return { kind: "made", bytes, contentType: isWebp ? "image/webp" : "image/jpeg" };
}

const encode = (image: Sharp, isWebp: boolean): Sharp =>
  isWebp ? image.webp({ quality: 80, effort: 3 }) : image.jpeg({ quality: 80 });
