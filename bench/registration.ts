import { createHmac } from "node:crypto";
import { type HomeserverClient, RefusedError } from "./client.ts";
import { textAt } from "./read-json.ts";
import { Session } from "./session.ts";

/** The password of every account of the load. */
export const PASSWORD = "correct horse battery staple";

/**
 * Makes an account: by open registration, or by the shared secret where the server is closed and a secret is given.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3register
 */
export async function register(
  client: HomeserverClient,
  name: string,
  sharedSecret: string | undefined,
): Promise<Session> {
  const body = { username: name, password: PASSWORD, auth: { type: "m.login.dummy" } };
  try {
    return sessionOf(client, await client.request("POST", "/_matrix/client/v3/register", { body }));
  } catch (error) {
    const isClosed = error instanceof RefusedError && (error.status === 403 || error.status === 401);
    if (!isClosed || sharedSecret === undefined) throw error;
    return await registerBySecret(client, name, sharedSecret);
  }
}

/** Makes a guest: an account without a password, which costs no hashing. */
export async function registerGuest(client: HomeserverClient): Promise<Session> {
  return sessionOf(client, await client.request("POST", "/_matrix/client/v3/register?kind=guest", { body: {} }));
}

/** Another session of an account of the load. */
export async function login(client: HomeserverClient, userId: string): Promise<Session> {
  const body = { type: "m.login.password", identifier: { type: "m.id.user", user: userId }, password: PASSWORD };
  return sessionOf(client, await client.request("POST", "/_matrix/client/v3/login", { body }));
}

async function registerBySecret(client: HomeserverClient, name: string, secret: string): Promise<Session> {
  const path = "/_synapse/admin/v1/register";
  const nonce = textAt(await client.request("GET", path), "nonce");
  const mac = createHmac("sha1", secret).update([nonce, name, PASSWORD, "notadmin"].join("\0")).digest("hex");
  const body = { nonce, username: name, password: PASSWORD, admin: false, mac };
  return sessionOf(client, await client.request("POST", path, { body }));
}

function sessionOf(client: HomeserverClient, answer: unknown): Session {
  return new Session(client, textAt(answer, "user_id"), textAt(answer, "access_token"));
}
