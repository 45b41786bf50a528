/** How an image is made smaller, in the words of the specification. */
export type Method = "crop" | "scale";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Boxes that scaled images fill: those that the text names, and one for large screens. */
const BOXES: readonly Size[] = [
  { width: 32, height: 32 },
  { width: 96, height: 96 },
  { width: 320, height: 240 },
  { width: 640, height: 480 },
  { width: 800, height: 600 },
  { width: 1600, height: 1200 },
];
/** What nothing fills: the image as it is. */
const BOUNDLESS: Size = { width: 32_768, height: 32_768 };
/** The longer side of an image that is cut. */
const LONG_SIDES: readonly number[] = [32, 64, 96, 128, 192, 256, 320, 480, 640, 800];
const LONG_SIDE_STEP = 400;

/**
 * The sizes that every server should have.
 * @see https://spec.matrix.org/v1.19/client-server-api/#thumbnails
 */
export const usualSizes: readonly (Size & { readonly method: Method })[] = [
  { width: 32, height: 32, method: "crop" },
  { width: 96, height: 96, method: "crop" },
  { width: 320, height: 240, method: "scale" },
  { width: 640, height: 480, method: "scale" },
  { width: 800, height: 600, method: "scale" },
];

/**
 * The size that is made for a client that asks for another: the next larger one of a few, so that a file is not made
 * small in a thousand ways. What is cut keeps the proportions that were asked for.
 */
export function sizeFor(wanted: Size, method: Method): Size {
  return method === "scale" ? boxFor(wanted) : cutFor(wanted);
}

/** As `sizeFor`, for a file of which there are many already: never smaller either, but of any proportions. */
export const boxFor = (wanted: Size): Size => BOXES.find((box) => isWithin(wanted, box)) ?? BOUNDLESS;

/** Not in whole pixels: a side that is rounded up takes a pixel from the other where the image is just large enough. */
function cutFor({ width, height }: Size): Size {
  const longer = Math.max(width, height);
  const side = LONG_SIDES.find((each) => each >= longer) ?? Math.ceil(longer / LONG_SIDE_STEP) * LONG_SIDE_STEP;
  return { width: (width * side) / longer, height: (height * side) / longer };
}

/**
 * The size of the thumbnail of an image; `undefined` when the image is its own, as it cannot be made smaller.
 *
 * - Scaled, it keeps its proportions, and neither side is below what is wanted while the image has as much. That one side
 *   is smaller, which the text says "scale" tries, gives way to what it says servers must not do.
 * - Cut, it has the proportions that are wanted, as large as the image allows.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#thumbnails
 */
export function fit(image: Size, wanted: Size, method: Method): Size | undefined {
  if (isWithin(image, wanted)) return undefined;
  if (method === "scale") {
    const factor = Math.max(wanted.width / image.width, wanted.height / image.height);
    return factor >= 1 ? undefined : times(image, factor);
  }
  return times(wanted, Math.min(1, image.width / wanted.width, image.height / wanted.height));
}

const isWithin = (size: Size, box: Size): boolean => size.width <= box.width && size.height <= box.height;

const times = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.round(width * factor)),
  height: Math.max(1, Math.round(height * factor)),
});
