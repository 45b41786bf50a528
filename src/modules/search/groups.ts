import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Match } from "./matches.ts";
import { formatPageToken, type GroupKey, type GroupName, type PageToken } from "./page-token.ts";

/** @see https://spec.matrix.org/v1.19/client-server-api/#groups */
export interface GroupJson {
  /** The group of the first result is the first. */
  readonly order: number;
  /** IDs of events. */
  readonly results: readonly string[];
  /** For more of this group; absent when there is no more. */
  readonly next_batch?: string;
}

/** What an event is grouped by. */
export const groupValue = ({ roomId, pdu }: StoredEvent, key: GroupKey): string =>
  key === "room_id" ? roomId : pdu.sender;

/** Whether a result belongs to a group; all do when none is named. */
export const isInGroup = (event: StoredEvent, group: GroupName | undefined): boolean =>
  group === undefined || groupValue(event, group.key) === group.value;

/** The results of a page by group. `next` is where the page ends. */
export function groupsOf(
  results: readonly Match[],
  keys: readonly GroupKey[],
  next: Omit<PageToken, "group"> | undefined,
): Readonly<Record<string, Readonly<Record<string, GroupJson>>>> {
  return Object.fromEntries(keys.map((key) => [key, groupsBy(results, key, next)]));
}

function groupsBy(
  results: readonly Match[],
  key: GroupKey,
  next: Omit<PageToken, "group"> | undefined,
): Readonly<Record<string, GroupJson>> {
  const groups = Map.groupBy(results, ({ event }) => groupValue(event, key));
  return Object.fromEntries(
    [...groups].map(([value, matches], index) => [
      value,
      {
        order: index + 1,
        results: matches.map(({ event }) => event.eventId),
        ...(next && { next_batch: formatPageToken({ ...next, group: { key, value } }) }),
      },
    ]),
  );
}
