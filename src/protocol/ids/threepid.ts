/** Third-party identifiers that Matrix knows. */
export type ThreepidMedium = "email" | "msisdn";

const msisdnPattern = /^[1-9]\d{1,14}$/;
const maxEmailLength = 500;

/**
 * The one form of an e-mail address under which it is stored, compared and hashed. Case is folded throughout: `ß` is `ss`.
 * @see https://spec.matrix.org/v1.19/appendices/#e-mail
 * @returns `undefined` when it is not of the form `user@domain`, or absurdly long.
 */
export function canonicalEmail(address: string): string | undefined {
  const at = address.lastIndexOf("@");
  if (at <= 0 || at === address.length - 1 || address.length > maxEmailLength) return undefined;
  if (/[\s<>\0]/.test(address) || address.startsWith("mailto:") || address.indexOf("@") !== at) return undefined;
  // JavaScript has no case folding. Upper case and back gives the same for what stands in addresses (ß, ς, ligatures).
  return address.toUpperCase().toLowerCase();
}

/**
 * Digits of E.164 without the leading plus.
 * @see https://spec.matrix.org/v1.19/appendices/#pstn-phone-numbers
 * @returns `undefined` when it is no international number.
 */
export function canonicalMsisdn(number: string): string | undefined {
  const digits = number.replace(/^\+/, "").replaceAll(/[\s().-]/g, "");
  return msisdnPattern.test(digits) ? digits : undefined;
}
