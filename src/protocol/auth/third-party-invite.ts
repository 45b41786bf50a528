import { isJsonObject, type JsonObject } from "../json/json.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import type { MemberContext } from "./context.ts";
import { isSignedByAny } from "./signed-token.ts";
import { membershipOf } from "./state.ts";

/**
 * Decides on an invite that redeems an earlier invite to an e-mail address or the like: an identity server has signed
 * that the address belongs to the target. The sender is whoever made the earlier invite, wherever they are now.
 * @see https://spec.matrix.org/v1.19/rooms/v1/#authorisation-rules rule 5.3.1
 * @see https://spec.matrix.org/v1.19/client-server-api/#third-party-invites
 */
export function checkThirdPartyInvite({ event, sender, target, state }: MemberContext): Verdict {
  if (membershipOf(state, target) === "ban") {
    return refuse("member.third-party-invite.banned", `${target} is banned from the room`);
  }
  const invite = event.pdu.content["third_party_invite"];
  const signed = isJsonObject(invite) ? invite["signed"] : undefined;
  if (!isJsonObject(signed)) return refuse("member.third-party-invite.signed", "third_party_invite has nothing signed");

  const { mxid, token } = { mxid: signed["mxid"], token: signed["token"] };
  if (typeof mxid !== "string" || typeof token !== "string") {
    return refuse("member.third-party-invite.incomplete", "What is signed names no user ID or no token");
  }
  if (mxid !== target) return refuse("member.third-party-invite.mxid", `What is signed is for ${mxid}, not ${target}`);

  const earlier = state.get("m.room.third_party_invite", token);
  if (earlier === undefined) {
    return refuse("member.third-party-invite.token", "The room has no such invite to an address, or it was withdrawn");
  }
  if (earlier.pdu.sender !== sender) {
    return refuse(
      "member.third-party-invite.sender",
      `The invite to the address is by ${earlier.pdu.sender}, not ${sender}`,
    );
  }
  if (isSignedByAny(publicKeysOf(earlier.pdu.content), signed)) return allow;
  return refuse("member.third-party-invite.signature", "None of the invite's keys has signed");
}

/** All versions: one key in `public_key`, more in `public_keys`. */
function publicKeysOf(content: JsonObject): readonly string[] {
  const more = Array.isArray(content["public_keys"]) ? content["public_keys"] : [];
  const keys = [content["public_key"], ...more.map((entry) => (isJsonObject(entry) ? entry["public_key"] : undefined))];
  return keys.filter((key) => typeof key === "string");
}
