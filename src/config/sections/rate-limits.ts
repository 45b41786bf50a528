import { type Static, Type } from "typebox";
import { type Bucket, defaultRateLimits, type RateLimits } from "../../http/rate-limits.ts";
import { section } from "../section.ts";

/** What a bucket has that is off by default and named without a member. */
const unlimited: Bucket = { perSecond: 1000, burst: 1000 };

function bucket(description: string, byDefault: Bucket | undefined) {
  const { perSecond, burst } = byDefault ?? unlimited;
  return Type.Union(
    [
      Type.Literal("off"),
      Type.Object(
        {
          per_second: Type.Number({ exclusiveMinimum: 0, default: perSecond }),
          burst: Type.Integer({ minimum: 1, default: burst }),
        },
        { additionalProperties: false },
      ),
    ],
    { default: { per_second: perSecond, burst }, description },
  );
}

const buckets = Type.Object(
  {
    message: bucket("Sending events, by user.", defaultRateLimits.message),
    login: bucket("Logging in, by address and by account.", defaultRateLimits.login),
    registration: bucket("Making accounts, by address.", defaultRateLimits.registration),
    validation: bucket(
      "Asking for mails and text messages that confirm an address: by network address, by account, and by the address to confirm.",
      defaultRateLimits.validation,
    ),
    join: bucket("Joining rooms, by user.", defaultRateLimits.join),
    invite: bucket("Inviting, by user.", defaultRateLimits.invite),
    create_room: bucket("Making rooms, by user.", defaultRateLimits.createRoom),
    report: bucket("Reporting events, rooms and users, by user.", defaultRateLimits.report),
    media: bucket("Uploading and announcing media, by user.", defaultRateLimits.media),
    download: bucket("Downloading media and previews of pictures, by user or address.", defaultRateLimits.download),
    reading: bucket(
      "Look-ups that the specification wants limited (threads, spaces, events by time, who one is), by user or address.",
      defaultRateLimits.reading,
    ),
    writing: bucket(
      "What clients write beside events (typing, receipts, key backups) and leaving rooms, by user.",
      defaultRateLimits.writing,
    ),
    url_preview: bucket("Asking for previews of web pages, by user.", defaultRateLimits.urlPreview),
    federation: bucket("Requests of another server, by server.", defaultRateLimits.federation),
  },
  { additionalProperties: false },
);

export const rateLimits = section({
  key: "rate_limits",
  schema: Type.Union([Type.Literal("default"), Type.Literal("off"), buckets], {
    default: "default",
    description:
      "`default`, `off` (for tests and load drivers), or settings per bucket: `{message: {per_second: 10, burst: 100}, login: off}`; a bucket that is not named keeps its default.",
  }),
  resolve: (written): RateLimits => {
    if (written === "off") return allOff;
    return written === "default" ? defaultRateLimits : fromBuckets(written);
  },
});

type Written = Static<typeof buckets>;

function fromBuckets(written: Written): RateLimits {
  return {
    message: toBucket(written.message),
    login: toBucket(written.login),
    registration: toBucket(written.registration),
    validation: toBucket(written.validation),
    join: toBucket(written.join),
    invite: toBucket(written.invite),
    createRoom: toBucket(written.create_room),
    report: toBucket(written.report),
    media: toBucket(written.media),
    download: toBucket(written.download),
    reading: toBucket(written.reading),
    writing: toBucket(written.writing),
    urlPreview: toBucket(written.url_preview),
    federation: toBucket(written.federation),
  };
}

function toBucket(written: Written["message"]): Bucket | undefined {
  return written === "off" ? undefined : { perSecond: written.per_second, burst: written.burst };
}

const allOff: RateLimits = {
  message: undefined,
  login: undefined,
  registration: undefined,
  validation: undefined,
  join: undefined,
  invite: undefined,
  createRoom: undefined,
  report: undefined,
  media: undefined,
  download: undefined,
  reading: undefined,
  writing: undefined,
  urlPreview: undefined,
  federation: undefined,
};
