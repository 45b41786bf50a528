import type { Tx } from "../../engine/partitions/tx.ts";
import type { MadeAccount } from "../../engine/users/users.ts";
import { isJsonObject, type JsonValue } from "../../protocol/json/json.ts";
import { termsStageType } from "../user-interactive-authentication/index.ts";
import { type AcceptedPolicy, insertAccepted } from "./accepted-terms.store.ts";

/** Keeps, with a new account, which documents its user accepted, in the versions that were shown. */
export function addAcceptedTerms(
  tx: Tx,
  made: MadeAccount,
  { accepted, now }: { readonly accepted: readonly AcceptedPolicy[]; readonly now: number },
): void {
  for (const policy of accepted) insertAccepted(tx, made, policy, now);
}

/**
 * What was accepted, by the results of the stages of a registration.
 * @see https://spec.matrix.org/v1.19/client-server-api/#terms-of-service-at-registration
 */
export function acceptedIn(results: ReadonlyMap<string, JsonValue>): AcceptedPolicy[] {
  const result = results.get(termsStageType);
  const accepted = isJsonObject(result) ? result["accepted"] : undefined;
  if (!isJsonObject(accepted)) return [];
  return Object.entries(accepted).flatMap(([policy, version]) =>
    typeof version === "string" ? [{ policy, version }] : [],
  );
}
