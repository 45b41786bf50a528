import {
  forbidden,
  invalidParam,
  type MatrixError,
  serverNotTrusted,
  threepidDenied,
  threepidInUse,
  threepidMediumNotSupported,
  threepidNotFound,
} from "../../http/errors.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import { canonicalEmail, type Identifier } from "./address.ts";
import type { Channels, Notice } from "./channels.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Purpose, Validations } from "./validations.ts";

/** Which identifiers are taken, and what is told of them: the section `third_party_identifiers` of the configuration. */
export interface IdentifierPolicy {
  readonly changes: boolean;
  readonly tellAccounts: boolean;
  readonly emailDomains: ReadonlySet<string> | undefined;
  readonly phoneCountries: readonly string[] | undefined;
  readonly nextLinkHosts: ReadonlySet<string> | undefined;
}

/** Which address is meant, as the client wrote it. */
export type WrittenAddress =
  | { readonly medium: "email"; readonly email: string }
  | { readonly medium: "msisdn"; readonly phoneNumber: string; readonly country: string | undefined };

/** A request for a token. */
export interface TokenRequest {
  readonly purpose: Purpose;
  readonly written: WrittenAddress;
  readonly clientSecret: string;
  readonly sendAttempt: number;
  readonly nextLink: string | undefined;
  /** Named by clients that think that an identity server validates. */
  readonly idServer: string | undefined;
  /** The user who asks; `undefined` when nobody is logged in. */
  readonly userId: string | undefined;
  /** An `Accept-Language` header. */
  readonly language: string | undefined;
}

interface Needs {
  readonly validations: Pick<Validations, "request">;
  readonly identifiers: Pick<Identifiers, "ownerOf">;
  readonly channels: Channels;
  readonly policy: IdentifierPolicy;
  readonly limiter: Pick<Limiter, "require">;
  /** Whether people may make accounts. */
  readonly mayRegister: boolean;
}

/** Clients' secrets. @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3registeremailrequesttoken */
const secretPattern = /^[0-9a-zA-Z.=_-]{1,255}$/;

/** Answers a request for a token. @returns the session's ID */
export type RequestToken = (request: TokenRequest) => Promise<string>;

/** Answers requests for tokens. */
export function tokenRequests(needs: Needs): RequestToken {
  const { validations, identifiers, channels, policy, limiter } = needs;

  return async (request) => {
    const { purpose, clientSecret, sendAttempt, userId } = request;
    assertPossible(request, needs);
    const identifier = await identifierIn(request.written, policy);
    const nextLink = checkNextLink(request.nextLink, policy.nextLinkHosts);
    const owner = await identifiers.ownerOf(identifier);
    const notice = noticeFor(purpose, owner);
    // Who is logged in is known and limited, and has to be told why no link comes.
    const tells = policy.tellAccounts || (purpose === "add" && userId !== undefined);
    if (notice !== undefined && tells) throw refusals[notice]();
    const language = request.language === undefined ? {} : { language: request.language };
    return await validations.request({ ...identifier, purpose, clientSecret, sendAttempt, nextLink }, async (sent) => {
      limiter.require("validation", `${identifier.medium} ${identifier.address}`);
      if (notice === undefined) await channels.sendToken(identifier, { ...sent, purpose, ...language });
      else await channels.sendNotice(identifier, { notice, ...language });
    });
  };
}

/** What does not depend on whose the address is. */
function assertPossible(request: TokenRequest, { channels, policy, mayRegister }: Needs): void {
  const { purpose, written, clientSecret, idServer } = request;
  if (!secretPattern.test(clientSecret)) throw invalidParam("client_secret is not of 1 to 255 letters, digits or .=_-");
  if (purpose === "register" && !mayRegister) throw forbidden("Registration is closed on this server");
  if (purpose === "add" && !policy.changes) throw forbidden("Identifiers are not changed here");
  if (channels.has(written.medium)) return;
  // Since v1.1: validation may have been delegated to an identity server; this server does not.
  if (idServer !== undefined) throw serverNotTrusted("This server lets no identity server validate for it");
  throw threepidMediumNotSupported(
    written.medium === "email" ? "This server sends no mail" : "This server sends no text messages",
  );
}

async function identifierIn(
  written: WrittenAddress,
  { emailDomains, phoneCountries }: IdentifierPolicy,
): Promise<Identifier> {
  if (written.medium === "email") {
    const address = canonicalEmail(written.email);
    if (address === undefined) throw invalidParam("This is not an e-mail address");
    if (emailDomains && !emailDomains.has(address.slice(address.lastIndexOf("@") + 1))) throw denied();
    return { medium: "email", address };
  }
  // Without a country the number must say it itself. Numbers come rarely, and their library is large.
  const { callingCodesOf, canonicalPhone } = await import("./phone-number.ts");
  const phone = canonicalPhone(written.phoneNumber, written.country);
  if (!phone) throw invalidParam("This is not a telephone number of that country");
  if (phoneCountries && !callingCodesOf(phoneCountries).has(phone.callingCode)) throw denied();
  return { medium: "msisdn", address: phone.address };
}

const MAX_LINK_LENGTH = 2048;

/** People are led there after they have confirmed: never to what a browser would run. */
function checkNextLink(text: string | undefined, hosts: ReadonlySet<string> | undefined): string {
  if (text === undefined) return "";
  const url = text.length <= MAX_LINK_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") throw invalidParam("next_link is no http(s) URL");
  if (hosts && !hosts.has(url.hostname)) throw invalidParam("next_link leads to a host that is not allowed here");
  return url.href;
}

/** Registering and adding want an address that is nobody's, a new password one that is somebody's. */
function noticeFor(purpose: Purpose, owner: string | undefined): Notice | undefined {
  if (purpose === "password") return owner === undefined ? "no_account" : undefined;
  return owner === undefined ? undefined : "in_use";
}

const refusals: Readonly<Record<Notice, () => MatrixError>> = {
  in_use: () => threepidInUse("The identifier belongs to an account already"),
  no_account: () => threepidNotFound("No account has this identifier"),
};

const denied = (): MatrixError => threepidDenied("This server does not take identifiers of that kind");
