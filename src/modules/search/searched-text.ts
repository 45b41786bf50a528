import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import type { SearchKey } from "./tokens.ts";

/** What of an event can be searched. */
export interface SearchedText {
  readonly key: SearchKey;
  readonly text: string;
}

interface Searched {
  readonly type: string;
  readonly stateKey: string | undefined;
  readonly content: JsonObject;
}

/** The types of events that have any; others need not be read. */
export const SEARCHED_TYPES = ["m.room.message", "m.room.name", "m.room.topic"] as const;

/**
 * What of an event can be searched; `undefined` for what has nothing, as encrypted and redacted events have not.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room_events
 */
export function searchedText({ type, stateKey, content }: Searched): SearchedText | undefined {
  switch (type) {
    case "m.room.message":
      return found("content.body", [content["body"], editedBody(content)]);
    case "m.room.name":
      return stateKey === undefined ? undefined : found("content.name", [content["name"]]);
    case "m.room.topic":
      return stateKey === undefined ? undefined : found("content.topic", [content["topic"], plainTopic(content)]);
    default:
      return undefined;
  }
}

function found(key: SearchKey, values: readonly unknown[]): SearchedText | undefined {
  const texts = values.filter((value) => typeof value === "string" && value !== "");
  return texts.length === 0 ? undefined : { key, text: [...new Set(texts)].join("\n") };
}

/** An edit is found by the new text, whatever it says to clients that know no edits. */
function editedBody(content: JsonObject): unknown {
  const fresh = content["m.new_content"];
  return isJsonObject(fresh) ? fresh["body"] : undefined;
}

/** Since v1.15 a topic may have several representations, of which the one in plain text is searched. */
function plainTopic(content: JsonObject): unknown {
  const topic = content["m.topic"];
  const representations = isJsonObject(topic) ? topic["m.text"] : undefined;
  if (!Array.isArray(representations)) return undefined;
  const plain = representations.filter(isJsonObject).find(({ mimetype = "text/plain" }) => mimetype === "text/plain");
  return plain?.["body"];
}
