import type { Database, Row, Statement } from "../../store/sql.ts";
import { parseJsonObject } from "../../protocol/json/json.ts";
import { isJsonObject } from "../../protocol/json/json.ts";
import { SEARCHED_TYPES, searchedText } from "./searched-text.ts";
import type { SearchDocument } from "./tokens.ts";
import { inList } from "../../store/dialect.ts";

interface EventRow extends Row {
  readonly position: number;
  readonly roomNid: number;
  readonly type: string;
  readonly stateKey: string | null;
  readonly json: string;
}

const READ_PROGRESS = "SELECT position FROM search_progress WHERE partition_id = $1";
const SET_PROGRESS = "UPDATE search_progress SET position = $2 WHERE partition_id = $1";
const READ_EVENTS = `
  SELECT position, room_nid AS "roomNid", type, state_key AS "stateKey", json FROM events
  WHERE position > $1 AND position <= $2 AND verdict = 0 AND redacted_by = 0 AND `;

const PARTITION = 0;

/** Up to which position events are in the index. */
export async function readProgress(sql: Pick<Database, "get">): Promise<number> {
  return (await sql.get<{ position: number }>(READ_PROGRESS, [PARTITION]))?.position ?? 0;
}

export const setProgress = (position: number): Statement => ({ text: SET_PROGRESS, params: [PARTITION, position] });

/** What can be searched of the events in a stretch of the log, `after` not included. */
export async function readDocuments(
  sql: Pick<Database, "all" | "dialect">,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<SearchDocument[]> {
  const text = `${READ_EVENTS}${inList(sql.dialect, "type", "$3")} ORDER BY position`;
  const rows = await sql.all<EventRow>(text, [after, upTo, JSON.stringify(SEARCHED_TYPES)]);
  return rows.flatMap((row) => {
    const found = searchedTextOf(row);
    return found ? [{ position: row.position, roomNid: row.roomNid, ...found }] : [];
  });
}

function searchedTextOf({ type, stateKey, json }: EventRow) {
  const { content } = parseJsonObject(json);
  return isJsonObject(content) ? searchedText({ type, stateKey: stateKey ?? undefined, content }) : undefined;
}
