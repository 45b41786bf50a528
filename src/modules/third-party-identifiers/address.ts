import { domainToASCII } from "node:url";
import type { PhoneNumber } from "./phone-number.ts";

/** The namespaces of identifiers. @see https://spec.matrix.org/v1.19/appendices/#3pid-types */
export type Medium = "email" | "msisdn";

/** An identifier in its one canonical form. */
export interface Identifier {
  readonly medium: Medium;
  readonly address: string;
}

/** RFC 5321: the longest address that mail servers take. */
const MAX_EMAIL_BYTES = 254;

/** No white space, no control characters, nothing that would make a list, a name or a quotation of it. */
const emailPattern = /^([^\p{C}\p{Z}@<>()[\],;:"\\]+)@([^\p{C}\p{Z}@<>()[\],;:"\\]+)$/u;

/**
 * An e-mail address as it is kept: case-folded as Unicode says, so that nobody can have the same one in other letters.
 * @returns `undefined` when the text is none
 * @see https://spec.matrix.org/v1.19/appendices/#e-mail
 */
export function canonicalEmail(text: string): string | undefined {
  const folded = foldCase(text);
  const domain = emailPattern.exec(folded)?.[2];
  if (domain === undefined || Buffer.byteLength(folded) > MAX_EMAIL_BYTES) return undefined;
  return domainToASCII(domain) === "" ? undefined : folded;
}

/**
 * Full case folding, for each character by itself: what has the same capital is the same (`ß` and `ss`, both small
 * sigmas). The dotless i is a letter of its own: were it an i, one person's mail could open another's account.
 */
const foldCase = (text: string): string =>
  Array.from(text, (character) => (character === "ı" ? character : character.toUpperCase().toLowerCase())).join("");

/** A telephone number; `undefined` when the text is none. See `canonicalPhone`, whose library is read when it is needed. */
export async function readPhone(text: string, country: string | undefined): Promise<PhoneNumber | undefined> {
  const { canonicalPhone } = await import("./phone-number.ts");
  return canonicalPhone(text, country);
}

/** An identifier as clients name it, already in canonical form or nearly; `undefined` when it can be none. */
export async function toIdentifier(medium: string, text: string): Promise<Identifier | undefined> {
  if (medium === "email") return named("email", canonicalEmail(text));
  if (medium === "msisdn") return named("msisdn", (await readPhone(`+${text.replace(/^\+/, "")}`, undefined))?.address);
  return undefined;
}

const named = (medium: Medium, address: string | undefined): Identifier | undefined =>
  address === undefined ? undefined : { medium, address };
