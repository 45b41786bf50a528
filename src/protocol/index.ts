/**
 * The public face of `heddle/protocol`: Matrix as pure functions. Values in, values out: no input or output, no clock, no
 * randomness, nothing asynchronous. See docs/protocol.md.
 */

// What a check answers.
export * from "./verdict.ts";

// JSON: reading with care, canonical form, unpadded base64, property paths.
export * from "./dot-path.ts";
export * from "./json/base64.ts";
export * from "./json/canonical.ts";
export * from "./json/check-canonical.ts";
export * from "./json/json.ts";
export * from "./json/parse.ts";

// Identifiers, links, names of third parties.
export * from "./ids/ids.ts";
export * from "./ids/lookup-hash.ts";
export * from "./ids/matrix-uri.ts";
export * from "./ids/mxc.ts";
export * from "./ids/opaque.ts";
export * from "./ids/threepid.ts";
export * from "./ids/user-id-mapping.ts";

// Keys, signatures, signed requests.
export * from "./keys/recovery-key.ts";
export * from "./signing/crypto.ts";
export * from "./signing/json.ts";
export * from "./signing/x-matrix.ts";

// Events and room versions.
export * from "./events/build.ts";
export * from "./events/format.ts";
export * from "./events/hashes.ts";
export * from "./events/pdu.ts";
export * from "./events/redact.ts";
export * from "./events/references.ts";
export * from "./events/sign.ts";
export * from "./events/size.ts";
export * from "./room-versions/index.ts";
export * from "./room-versions/rules.ts";

// Authorisation.
export * from "./auth/auth-events.ts";
export * from "./auth/check.ts";
export * from "./auth/create.ts";
export * from "./auth/power-levels.ts";
export * from "./auth/redactable.ts";
export * from "./auth/select.ts";
export * from "./auth/state.ts";

// Globs, access lists, push rules, filters.
export * from "./filters/filter.ts";
export {
  defaultEventFilter,
  defaultFilter,
  type ParsedFilter,
  parseFilter,
  parseRoomEventFilter,
} from "./filters/parse.ts";
export { filterLimits } from "./filters/read.ts";
export * from "./globs.ts";
export type { PushRoomContext, PushUserContext } from "./push/conditions.ts";
export * from "./push/default-rules.ts";
export * from "./push/evaluate.ts";
export * from "./push/parse-rule.ts";
export * from "./push/ruleset.ts";
export * from "./server-acl.ts";
