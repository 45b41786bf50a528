/** How an image is made smaller, in the words of the specification. */
export type Method = "crop" | "scale";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Boxes that images are scaled into: those that the text names, and one for large screens. */
const BOXES: readonly Size[] = [
  { width: 32, height: 32 },
  { width: 96, height: 96 },
  { width: 320, height: 240 },
  { width: 640, height: 480 },
  { width: 800, height: 600 },
  { width: 1600, height: 1200 },
];
const LARGEST: Size = { width: 1600, height: 1200 };
const CROP_STEP = 32;

/**
 * The size that is made for a client that asks for another: the next larger one of a few, so that nobody can have a file
 * made small in a thousand ways. Crops keep about the proportions that were asked for.
 * @see https://spec.matrix.org/v1.19/client-server-api/#thumbnails
 */
export function sizeFor({ width, height }: Size, method: Method): Size {
  if (method === "scale") return BOXES.find((box) => box.width >= width && box.height >= height) ?? LARGEST;
  const factor = Math.min(1, LARGEST.width / width, LARGEST.height / height);
  return { width: roundUp(width * factor), height: roundUp(height * factor) };
}

/** Of whole pixels: what is 1600 but for the inaccuracy of the factor is 1600. */
const roundUp = (length: number): number => Math.max(CROP_STEP, Math.ceil(Math.round(length) / CROP_STEP) * CROP_STEP);
