import { boundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import type { LimitClass } from "./endpoint.ts";
import { limitExceeded } from "./errors.ts";

/**
 * How this works: the generic cell rate algorithm keeps one number for each key, the time at which its bucket will be
 * full again. A request adds the time that refilling it takes; it is refused when that lies further in the future than
 * a full bucket takes. No timers, no counting windows, and the wait until the next success is known exactly.
 *
 * Keys are accounts (user IDs), where somebody is logged in, or addresses. Each class has its own buckets, at most
 * `MAX_KEYS`; beyond that the longest unused bucket is forgotten, that is, full again.
 */

/** A bucket lets `burst` requests through at once and fills again at `perSecond`. */
export type Bucket = { readonly perSecond: number; readonly burst: number };

type LimitedClass = Exclude<LimitClass, "none">;

/** `undefined` = no limit. */
export type RateLimits = Readonly<Record<LimitedClass, Bucket | undefined>>;

/**
 * What holds when nothing is configured. Synapse's numbers are of the same kind but lower for people than today's
 * clients need (0.2 messages a second with a burst of 10; 0.17 registrations, 0.1 joins, 0.3 invites, 0.016 new rooms):
 * bursts here fit a client that forwards, imports or joins a space, while the guessing of passwords stays slow.
 */
export const defaultRateLimits: RateLimits = {
  message: { perSecond: 10, burst: 100 },
  login: { perSecond: 0.2, burst: 10 },
  registration: { perSecond: 0.2, burst: 10 },
  // Each is a mail to somebody, perhaps to somebody who never asked for one.
  validation: { perSecond: 0.005, burst: 10 },
  join: { perSecond: 1, burst: 30 },
  invite: { perSecond: 1, burst: 30 },
  createRoom: { perSecond: 0.2, burst: 20 },
  report: { perSecond: 0.1, burst: 20 },
  media: { perSecond: 5, burst: 100 },
  // A list of rooms or of members asks for a picture of each at once.
  download: { perSecond: 50, burst: 1_000 },
  reading: { perSecond: 20, burst: 300 },
  writing: { perSecond: 20, burst: 300 },
  // A client asks for each link that it shows, whether or not a page is looked at for it.
  urlPreview: { perSecond: 5, burst: 100 },
  federation: { perSecond: 100, burst: 500 },
};

/** Buckets kept for each class: about 10 MB in all at worst. */
const MAX_KEYS = 20_000;

/** `default`, `off`, or settings by bucket; a bucket that is not named keeps its default, `undefined` switches it off. */
export type RateLimitSettings = "default" | "off" | Partial<RateLimits>;

/** Says who has asked too often. */
export interface Limiter {
  /** Milliseconds to wait until this would be allowed; 0 when it is, and then it is counted. */
  take(limitClass: LimitClass, key: string): number;
  /**
   * The same for endpoints that limit by more than the account or address, e.g. login by the account that is tried.
   * @throws MatrixError M_LIMIT_EXCEEDED
   */
  require(limitClass: LimitClass, key: string): void;
}

export function createLimiter(settings: RateLimitSettings, clock: Clock): Limiter {
  const limits =
    settings === "default" || settings === "off" ? defaultRateLimits : { ...defaultRateLimits, ...settings };
  const buckets = new Map<LimitClass, Buckets>();
  if (settings !== "off") {
    for (const limitClass of limitedClasses) {
      const bucket = limits[limitClass];
      if (bucket !== undefined) buckets.set(limitClass, new Buckets(bucket, clock));
    }
  }
  const take = (limitClass: LimitClass, key: string): number => buckets.get(limitClass)?.take(key) ?? 0;
  return {
    take,
    require(limitClass, key) {
      const waitMs = take(limitClass, key);
      if (waitMs > 0) throw limitExceeded(waitMs);
    },
  };
}

const limitedClasses = [
  "message",
  "login",
  "registration",
  "validation",
  "join",
  "invite",
  "createRoom",
  "report",
  "media",
  "download",
  "reading",
  "writing",
  "urlPreview",
  "federation",
] as const satisfies LimitedClass[];

class Buckets {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #fillMs: number;
  readonly #fullAt = boundedCache<string, number>(MAX_KEYS);

  constructor({ perSecond, burst }: Bucket, clock: Clock) {
    this.#clock = clock;
    this.#intervalMs = 1000 / perSecond;
    this.#fillMs = this.#intervalMs * burst;
  }

  take(key: string): number {
    const now = this.#clock.now();
    const fullAt = this.#fullAt.get(key) ?? now;
    // A clock that was set back must not lock anybody out for longer than an empty bucket would.
    const wasFullAt = Math.min(Math.max(fullAt, now), now + this.#fillMs);
    const nextFullAt = wasFullAt + this.#intervalMs;
    const waitMs = Math.ceil(nextFullAt - this.#fillMs - now - TOLERANCE_MS);
    if (waitMs > 0) return waitMs;
    this.#fullAt.set(key, nextFullAt);
    return 0;
  }
}

/** Sums of fractions of a millisecond are not exact. */
const TOLERANCE_MS = 1e-3;
