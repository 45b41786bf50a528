import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

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
