import { isJsonObject, type JsonObject, type JsonValue } from "../json/json.ts";
import type { PduJson } from "./pdu.ts";

/** What is left of a value: all of it, or of an object the members named here. */
export type Kept = "all" | { readonly [name: string]: Kept };

/** What a redaction leaves of an event. */
export interface RedactionRules {
  /** Members of the event itself. Of `content` only what `content` says. */
  readonly members: readonly string[];
  /** Of `content`, by event type. Of types not named nothing is left. */
  readonly content: ReadonlyMap<string, Kept>;
}

/**
 * The event without what a redaction takes away. Doing it twice changes nothing; the reference hash and the signatures
 * stay good, since they cover only what is left.
 * @see https://spec.matrix.org/v1.19/client-server-api/#redactions
 */
export function redact(pdu: PduJson, rules: { readonly redaction: RedactionRules }): PduJson {
  const redacted: PduJson & Record<string, JsonValue> = {
    ...pdu,
    content: redactContent(pdu.type, pdu.content, rules.redaction),
  };
  for (const name of Object.keys(redacted)) if (!rules.redaction.members.includes(name)) delete redacted[name];
  return redacted;
}

/** What a redaction leaves of the content of an event of this type. */
export function redactContent(type: string, content: JsonObject, rules: Pick<RedactionRules, "content">): JsonObject {
  const kept = rules.content.get(type);
  if (kept === "all") return content;
  return kept && isJsonObject(content) ? keep(content, kept) : {};
}

function keep(object: JsonObject, kept: Exclude<Kept, "all">): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const name of Object.keys(kept)) {
    const inner = kept[name];
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (inner === "all" && value !== undefined) result[name] = value;
    // Of what should be an object and is none, nothing can be left.
    else if (inner !== "all" && inner !== undefined && isJsonObject(value)) result[name] = keep(value, inner);
  }
  return result;
}
