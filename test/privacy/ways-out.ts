/** Every request by which events of a room, or parts of them, come to a user. */
import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../support/client.ts";
import type { Person, Story } from "./story.ts";

/** A request: the endpoint's method and path as in its definition, and what is asked. */
export interface Way {
  readonly endpoint: string;
  readonly url: string;
  readonly body?: object;
}

/** What is asked for by GET and gives nothing of the history of rooms. */
export const WITHOUT_EVENTS: readonly RegExp[] = [
  /\.well-known|\/client\/versions$|\/capabilities$/,
  /\/(account|devices|login|register|profile|presence|pushrules|user|directory|thirdparty|voip|keys|room_keys|media|admin|auth|sso|third-party-identifiers)\//,
  /\/(devices|login|joined_rooms|mutual_rooms|pushers|dehydrated_device)$/,
  /\/rooms\/\{roomId\}\/aliases$/,
];

const V3 = "/_matrix/client/v3";
const V1 = "/_matrix/client/v1";

const get = (to: string, url: string): Way => ({ endpoint: `GET ${to}`, url });

/** The ways to ask for a story, for somebody. */
export function waysOut({ roomId, alias, spaceId, people, eventIds, notableIds }: Story, person: Person): Way[] {
  const { tokens, client } = people[person];
  const room = path`/rooms/${roomId}`;
  // Also points at which the person was not there: nobody is given more by a token of somebody else.
  const points = people.member.tokens;
  return [
    ...syncs(tokens),
    ...["b", "f"].flatMap((dir) =>
      [`limit=1000`, `limit=3`, `limit=1000&filter=${encodeURIComponent('{"lazy_load_members":true}')}`].map((query) =>
        get(`${V3}/rooms/{roomId}/messages`, `${V3}${room}/messages?dir=${dir}&${query}`),
      ),
    ),
    ...points.flatMap((at) => [
      get(`${V3}/rooms/{roomId}/messages`, `${V3}${room}/messages?dir=b&limit=5&from=${at}`),
      get(`${V3}/rooms/{roomId}/messages`, `${V3}${room}/messages?dir=f&limit=50&from=${at}`),
      get(`${V3}/rooms/{roomId}/members`, `${V3}${room}/members?at=${at}`),
    ]),
    get(`${V3}/rooms/{roomId}/members`, `${V3}${room}/members`),
    get(`${V3}/rooms/{roomId}/joined_members`, `${V3}${room}/joined_members`),
    get(`${V3}/rooms/{roomId}/state`, `${V3}${room}/state`),
    ...["test.state", path`m.room.member/${client.userId}`].flatMap((which) => [
      get(`${V3}/rooms/{roomId}/state/{eventType}/{stateKey}`, `${V3}${room}/state/${which}`),
      get(`${V3}/rooms/{roomId}/state/{eventType}/{stateKey}`, `${V3}${room}/state/${which}?format=event`),
    ]),
    get(`${V3}/rooms/{roomId}/initialSync`, `${V3}${room}/initialSync?limit=1000`),
    get(`${V3}/initialSync`, `${V3}/initialSync?limit=1000&archived=true`),
    ...tokens.map((from) => get(`${V3}/events`, `${V3}/events?timeout=0&from=${from}`)),
    ...tokens.map((from) =>
      get(`${V3}/events`, `${V3}/events?timeout=0&from=${from}&room_id=${encodeURIComponent(roomId)}`),
    ),
    get(`${V1}/rooms/{roomId}/threads`, `${V1}${room}/threads?limit=100`),
    get(`${V1}/rooms/{roomId}/threads`, `${V1}${room}/threads?include=participated`),
    get(`${V3}/notifications`, `${V3}/notifications?limit=100`),
    ...["b", "f"].map((dir) =>
      get(`${V1}/rooms/{roomId}/timestamp_to_event`, `${V1}${room}/timestamp_to_event?dir=${dir}&ts=${Date.now()}`),
    ),
    get(`${V1}/room_summary/{roomIdOrAlias}`, `${V1}${path`/room_summary/${roomId}`}`),
    get(`${V1}/room_summary/{roomIdOrAlias}`, `${V1}${path`/room_summary/${alias}`}`),
    get(`${V1}/rooms/{roomId}/hierarchy`, `${V1}${path`/rooms/${spaceId}/hierarchy`}`),
    get(`${V1}/rooms/{roomId}/hierarchy`, `${V1}${room}/hierarchy`),
    get(`${V3}/publicRooms`, `${V3}/publicRooms`),
    { endpoint: `POST ${V3}/publicRooms`, url: `${V3}/publicRooms`, body: {} },
    { endpoint: `POST ${V3}/search`, url: `${V3}/search`, body: search },
    ...eventIds.map((id) => get(`${V3}/rooms/{roomId}/event/{eventId}`, `${V3}${room}${path`/event/${id}`}`)),
    ...notableIds.flatMap((eventId) => aboutEvent(room, eventId)),
  ];
}

const search = {
  search_categories: {
    room_events: {
      search_term: "secret",
      event_context: { before_limit: 5, after_limit: 5, include_profile: true },
      include_state: true,
    },
  },
};

function syncs(tokens: readonly string[]): Way[] {
  const endpoint = `GET ${V3}/sync`;
  const room = { include_leave: true, timeline: { limit: 1_000 } };
  const filters = [
    { room },
    { room: { ...room, timeline: { limit: 3 } } },
    { room: { ...room, timeline: { limit: 1 }, state: { lazy_load_members: true } } },
    { room: { ...room, timeline: { types: ["m.room.member"], limit: 2 } } },
  ].map((filter) => encodeURIComponent(JSON.stringify(filter)));
  return filters.flatMap((filter) => [
    { endpoint, url: `${V3}/sync?filter=${filter}` },
    ...tokens.map((since) => ({ endpoint, url: `${V3}/sync?filter=${filter}&since=${since}` })),
    { endpoint, url: `${V3}/sync?filter=${filter}&since=${tokens[0]}&full_state=true` },
    { endpoint, url: `${V3}/sync?filter=${filter}&since=${tokens[1]}&use_state_after=true` },
  ]);
}

function aboutEvent(room: string, id: string): Way[] {
  const event = encodeURIComponent(id);
  const relations = `${V1}${room}/relations/${event}`;
  const template = `GET ${V1}/rooms/{roomId}/relations/{eventId}`;
  return [
    { endpoint: `GET ${V3}/rooms/{roomId}/context/{eventId}`, url: `${V3}${room}/context/${event}?limit=0` },
    { endpoint: `GET ${V3}/rooms/{roomId}/context/{eventId}`, url: `${V3}${room}/context/${event}?limit=20` },
    { endpoint: `GET ${V3}/events/{eventId}`, url: `${V3}/events/${event}` },
    { endpoint: template, url: `${relations}?limit=100&recurse=true` },
    { endpoint: `${template}/{relType}`, url: `${relations}/m.thread?limit=100` },
    { endpoint: `${template}/{relType}/{eventType}`, url: `${relations}/m.annotation/m.reaction?limit=100` },
  ];
}

/** What somebody is answered; `undefined` when it is refused. */
export async function ask(client: TestClient, { endpoint, url, body }: Way): Promise<unknown> {
  const asked = endpoint.startsWith("POST") ? client.post<unknown>(url, body) : client.get<unknown>(url);
  const refused = await refusal(asked);
  assert.ok(!refused.startsWith("5"), `${endpoint} ${url}: ${refused}`);
  return refused === "allowed" ? await asked : undefined;
}
