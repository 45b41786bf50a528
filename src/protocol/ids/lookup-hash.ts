import { sha256 } from "../signing/crypto.ts";

/** What is looked up at an identity server, and the pepper that the server uses now. */
export interface LookupParts {
  /** In its canonical form. */
  readonly address: string;
  readonly medium: string;
  readonly pepper: string;
}

/**
 * The hash under which a third-party identifier is looked up, in URL-safe unpadded base64.
 * @see https://spec.matrix.org/v1.19/identity-service-api/#sha256
 */
export const lookupHash = ({ address, medium, pepper }: LookupParts): string =>
  sha256(`${address} ${medium} ${pepper}`, "base64url");
