import { domainToASCII } from "node:url";
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

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

/** A telephone number as it is kept: E.164 without the plus. */
export interface PhoneNumber {
  readonly address: string;
  /** `44`. */
  readonly callingCode: string;
}

/** Longer texts are no numbers, however they are punctuated. */
const MAX_PHONE_LENGTH = 64;

/**
 * A telephone number as people write it.
 * @param country where it is dialled from: two capitals of ISO 3166; may be left out for numbers that begin with a plus
 * @returns `undefined` when it is none
 * @see https://spec.matrix.org/v1.19/appendices/#pstn-phone-numbers
 */
export function canonicalPhone(text: string, country: string | undefined): PhoneNumber | undefined {
  if (text.length > MAX_PHONE_LENGTH) return undefined;
  if (country !== undefined && !isSupportedCountry(country)) return undefined;
  const parsed = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country });
  if (!parsed?.isPossible()) return undefined;
  return { address: parsed.number.slice(1), callingCode: parsed.countryCallingCode };
}

/** The codes of countries (`GB` has `44`); countries that are not known have none. */
export const callingCodesOf = (countries: readonly string[]): ReadonlySet<string> =>
  new Set(countries.filter((country) => isSupportedCountry(country)).map((country) => getCountryCallingCode(country)));

/** An identifier as clients name it, already in canonical form or nearly; `undefined` when it can be none. */
export function toIdentifier(medium: string, text: string): Identifier | undefined {
  if (medium === "email") return named("email", canonicalEmail(text));
  if (medium === "msisdn") return named("msisdn", canonicalPhone(`+${text.replace(/^\+/, "")}`, undefined)?.address);
  return undefined;
}

const named = (medium: Medium, address: string | undefined): Identifier | undefined =>
  address === undefined ? undefined : { medium, address };
