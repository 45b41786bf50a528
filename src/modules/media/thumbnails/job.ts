import type { Method, Size } from "./size.ts";
import type { Taste } from "./taste.ts";

/** What a worker is to make. */
export interface ThumbnailJob extends Size {
  /** Of the image, on this machine's disk. */
  readonly path: string;
  readonly method: Method;
  /** Whether an animation may stay one; otherwise its first frame is taken. */
  readonly isAnimated: boolean;
  readonly taste: Taste;
  /** Images of more pixels are not looked at; of an animation that stays one, all frames count. */
  readonly maxPixels: number;
}

/** What came of it. `original`: the image is no larger than what is wanted, and is its own thumbnail. */
export type ThumbnailOutcome =
  | { readonly kind: "made"; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: "original"; readonly contentType: string }
  | { readonly kind: "too large" }
  | { readonly kind: "no image"; readonly reason: string };
