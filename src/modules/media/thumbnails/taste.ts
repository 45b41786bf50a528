/**
 * What a client makes of WebP, by its `Accept`: says nothing of it (`usual`), names it, takes it but no JPEG, or does not
 * take it.
 */
export type Taste = "usual" | "webp" | "only-webp" | "no-webp";

/** The kinds of images that thumbnails are. */
export type Format = "jpeg" | "png" | "webp" | "gif";

/** The taste that a header `Accept` tells. */
export function tasteOf(accept: string | undefined): Taste {
  if (accept === undefined || accept.trim() === "") return "usual";
  const ranges = readRanges(accept);
  const takes = (type: string): boolean =>
    [type, "image/*", "*/*"].map((each) => ranges.get(each)).find((isTaken) => isTaken !== undefined) ?? false;
  if (!takes("image/webp")) return "no-webp";
  if (!ranges.has("image/webp")) return "usual";
  return takes("image/jpeg") ? "webp" : "only-webp";
}

/** The media ranges of a header, each with whether it is taken (`q` above 0). */
function readRanges(accept: string): ReadonlyMap<string, boolean> {
  const ranges = accept.split(",").map((range): [string, boolean] => {
    const [type = "", ...parameters] = range.split(";");
    return [type.trim().toLowerCase(), !parameters.some((each) => /^\s*q\s*=\s*0(\.0*)?\s*$/i.test(each))];
  });
  return new Map(ranges);
}

/**
 * The format of a thumbnail. Of still images the text knows JPEG and PNG, which everybody reads; of moving ones it prefers
 * WebP. WebP is a third of PNG in size: it is made for who names it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid
 */
export function formatFor(
  taste: Taste,
  { isMoving, isOpaque }: { readonly isMoving: boolean; readonly isOpaque: boolean },
): Format {
  if (isMoving) return taste === "no-webp" ? "gif" : "webp";
  if (taste === "only-webp") return "webp";
  if (isOpaque) return "jpeg";
  return taste === "webp" ? "webp" : "png";
}
