import type { JsonValue } from "../protocol/json/json.ts";
import { MatrixError } from "./errors.ts";

/**
 * Reads a query parameter that holds JSON.
 * @throws MatrixError `M_INVALID_PARAM`
 */
export function jsonParameter(name: string, text: string): JsonValue {
  try {
    const json: JsonValue = JSON.parse(text);
    return json;
  } catch (cause) {
    throw new MatrixError(400, "M_INVALID_PARAM", `\`${name}\` is no JSON`, {}, { cause });
  }
}
