/*
 * How this works. A preview is looked up by the hash of URL and language. When none fits the time that is asked for and none
 * is fresh, the page is looked at, once, however many ask; whoever asked may leave, the others still get it. What could not
 * be had is not asked for again for a while, and nobody is told more than that: else this server would tell strangers which
 * names and addresses there are in its network.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { boundedCache } from "../../bounded-cache.ts";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import { SharedTurns } from "../../engine/turns.ts";
import { forbidden, type MatrixError, unavailable, unknownError } from "../../http/errors.ts";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { StreamingClient } from "../../outgoing/request.ts";
import type { Sql } from "../../store/sql.ts";
import type { MediaLibrary } from "../media/index.ts";
import { askingWith } from "./ask.ts";
import { cleanPreviews } from "./cleaning.ts";
import { makePreview } from "./preview.ts";
import { insertPreview, readPreview, type WantedTime } from "./previews.store.ts";
import { type HostRules, hostPolicy } from "./target.ts";

/** What is asked of the configuration. */
export interface PreviewLimits extends HostRules {
  readonly maxPageBytes: number;
  readonly maxImageBytes: number;
  readonly maxImagePixels: number;
  readonly timeoutMs: number;
  readonly lifetimeMs: number;
  readonly keepMs: number;
  readonly maxKept: number;
}

export interface PreviewsNeeds {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "debug">;
  readonly http: StreamingClient;
  readonly library: Pick<MediaLibrary, "upload">;
  readonly limits: PreviewLimits;
  readonly background: (name: string, work: Promise<void>) => void;
}

/** What a client asks for. */
export interface WantedPreview {
  readonly url: URL;
  readonly language: string;
  /** The time of the message, ms since the epoch; `undefined` = now. */
  readonly at: number | undefined;
}

/** What could not be had is not asked for again for so long. */
const FAILURE_LIFETIME_MS = 60_000;
const MOST_FAILURES = 5_000;

/** Old ones are looked for so often, and after so many new ones. */
const CLEANING_INTERVAL_MS = 600_000;
const CLEANING_INTERVAL_COUNT = 200;

/** Previews of web pages. */
export class UrlPreviews implements Disposable {
  readonly #needs: PreviewsNeeds;
  readonly #mayAsk: (url: URL) => boolean;
  /** Pages that are looked at, by their keys. Bounded by the requests that outgoing lets wait. */
  readonly #coming = new Map<string, Promise<string>>();
  /** Until when what could not be had is not asked for. */
  readonly #failedUntil = boundedCache<string, number>(MOST_FAILURES);
  readonly #turns = new SharedTurns();
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #madeCount = 0;
  #isCleaning = false;

  constructor(needs: PreviewsNeeds) {
    this.#needs = needs;
    this.#mayAsk = hostPolicy(needs.limits);
    this.#timer = setInterval(() => this.#clean(), CLEANING_INTERVAL_MS).unref();
  }

  /**
   * The preview as JSON, as it is or as it was about that time.
   * @throws MatrixError 403 `M_FORBIDDEN` for a host or port that the operator does not allow, 502 `M_UNKNOWN` when nothing
   *   can be had there, 503 when too many wait
   */
  async get({ url, language, at }: WantedPreview): Promise<string> {
    if (!this.#mayAsk(url)) throw forbidden("Pages of this host are not looked at");
    const key = createHash("sha256").update(`${language}\n${url.href}`).digest("base64url");
    const known = await readPreview(this.#needs.sql, key, this.#timeOf(at));
    if (known !== undefined) return known;
    if ((this.#failedUntil.get(key) ?? 0) > this.#needs.clock.now()) throw nothingThere();
    return await this.#coming.getOrInsertComputed(key, async () => await this.#make(key, url, language));
  }

  /** Gives up what is on its way. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  #timeOf(at: number | undefined): WantedTime {
    const { clock, limits } = this.#needs;
    const freshSince = clock.now() - limits.lifetimeMs;
    const time = at ?? clock.now();
    return { from: time - limits.lifetimeMs, to: time + limits.lifetimeMs, freshSince };
  }

  async #make(key: string, url: URL, language: string): Promise<string> {
    const { http, limits, partitions, clock } = this.#needs;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(limits.timeoutMs)]);
    try {
      const ask = askingWith({ http, mayAsk: this.#mayAsk }, { language, signal, timeoutMs: limits.timeoutMs });
      const { answer, mediaId } = await makePreview(
        { ...limits, library: this.#needs.library, turns: this.#turns, ask },
        url,
      );
      const preview = { urlHash: key, fetchedAt: clock.now(), answer: JSON.stringify(answer), mediaId };
      await partitions.of(key).commit(key, (tx) => insertPreview(tx, preview));
      if (++this.#madeCount % CLEANING_INTERVAL_COUNT === 0) this.#clean();
      return preview.answer;
    } catch (error) {
      throw error instanceof OutgoingError ? this.#failure(key, error) : error;
    } finally {
      this.#coming.delete(key);
    }
  }

  #clean(): void {
    if (this.#isCleaning) return;
    this.#isCleaning = true;
    const cleaning = cleanPreviews(this.#needs).finally(() => {
      this.#isCleaning = false;
    });
    this.#needs.background("old previews of pages", cleaning);
  }

  #failure(key: string, error: OutgoingError): MatrixError {
    this.#needs.logger.debug({ kind: error.kind }, "no preview can be made");
    if (error.kind === "busy" || this.#stopping.signal.aborted)
      return unavailable("Too many pages are being looked at");
    this.#failedUntil.set(key, this.#needs.clock.now() + FAILURE_LIFETIME_MS);
    return nothingThere();
  }
}

const nothingThere = (): MatrixError => unknownError(502, "There is no page to be had at this URL");
