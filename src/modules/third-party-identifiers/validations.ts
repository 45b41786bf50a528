/*
 * How an address is validated. A client makes up a secret and asks for a token to be sent to an address: a session. Its
 * token comes by mail (in a link) or by text message (a code). Whoever gives it back has shown that the address is theirs:
 * the session is validated, and the client, with the secret, may use it once for what it was begun for. The same request
 * again sends nothing, unless its attempt has a higher number; then the same token is sent again, so that the older mail
 * works too. Tokens and secrets are stored as hashes: the token is made of a random key in the database and the secret,
 * which only the client has.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3registeremailrequesttoken
 */
import { createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { InTurn } from "../../in-turn.ts";
import type { Sql } from "../../store/sql.ts";
import type { Identifier, Medium } from "./address.ts";
import {
  countGuess,
  deleteSession,
  findSession,
  insertSession,
  markValidated,
  noteSent,
  type Purpose,
  readSession,
  renewSession,
  type SessionKey,
  type ValidationSession,
} from "./validation-sessions.store.ts";

export type { Purpose } from "./validation-sessions.store.ts";

/** That an address is somebody's has been shown. */
export interface ValidatedIdentifier extends Identifier {
  readonly validatedAt: number;
  /** The session that showed it. */
  readonly sid: string;
}

/** A wish for a token. */
export interface ValidationRequest extends Identifier {
  readonly purpose: Purpose;
  readonly clientSecret: string;
  readonly sendAttempt: number;
  /** Where to go when the address is confirmed; `''` = nowhere. */
  readonly nextLink: string;
}

/** What is sent to the address. */
export interface TokenToSend {
  readonly sid: string;
  readonly token: string;
}

/** A session as the page shows it that a mail leads to. */
export type OpenSession = Pick<ValidationSession, "sid" | "purpose" | "address" | "nextLink">;

export interface Validations {
  /**
   * Begins a session or finds the one that was begun. `deliver` is called when something is to be sent; when it fails, the
   * same attempt may be made again.
   * @returns the session's ID
   */
  request(request: ValidationRequest, deliver: (sent: TokenToSend) => Promise<void>): Promise<string>;
  /** The session that a link names, when its token is right; changes nothing. */
  look(sid: string, token: string): Promise<OpenSession | undefined>;
  /** Validates the session when the token is right (and the secret, where the client gives it). */
  submit(sid: string, token: string, clientSecret?: string): Promise<OpenSession | undefined>;
  /** What a session has shown, to the client that knows its secret. */
  validated(session: { sid: string; clientSecret: string; purpose: Purpose }): Promise<ValidatedIdentifier | undefined>;
  /** Ends a session that has served. */
  end(sid: string): Promise<void>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  /** How long a token is good for. */
  readonly tokenLifetimeMs: number;
}

/** How long what was shown may be used: registering and choosing a password take a while. */
export const validatedLifetimeMs = 24 * 60 * 60 * 1000;

/** Of a million codes: who guesses as often is right with a chance of 1 in 100,000. */
export const MAX_GUESSES = 10;

export function createValidations({ sql, partitions, clock, tokenLifetimeMs }: Needs): Validations {
  const inTurn = new InTurn();

  const commit = async <T>(sid: string, build: (tx: Tx) => T): Promise<T> =>
    await partitions.of(sid).commit(sid, build);

  async function open(request: ValidationRequest, key: SessionKey): Promise<ValidationSession> {
    const now = clock.now();
    const found = await findSession(sql, key, now);
    if (found && request.sendAttempt <= found.sendAttempt) return found;
    const expiresAt = now + tokenLifetimeMs;
    const session = found ? { ...found, nextLink: request.nextLink, expiresAt } : begin(request, key, expiresAt);
    await commit(session.sid, (tx) => {
      if (found) renewSession(tx, session);
      else insertSession(tx, session, now);
    });
    return session;
  }

  /** The token counts as a guess even when it is right, so that guesses at the same time are all counted. */
  async function guess(sid: string, token: string): Promise<ValidationSession | undefined> {
    const session = isSid(sid) ? await readSession(sql, sid, clock.now()) : undefined;
    if (!session) return undefined;
    const counted = await commit(sid, (tx) => countGuess(tx, sid, MAX_GUESSES));
    return counted.changes === 1 && isSame(session.tokenHash, hashOf(sid, token)) ? session : undefined;
  }

  return {
    async request(request, deliver) {
      const { purpose, medium, address, clientSecret, sendAttempt } = request;
      const key = { purpose, medium, address, secretHash: hashOf("", clientSecret) };
      return await inTurn.run(`${key.secretHash} ${medium} ${address}`, async () => {
        const session = await open(request, key);
        const { sid, tokenKey } = session;
        if (sendAttempt <= session.sendAttempt) return sid;
        await deliver({ sid, token: makeToken(medium, tokenKey, clientSecret) });
        await commit(sid, (tx) => noteSent(tx, sid, sendAttempt));
        return sid;
      });
    },

    async look(sid, token) {
      const session = isSid(sid) ? await readSession(sql, sid, clock.now()) : undefined;
      // Tokens of mails are long: to look at them is not to guess.
      if (session?.medium !== "email") return undefined;
      return isSame(session.tokenHash, hashOf(sid, token)) ? session : undefined;
    },

    async submit(sid, token, clientSecret) {
      const session = await guess(sid, token);
      if (!session) return undefined;
      if (clientSecret !== undefined && !isSame(session.secretHash, hashOf("", clientSecret))) return undefined;
      const now = clock.now();
      await commit(sid, (tx) => markValidated(tx, sid, { now, until: now + validatedLifetimeMs }));
      return session;
    },

    async validated({ sid, clientSecret, purpose }) {
      const session = isSid(sid) ? await readSession(sql, sid, clock.now()) : undefined;
      if (!session || session.validatedAt === 0 || session.purpose !== purpose) return undefined;
      if (!isSame(session.secretHash, hashOf("", clientSecret))) return undefined;
      const { medium, address, validatedAt } = session;
      return { medium, address, validatedAt, sid };
    },

    end: async (sid) => await commit(sid, (tx) => deleteSession(tx, sid)),
  };
}

function begin(request: ValidationRequest, key: SessionKey, expiresAt: number): ValidationSession {
  const sid = randomBytes(18).toString("base64url");
  const tokenKey = randomBytes(18).toString("base64url");
  const tokenHash = hashOf(sid, makeToken(request.medium, tokenKey, request.clientSecret));
  return { ...key, sid, tokenKey, tokenHash, nextLink: request.nextLink, sendAttempt: -1, validatedAt: 0, expiresAt };
}

/** A mail has a link, a text message a code that people type. */
function makeToken(medium: Medium, tokenKey: string, clientSecret: string): string {
  const digest = createHmac("sha256", tokenKey).update(clientSecret).digest();
  if (medium === "email") return digest.toString("base64url");
  return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, "0");
}

const hashOf = (sid: string, text: string): string => hash("sha256", `${sid} ${text}`, "base64url");

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Whether the text could be a session ID of ours: anything else is not asked for. */
const isSid = (text: string): boolean => /^[\w-]{24}$/.test(text);
