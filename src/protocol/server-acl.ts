import { compileGlob, type Matcher } from "./globs.ts";
import { parseServerName } from "./ids/ids.ts";
import type { JsonObject, JsonValue } from "./json/json.ts";
import { allow, refuse, type Verdict } from "./verdict.ts";

/** The access list of a room, compiled. Compile once for an `m.room.server_acl` event and ask for each request. */
export interface ServerAcl {
  /** Whether the server may take part. A name that is none is refused. Rules: `server_acl.ip_literal`, `.denied`, `.not_allowed`, `.bad_name`. */
  check(serverName: string): Verdict;
}

/**
 * Compiles the content of the current `m.room.server_acl` event; `undefined` when the room has none, which lets everybody
 * in. Members of the wrong type count as absent, and entries that are no strings match nothing.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroomserver_acl
 */
export function compileServerAcl(content: JsonObject | undefined): ServerAcl {
  if (content === undefined) return { check: () => allow };
  const allowsIpLiterals = content["allow_ip_literals"] !== false;
  const allowed = patternsOf(content["allow"]);
  const denied = patternsOf(content["deny"]);

  return {
    check(serverName) {
      const parsed = parseServerName(serverName);
      if (parsed === undefined) return refuse("server_acl.bad_name", "This is not a server name");
      // Patterns know no ports, and the host of an IPv6 literal stands in its brackets.
      const { host, kind } = parsed;
      if (kind !== "dns" && !allowsIpLiterals) {
        return refuse("server_acl.ip_literal", "The room does not admit servers named by an IP address");
      }
      if (denied.some((matches) => matches(host))) return refuse("server_acl.denied", "The room denies this server");
      if (allowed.some((matches) => matches(host))) return allow;
      return refuse("server_acl.not_allowed", "The room does not allow this server");
    },
  };
}

function patternsOf(list: JsonValue | undefined): readonly Matcher[] {
  if (!Array.isArray(list)) return [];
  return list
    .filter((pattern) => typeof pattern === "string")
    .map((pattern) => compileGlob(pattern, { ignoreCase: true }));
}
