import type { Tx } from "../../engine/partitions/tx.ts";

/** A document in the version that a user accepted. */
export interface AcceptedPolicy {
  readonly policy: string;
  readonly version: string;
}

const INSERT = `
  INSERT INTO accepted_terms (user_id, policy, version, accepted_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id, policy, version) DO NOTHING`;

/** What was accepted before stays as it is. */
export function insertAccepted(tx: Tx, userId: string, { policy, version }: AcceptedPolicy, acceptedAt: number): void {
  tx.run(INSERT, [userId, policy, version, acceptedAt]);
}
