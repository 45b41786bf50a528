import { forbidden } from "../../http/errors.ts";
import type { Purpose } from "./validations.ts";

/** Which sessions the operations take. */
const purposes: ReadonlyMap<string, Purpose> = new Map([
  ["POST /_matrix/client/v3/register", "register"],
  ["POST /_matrix/client/v3/account/password", "password"],
]);

/**
 * What a session must have been validated for, to authenticate an operation.
 * @throws MatrixError 403 `M_FORBIDDEN` for operations that no address authenticates
 */
export function purposeOf(operation: string): Purpose {
  const purpose = purposes.get(operation);
  if (purpose === undefined) throw forbidden("This request is not authenticated by an address");
  return purpose;
}
