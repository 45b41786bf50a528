import { join, resolve } from "node:path";
import { type Static, Type } from "typebox";
import { type ResolveContext, section } from "../section.ts";
import { durationSchema, parseDuration, parseSize, sizeSchema } from "../units.ts";
import { type MediaScannerConfig, mediaScannerSchema, toMediaScanner } from "./media-scanner.ts";
import { toUrlPreviews, type UrlPreviewsConfig, urlPreviewsSchema } from "./url-previews.ts";

export type MediaConfig = {
  /** Absolute path. Where files are kept, or where they lie on their way into the bucket. */
  readonly directory: string;
  /** Where files are kept instead of `directory`. */
  readonly s3: S3Config | undefined;
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

const text = (description: string) =>
  Type.Union([Type.Null(), Type.String({ minLength: 1 })], { default: null, description });

/** A bucket of S3. */
export type S3Config = {
  readonly bucket: string;
  readonly region: string;
  /** `undefined` = Amazon's. */
  readonly endpoint: string | undefined;
  /** `undefined` = found as Amazon's programs do. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Before the names of all objects: `''` or with a slash at the end. */
  readonly prefix: string;
  readonly isPathStyle: boolean;
  readonly redirect: boolean;
};

const s3 = Type.Object(
  {
    bucket: text("The bucket; required with `store: s3`."),
    region: Type.String({ minLength: 1, default: "us-east-1", description: "The region of the bucket." }),
    endpoint: Type.Union([Type.Null(), Type.String({ pattern: "^https?://.+$", formName: "a URL" })], {
      default: null,
      description: "The address of the service, such as `https://minio.example.org`; `null`: Amazon's.",
    }),
    access_key_id: text("The name of the access key; `null`: found as Amazon's programs find it."),
    secret_access_key: text("The secret of the access key, such as `${S3_SECRET}`."),
    prefix: Type.String({
      pattern: "^([\\w.-]+/)*$",
      formName: "names with a slash after each",
      default: "",
      description: "What stands before the names of all objects, such as `media/`.",
    }),
    path_style: Type.Boolean({
      default: false,
      description: "Whether the bucket stands in the path of URLs rather than in the host: many services need it.",
    }),
    redirect: Type.Boolean({
      default: false,
      description: "Whether clients that say `allow_redirect=true` are sent to the bucket, by signed URLs.",
    }),
  },
  { additionalProperties: false, default: {}, description: "The bucket, with `store: s3`." },
);

export const media = section({
  key: "media",
  schema: Type.Object(
    {
      store: Type.Union([Type.Literal("file"), Type.Literal("s3")], {
        default: "file",
        description: "Where files are kept: in `directory`, or in a bucket of S3 or of what speaks its protocol.",
      }),
      directory: Type.Union([Type.Null(), Type.String({ minLength: 1 })], {
        default: null,
        description: "Where files are kept, or lie on their way into the bucket; by default `media` in `data_dir`.",
        examples: ["/srv/media"],
      }),
      s3,
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
    s3: written.store === "s3" ? toS3(written, problem) : undefined,
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

/** The largest object that can be sent as one. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

interface Written {
  readonly s3: Static<typeof s3>;
  readonly max_upload_bytes: string | number;
}

function toS3({ s3: written, max_upload_bytes }: Written, problem: ResolveContext["problem"]): S3Config {
  const { bucket, region, endpoint, prefix, path_style, redirect } = written;
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = written;
  if (bucket === null) problem(["s3", "bucket"], "is needed with `store: s3`");
  if ((accessKeyId === null) !== (secretAccessKey === null))
    problem(["s3", "access_key_id"], "and `secret_access_key` go together");
  if (parseSize(max_upload_bytes) > MAX_OBJECT_BYTES)
    problem(["max_upload_bytes"], "may be 5G at most with `store: s3`");
  return {
    bucket: bucket ?? "",
    region,
    endpoint: endpoint ?? undefined,
    credentials: accessKeyId === null || secretAccessKey === null ? undefined : { accessKeyId, secretAccessKey },
    prefix,
    isPathStyle: path_style,
    redirect,
  };
}

function openUntil(written: string, notADate: () => void): number {
  if (written === "none") return 0;
  if (written === "all") return Number.POSITIVE_INFINITY;
  const time = Date.parse(`${written}T00:00:00Z`);
  if (Number.isNaN(time)) notADate();
  return time;
}
