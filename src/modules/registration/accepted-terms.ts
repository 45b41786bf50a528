import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { isJsonObject, type JsonValue } from "../../protocol/json/json.ts";
import { termsStageType } from "../user-interactive-authentication/index.ts";
import { type AcceptedPolicy, insertAccepted } from "./accepted-terms.store.ts";

interface Needs {
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
}

/**
 * Keeps which documents a new user accepted, in the versions that were shown.
 * @param results of the stages of the registration
 * @see https://spec.matrix.org/v1.19/client-server-api/#terms-of-service-at-registration
 */
export async function keepAcceptedTerms(
  { partitions, clock }: Needs,
  userId: string,
  results: ReadonlyMap<string, JsonValue>,
): Promise<void> {
  const accepted = acceptedIn(results.get(termsStageType));
  if (accepted.length === 0) return;
  await partitions.of(userId).commit(userId, (tx) => {
    for (const policy of accepted) insertAccepted(tx, userId, policy, clock.now());
  });
}

function acceptedIn(result: JsonValue | undefined): AcceptedPolicy[] {
  const accepted = isJsonObject(result) ? result["accepted"] : undefined;
  if (!isJsonObject(accepted)) return [];
  return Object.entries(accepted).flatMap(([policy, version]) =>
    typeof version === "string" ? [{ policy, version }] : [],
  );
}
