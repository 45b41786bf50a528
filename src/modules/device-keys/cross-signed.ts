import type { Tx } from "../../engine/partitions/tx.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Signature } from "../../protocol/signing/json.ts";
import type { DeviceName } from "./one-time-keys.store.ts";

/** Cross-signing keys of users, and signatures, as one user may see them. */
export interface CrossSigned {
  /** Each by user ID, with their signatures. */
  readonly masterKeys: ReadonlyMap<string, JsonObject>;
  readonly selfSigningKeys: ReadonlyMap<string, JsonObject>;
  readonly userSigningKeys: ReadonlyMap<string, JsonObject>;
  /** Signatures that were added to the keys of a device. */
  signaturesOf(device: DeviceName): readonly Signature[];
}

/** What the module of cross-signing does for this one. */
export interface CrossSigning {
  /** What there is of users, as `viewer` may see it. */
  of(userIds: readonly string[], viewer: string): Promise<CrossSigned>;
  /** The keys of a device are replaced, or gone with it: so are the signatures on them. */
  deviceReplaced(tx: Tx, device: DeviceName): void;
}
