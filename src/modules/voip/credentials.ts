import { createHmac } from "node:crypto";

/** How clients show TURN servers that they may use them: by a secret that the servers share, or as everybody does. */
export type Credentials =
  | { readonly kind: "shared_secret"; readonly secret: string }
  | { readonly kind: "fixed"; readonly username: string; readonly password: string };

/** A name and a password for TURN servers. */
export interface NameAndPassword {
  readonly username: string;
  readonly password: string;
}

/**
 * Credentials of a user that hold until `expiresAt` (ms since the epoch). With a shared secret the name says until when, to
 * the second, and for whom; the password proves that this server gave it.
 * @see https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00
 */
export function credentialsFor(credentials: Credentials, userId: string, expiresAt: number): NameAndPassword {
  if (credentials.kind === "fixed") return { username: credentials.username, password: credentials.password };
  const username = `${Math.floor(expiresAt / 1000)}:${userId}`;
  return { username, password: createHmac("sha1", credentials.secret).update(username).digest("base64") };
}
