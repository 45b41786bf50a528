import { badJson } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";

/**
 * Holds a notice to what clients need to show it: a message, or an `m.server_notice` with its type and, when a limit is
 * reached, whom to turn to and which limit it is.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-notices
 * @throws MatrixError 400 `M_BAD_JSON`
 */
export function checkNotice(content: JsonObject): void {
  for (const name of requiredIn(content)) {
    if (typeof content[name] !== "string") throw badJson(`\`${name}\` of a notice must be a string`);
  }
}

function requiredIn({ msgtype, server_notice_type: type }: JsonObject): readonly string[] {
  if (msgtype !== "m.server_notice") return ["msgtype", "body"];
  if (type !== "m.server_notice.usage_limit_reached") return ["msgtype", "body", "server_notice_type"];
  return ["msgtype", "body", "server_notice_type", "admin_contact", "limit_type"];
}
