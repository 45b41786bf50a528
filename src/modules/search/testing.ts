import type { EventJson, TestClient } from "../../../test/support/client.ts";
import type { GroupJson } from "./groups.ts";

/** A result as clients see it. */
export type ResultJson = {
  readonly rank: number;
  readonly result: EventJson;
  readonly context?: {
    readonly start: string;
    readonly end: string;
    readonly events_before: readonly EventJson[];
    readonly events_after: readonly EventJson[];
    readonly profile_info?: Readonly<Record<string, object>>;
  };
};

/** `room_events` of an answer. */
export type FoundJson = {
  readonly count: number;
  readonly highlights: readonly string[];
  readonly results: readonly ResultJson[];
  readonly state?: Readonly<Record<string, readonly EventJson[]>>;
  readonly groups?: Readonly<Record<string, Readonly<Record<string, GroupJson>>>>;
  readonly next_batch?: string;
};

/** Searches, with further members of the criteria. */
export async function searchFor(
  client: TestClient,
  search_term: string,
  { next_batch, ...wishes }: Readonly<Record<string, unknown>> & { readonly next_batch?: string | undefined } = {},
): Promise<FoundJson> {
  const query = next_batch === undefined ? "" : `?next_batch=${encodeURIComponent(next_batch)}`;
  const body = { search_categories: { room_events: { search_term, ...wishes } } };
  const answer = await client.post<{ search_categories: { room_events: FoundJson } }>(`search${query}`, body);
  return answer.search_categories.room_events;
}

/** The IDs of what was found. */
export const idsOf = ({ results }: FoundJson): string[] => results.map(({ result }) => result.event_id);

/** What is found for a term, the newest first, as IDs. */
export const foundBy = async (client: TestClient, term: string): Promise<string[]> =>
  idsOf(await searchFor(client, term, { order_by: "recent" }));
