import { randomBytes } from "node:crypto";
import type { SigningKey } from "../../protocol/signing/crypto.ts";
import type { Signer } from "./signer.ts";

/** Signs in the name of this server. Identifiers are random: 144 bits, which nobody can guess. */
export const localSigner = (serverName: string, key: SigningKey): Signer => ({
  serverName,
  key,
  newEventId: () => `$${randomBytes(18).toString("base64url")}:${serverName}`,
  newRoomId: () => `!${randomBytes(18).toString("base64url")}:${serverName}`,
});
