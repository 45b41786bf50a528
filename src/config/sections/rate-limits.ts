import { type Static, Type } from "typebox";
import type { LimitClass } from "../../http/endpoint.ts";
import { section } from "../section.ts";

/** A bucket lets `burst` requests through at once and fills again at `perSecond`. */
export type Bucket = { readonly perSecond: number; readonly burst: number };

/** `undefined` = no limit. One bucket for each class of `LimitClass` but `none`. */
export type RateLimitsConfig = Readonly<Record<Exclude<LimitClass, "none">, Bucket | undefined>>;

function bucket(description: string, perSecond: number, burst: number) {
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
    message: bucket("Sending events, by user.", 10, 100),
    login: bucket("Logging in, by address and by account.", 0.2, 10),
    registration: bucket("Making accounts, by address.", 0.2, 10),
    join: bucket("Joining rooms, by user.", 1, 30),
    invite: bucket("Inviting, by user.", 1, 30),
    create_room: bucket("Making rooms, by user.", 0.2, 20),
    federation: bucket("Requests of another server, by server.", 100, 500),
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
  resolve: (written): RateLimitsConfig => {
    if (written === "off") return allOff;
    return written === "default" ? defaults : fromBuckets(written);
  },
});

type Written = Static<typeof buckets>;

function fromBuckets(written: Written): RateLimitsConfig {
  return {
    message: toBucket(written.message),
    login: toBucket(written.login),
    registration: toBucket(written.registration),
    join: toBucket(written.join),
    invite: toBucket(written.invite),
    createRoom: toBucket(written.create_room),
    federation: toBucket(written.federation),
  };
}

function toBucket(written: Written["message"]): Bucket | undefined {
  return written === "off" ? undefined : { perSecond: written.per_second, burst: written.burst };
}

const allOff: RateLimitsConfig = {
  message: undefined,
  login: undefined,
  registration: undefined,
  join: undefined,
  invite: undefined,
  createRoom: undefined,
  federation: undefined,
};

const defaults: RateLimitsConfig = {
  message: { perSecond: 10, burst: 100 },
  login: { perSecond: 0.2, burst: 10 },
  registration: { perSecond: 0.2, burst: 10 },
  join: { perSecond: 1, burst: 30 },
  invite: { perSecond: 1, burst: 30 },
  createRoom: { perSecond: 0.2, burst: 20 },
  federation: { perSecond: 100, burst: 500 },
};
