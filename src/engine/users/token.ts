import { hash, randomBytes } from "node:crypto";

/** 256 bits: no search and no birthday finds one. */
const tokenBytes = 32;

/** A new access token. The prefix lets secret scanners and people know what they found. */
export const newAccessToken = (): string => `hdl_${randomBytes(tokenBytes).toString("base64url")}`;

/** A new refresh token. */
export const newRefreshToken = (): string => `hdlr_${randomBytes(tokenBytes).toString("base64url")}`;

/** What is stored of a token. A fast hash suffices, since tokens are random; looking it up reveals nothing by its time. */
export const hashToken = (token: string): string => hash("sha256", token, "base64url");

/** A device ID as people may have to read it out: ten letters. */
export const newDeviceId = (): string => randomLetters(10, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** A local part for somebody who named none. */
export const newLocalpart = (): string => randomLetters(12, "abcdefghijklmnopqrstuvwxyz");

/** A local part for a guest: digits alone, which nobody else may have. */
export const newGuestLocalpart = (): string => randomLetters(14, "0123456789");

/** The identity of a session, which outlives the tokens of it. */
export const newSessionId = (): string => randomBytes(16).toString("base64url");

/** The remainder makes some characters more likely by less than a ten-billionth: these are names, not secrets. */
function randomLetters(count: number, alphabet: string): string {
  const bytes = randomBytes(count * 6);
  let text = "";
  for (let i = 0; i < count; i++) text += alphabet.charAt(bytes.readUIntBE(i * 6, 6) % alphabet.length);
  return text;
}
