import type { Tx } from "../../engine/partitions/tx.ts";
import type { MadeAccount } from "../../engine/users/users.ts";

/** A document in the version that a user accepted. */
export interface AcceptedPolicy {
  readonly policy: string;
  readonly version: string;
}

const INSERT = `
  INSERT INTO accepted_terms (user_id, policy, version, accepted_at)
  SELECT user_id, $2, $3, CAST($4 AS BIGINT) FROM users WHERE user_id = $1 AND password_hash = $5
  ON CONFLICT (user_id, policy, version) DO NOTHING`;

/** Does nothing when the account is somebody else's; what was accepted before stays as it is. */
export function insertAccepted(
  tx: Tx,
  { userId, passwordHash }: MadeAccount,
  { policy, version }: AcceptedPolicy,
  acceptedAt: number,
): void {
  tx.run(INSERT, [userId, policy, version, acceptedAt, passwordHash]);
}
