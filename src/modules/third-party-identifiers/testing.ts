/** Parts of tests: a whole server that sends mail, and the steps that people and clients take. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { TestClient } from "../../../test/support/client.ts";
import type { TestMailServer } from "../../../test/support/mail-server.ts";

/** How the configuration names a mail server of a test. */
export const emailConfig = (server: TestMailServer) => ({
  smtp_url: `smtp://127.0.0.1:${server.port}`,
  from: "Heddle <noreply@test.example>",
  tls: "off",
});

/** What clients send besides the address. */
export const freshSecret = (): string => `secret.${randomUUID()}`;

/** An address that no other test has. */
export const freshEmail = (name = "somebody"): string => `${name}-${randomUUID()}@example.org`;

/** Path and query of a link in a mail. */
export function pathOf(link: string): string {
  const url = new URL(link);
  return url.pathname + url.search;
}

/** What a session is to its client. */
export interface ClientSession {
  readonly sid: string;
  readonly client_secret: string;
}

const folders = { register: "register", add: "account/3pid", password: "account/password" } as const;

/** Asks for a mail. */
export async function requestEmail(
  client: TestClient,
  purpose: keyof typeof folders,
  { email, ...rest }: { readonly email: string; readonly [name: string]: unknown },
): Promise<ClientSession> {
  const body = { client_secret: freshSecret(), email, send_attempt: 1, ...rest };
  const answer = await client.post(`/_matrix/client/v3/${folders[purpose]}/email/requestToken`, body);
  assert.ok(typeof answer["sid"] === "string");
  return { sid: answer["sid"], client_secret: body.client_secret };
}
