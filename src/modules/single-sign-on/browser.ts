import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { hashToken } from "../../engine/users/users.ts";
import { insertStep, type Step, stepOf, takeStep } from "./sessions.store.ts";

/** For logging in at the provider, a second factor included. */
const LIFETIME_MS = 15 * 60 * 1000;

/** Where the pages are that need the cookie. */
export const pagesPath = "/_heddle/client/sso";

const COOKIE = "heddle_sso";

interface Needs {
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  readonly isSecure: boolean;
}

/** A step that was stored: its ID goes to the provider or into a form, the cookie to the browser. */
export interface Begun {
  readonly id: string;
  readonly cookie: Readonly<Record<string, string>>;
}

/**
 * The steps of people in browsers, in the database: a restart in the middle does not disturb. Each has an ID that is used
 * once, and belongs to the browser that began, which a cookie tells: nobody else's link or callback goes on with it.
 */
export class Steps {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @param id chosen by the caller where the step itself must know it */
  async begin(headers: { readonly cookie?: string | undefined }, step: Step, id = newSecret()): Promise<Begun> {
    const browser = cookieIn(headers.cookie) ?? newSecret();
    const now = this.#needs.clock.now();
    const stored = { idHash: hashToken(id), browserHash: hashToken(browser), step, expiresAt: now + LIFETIME_MS };
    await this.#commit((tx) => insertStep(tx, stored, now));
    const secure = this.#needs.isSecure ? "; Secure" : "";
    const cookie = `${COOKIE}=${browser}; Path=/; Max-Age=${LIFETIME_MS / 1000}; HttpOnly; SameSite=Lax`;
    return { id, cookie: { "set-cookie": cookie + secure } };
  }

  /** Takes the step away. `undefined` when it is unknown, used, expired or another browser's. */
  async take(headers: { readonly cookie?: string | undefined }, id: string): Promise<Step | undefined> {
    const browser = cookieIn(headers.cookie);
    if (browser === undefined) return undefined;
    const now = this.#needs.clock.now();
    return stepOf(await this.#commit((tx) => takeStep(tx, hashToken(id), hashToken(browser), now)));
  }

  async #commit<T>(build: (tx: Tx) => T): Promise<T> {
    return await this.#needs.partitions.of(COOKIE).commit(COOKIE, build);
  }
}

/** 256 bits. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

function cookieIn(header: string | undefined): string | undefined {
  const values = (header ?? "").split(";").map((pair) => pair.trim());
  const value = values.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}
