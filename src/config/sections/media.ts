import { join, resolve } from "node:path";
import { Type } from "typebox";
import { section } from "../section.ts";
import { durationSchema, parseDuration, parseSize, sizeSchema } from "../units.ts";
import { type MediaScannerConfig, mediaScannerSchema, toMediaScanner } from "./media-scanner.ts";
import { toUrlPreviews, type UrlPreviewsConfig, urlPreviewsSchema } from "./url-previews.ts";

export type MediaConfig = {
  /** Absolute path. */
  readonly directory: string;
  readonly maxUploadBytes: number;
  /** Bytes that a user may have uploaded in all; `undefined` = no limit. */
  readonly quotaBytes: number | undefined;
  /** How many media IDs of a user may wait for their upload. */
  readonly maxPendingUploads: number;
  /** How long such a media ID waits. */
  readonly pendingLifetimeMs: number;
  /** Media made before this time are given to those who are not logged in; ms since the epoch, 0 = none, `Infinity` = all. */
  readonly openUntil: number;
  /** An image of more pixels has no thumbnail. */
  readonly maxImagePixels: number;
  /** An image that takes longer to be made small has no thumbnail. */
  readonly thumbnailTimeLimitMs: number;
  readonly areThumbnailsMadeAtUpload: boolean;
  /** `undefined` = files are not scanned. */
  readonly scanner: MediaScannerConfig | undefined;
  readonly urlPreviews: UrlPreviewsConfig;
};

export const media = section({
  key: "media",
  schema: Type.Object(
    {
      directory: Type.Union([Type.Null(), Type.String({ minLength: 1 })], {
        default: null,
        description: "Where files are kept; by default `media` in `data_dir`.",
        examples: ["/srv/media"],
      }),
      max_upload_bytes: sizeSchema("The largest file that may be uploaded.", "100M"),
      quota_per_user: Type.Union([Type.Null(), sizeSchema("", "10G")], {
        default: null,
        description: "What a user may have uploaded in all, such as `10G`; `null`: no limit.",
      }),
      max_pending_uploads: Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 50,
        description: "How many media of a user may be announced and not uploaded yet.",
      }),
      pending_lifetime: durationSchema("How long an announced medium waits for its upload.", "1d"),
      unauthenticated: Type.Union(
        [
          Type.Literal("none"),
          Type.Literal("all"),
          Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", formName: "`none`, `all` or a date such as 2026-11-24" }),
        ],
        {
          default: "none",
          description:
            "Which media are given to those who are not logged in, by the paths of before v1.11: `none`, `all`, or those uploaded before a date (UTC).",
        },
      ),
      max_image_pixels: Type.Integer({
        minimum: 1,
        default: 50_000_000,
        description:
          "Images of more pixels get no thumbnails: width times height. Animations with more, all frames together, get ones that stand still.",
      }),
      thumbnail_time_limit: durationSchema("An image that takes longer to be made small gets no thumbnail.", "20s"),
      thumbnails_at_upload: Type.Boolean({
        default: false,
        description:
          "Whether thumbnails of the usual sizes are made of every uploaded image; others, or otherwise all, are made when they are first asked for.",
      }),
      scanner: mediaScannerSchema,
      url_previews: urlPreviewsSchema,
    },
    { additionalProperties: false, default: {}, description: "Files that users upload." },
  ),
  resolve: (written, { folder, dataDir, problem }): MediaConfig => ({
    directory: written.directory === null ? join(dataDir, "media") : resolve(folder, written.directory),
    maxUploadBytes: parseSize(written.max_upload_bytes),
    quotaBytes: written.quota_per_user === null ? undefined : parseSize(written.quota_per_user),
    maxPendingUploads: written.max_pending_uploads,
    pendingLifetimeMs: parseDuration(written.pending_lifetime),
    openUntil: openUntil(written.unauthenticated, () => problem(["unauthenticated"], "is no date of the calendar")),
    maxImagePixels: written.max_image_pixels,
    thumbnailTimeLimitMs: parseDuration(written.thumbnail_time_limit),
    areThumbnailsMadeAtUpload: written.thumbnails_at_upload,
    scanner: toMediaScanner(written.scanner, { folder, problem }),
    urlPreviews: toUrlPreviews(written.url_previews, problem),
  }),
});

function openUntil(written: string, notADate: () => void): number {
  if (written === "none") return 0;
  if (written === "all") return Number.POSITIVE_INFINITY;
  const time = Date.parse(`${written}T00:00:00Z`);
  if (Number.isNaN(time)) notADate();
  return time;
}
