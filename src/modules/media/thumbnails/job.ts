import type { Method } from "./size.ts";

/** What a worker is to make. */
export interface ThumbnailJob {
  /** Of the image, on this machine's disk. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly method: Method;
  readonly isAnimated: boolean;
  /** Images of more pixels are not looked at, all frames counted. */
  readonly maxPixels: number;
}

/** What came of it. `original`: the image is no larger than what is wanted, and is its own thumbnail. */
export type ThumbnailOutcome =
  | { readonly kind: "made"; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: "original"; readonly contentType: string }
  | { readonly kind: "too large" }
  | { readonly kind: "no image"; readonly reason: string };
