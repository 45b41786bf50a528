import type { RoomVersionRules } from "../room-versions/rules.ts";
import type { SigningKey } from "../signing/crypto.ts";
import { type PublicKey, signedTextOf, verifySignedText, withSignature } from "../signing/json.ts";
import type { Verdict } from "../verdict.ts";
import type { PduJson } from "./pdu.ts";
import { type RedactionRules, redact } from "./redact.ts";

/** In whose name an event is signed. */
export interface EventSigner {
  readonly serverName: string;
  readonly key: SigningKey;
}

/**
 * What the signatures of an event cover: what a redaction leaves of it.
 * @see https://spec.matrix.org/v1.19/server-server-api/#signing-events
 */
export const signedTextOfEvent = (pdu: PduJson, rules: { readonly redaction: RedactionRules }): string =>
  signedTextOf(redact(pdu, rules));

/** Adds a signature to an event that has its content hash: a second one to events of other servers, e.g. restricted joins. */
export function signEvent(
  pdu: PduJson,
  rules: { readonly redaction: RedactionRules },
  { serverName, key }: EventSigner,
): PduJson {
  const signature = key.sign(signedTextOfEvent(pdu, rules));
  return withSignature(pdu, { signer: serverName, keyId: key.keyId, signature });
}

/** Whether the event bears the signature of the server by this key. */
export function verifyEvent(
  pdu: PduJson,
  rules: { readonly redaction: RedactionRules },
  { serverName, key }: { readonly serverName: string; readonly key: PublicKey },
): Verdict {
  return verifySignedText(signedTextOfEvent(pdu, rules), pdu, { signer: serverName, key });
}

/**
 * The servers whose signatures an event must bear to be taken at all.
 * @see https://spec.matrix.org/v1.19/server-server-api/#validating-hashes-and-signatures-on-received-events
 */
export function requiredSignersOf(
  pdu: PduJson,
  rules: Pick<RoomVersionRules, "eventIdFormat" | "restricted">,
): ReadonlySet<string> {
  const ids: unknown[] = [];
  // Who accepts an invitation by e-mail may be on another server than who sent it: its own rules guard it.
  if (!isThirdPartyInvite(pdu)) ids.push(pdu.sender);
  // v1, v2: also the server that chose the ID.
  if (rules.eventIdFormat === "opaque") ids.push(pdu["event_id"]);
  // Since v8: also the server of who vouches for a restricted join.
  if (rules.restricted && pdu.type === "m.room.member") ids.push(pdu.content["join_authorised_via_users_server"]);
  return new Set(ids.filter((id) => typeof id === "string").map(domainOf));
}

const isThirdPartyInvite = (pdu: PduJson): boolean =>
  pdu.type === "m.room.member" &&
  pdu.content["membership"] === "invite" &&
  pdu.content["third_party_invite"] !== undefined;

const domainOf = (id: string): string => id.slice(id.indexOf(":") + 1);
