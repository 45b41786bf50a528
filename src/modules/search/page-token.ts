import { invalidParam } from "../../http/errors.ts";

/** What results may be grouped by. */
export const GROUP_KEYS = ["room_id", "sender"] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** One group: the results of a room, or of a sender. */
export interface GroupName {
  readonly key: GroupKey;
  readonly value: string;
}

/** Where a page ends: the last result on it, in the order of ranks. */
export interface Place {
  readonly rank: number;
  readonly position: number;
}

/** Where the next page begins. Opaque to clients. */
export interface PageToken {
  /** The log is looked through from before this position on. */
  readonly before: number;
  /** What comes up to this place was told; `undefined` when nothing of that window was. */
  readonly after: Place | undefined;
  /** As the first page told it. */
  readonly count: number;
  /** Only results of this group are wanted. */
  readonly group: GroupName | undefined;
}

export function formatPageToken({ before, after, count, group }: PageToken): string {
  const parts = [before, count, after ? [after.rank, after.position] : null, group ? [group.key, group.value] : null];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** @throws MatrixError `M_INVALID_PARAM` for what this server did not make. */
export function parsePageToken(text: string): PageToken {
  const parts = readParts(text);
  if (Array.isArray(parts) && parts.length === 4) {
    const [before, count, after, group]: readonly unknown[] = parts;
    if (
      isPosition(before) &&
      isPosition(count) &&
      (after === null || isPlace(after)) &&
      (group === null || isGroup(group))
    ) {
      return {
        before,
        count,
        after: after === null ? undefined : { rank: after[0], position: after[1] },
        group: group === null ? undefined : { key: group[0], value: group[1] },
      };
    }
  }
  throw invalidParam("`next_batch` is no token of this server");
}

function readParts(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    // Not even JSON: no token either.
    return undefined;
  }
}

const isPosition = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isPlace = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === "number" && isPosition(value[1]);

const isGroup = (value: unknown): value is readonly [GroupKey, string] =>
  Array.isArray(value) && value.length === 2 && isGroupKey(value[0]) && typeof value[1] === "string";

const isGroupKey = (value: unknown): value is GroupKey => GROUP_KEYS.some((key) => key === value);
