import { createHmac, timingSafeEqual } from "node:crypto";

/** What is authenticated: as it came, the name's capitals included. */
export interface MacInput {
  readonly nonce: string;
  readonly username: string;
  readonly password: string;
  readonly isAdmin: boolean;
  readonly userType: string | undefined;
}

/**
 * The HMAC-SHA1 by which a tool shows that it knows the secret, as Synapse defines it: the fields are parted by NUL.
 * @see https://element-hq.github.io/synapse/latest/admin_api/register_api.html
 */
export function macOf(secret: string, { nonce, username, password, isAdmin, userType }: MacInput): string {
  const fields = [nonce, username, password, isAdmin ? "admin" : "notadmin"];
  if (userType !== undefined) fields.push(userType);
  return createHmac("sha1", secret).update(fields.join("\0")).digest("hex");
}

/** Whether the MAC is right; the time taken does not tell how nearly. */
export function isRightMac(secret: string, input: MacInput, mac: string): boolean {
  const [expected, given] = [Buffer.from(macOf(secret, input)), Buffer.from(mac.toLowerCase())];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
