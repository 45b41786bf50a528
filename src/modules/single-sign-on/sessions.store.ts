import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** What people in a browser are doing: logging in for a client, or confirming what a client wants to do. */
export type Purpose =
  | { readonly kind: "login"; readonly redirectUrl: string }
  | { readonly kind: "uia"; readonly session: string };

/** Who somebody is at a provider, and what a new account would be called. */
export interface Identity {
  readonly provider: string;
  readonly subject: string;
  readonly localpart: string;
  readonly displayName: string;
  /** That the provider has verified, and that a new account gets; `''` = none. */
  readonly email: string;
}

/** The next step that is waited for. */
export type Step =
  | {
      readonly step: "callback";
      readonly provider: string;
      readonly nonce: string;
      readonly verifier: string;
      readonly purpose: Purpose;
    }
  | { readonly step: "authenticate"; readonly session: string }
  | { readonly step: "name"; readonly identity: Identity; readonly redirectUrl: string }
  | { readonly step: "confirm"; readonly userId: string; readonly redirectUrl: string };

const INSERT = "INSERT INTO sso_sessions (id_hash, browser_hash, content, expires_at) VALUES ($1, $2, $3, $4)";
const DELETE_EXPIRED = "DELETE FROM sso_sessions WHERE expires_at <= $1";
const TAKE = "DELETE FROM sso_sessions WHERE id_hash = $1 AND browser_hash = $2 AND expires_at > $3 RETURNING content";
const READ_IDENTITY = `SELECT user_id AS "userId" FROM sso_identities WHERE provider = $1 AND subject = $2`;
const INSERT_IDENTITY = `
  INSERT INTO sso_identities (provider, subject, user_id) VALUES ($1, $2, $3)
  ON CONFLICT (provider, subject) DO NOTHING`;
const PROVIDERS_OF = "SELECT DISTINCT provider FROM sso_identities WHERE user_id = $1 ORDER BY provider";
const DELETE_OF = "DELETE FROM sso_identities WHERE user_id = $1";

interface StoredStep {
  readonly idHash: string;
  readonly browserHash: string;
  readonly step: Step;
  readonly expiresAt: number;
}

/** Stores a step, and clears away what has expired. */
export function insertStep(tx: Tx, { idHash, browserHash, step, expiresAt }: StoredStep, now: number): void {
  tx.run(DELETE_EXPIRED, [now]);
  tx.run(INSERT, [idHash, browserHash, JSON.stringify(step), expiresAt]);
}

/** Takes a step of that browser away: of several at once, one gets it. Read by `stepOf`. */
export const takeStep = (tx: Tx, idHash: string, browserHash: string, now: number): QueryResult<Row> =>
  tx.query(TAKE, [idHash, browserHash, now]);

/** @returns `undefined` when there was none */
export function stepOf({ rows }: QueryResult<Row>): Step | undefined {
  const content = rows[0]?.["content"];
  return typeof content === "string" ? (JSON.parse(content) as Step) : undefined;
}

export async function readUserOf(sql: Sql, { provider, subject }: Identity): Promise<string | undefined> {
  return (await sql.get<{ userId: string }>(READ_IDENTITY, [provider, subject]))?.userId;
}

/** Changes nothing when the identity has an account already. */
export const insertIdentity = (tx: Tx, { provider, subject }: Identity, userId: string): QueryResult<Row> =>
  tx.query(INSERT_IDENTITY, [provider, subject, userId]);

/** At which providers the user has an identity. */
export async function readProvidersOf(sql: Sql, userId: string): Promise<string[]> {
  return (await sql.all<{ provider: string }>(PROVIDERS_OF, [userId])).map(({ provider }) => provider);
}

export function deleteIdentitiesOf(tx: Tx, userId: string): void {
  tx.run(DELETE_OF, [userId]);
}
