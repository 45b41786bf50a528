import assert from "node:assert/strict";
import { type EventJson, refusal, type TestClient } from "../support/client.ts";
import { homeserverTests } from "../support/homeserver.ts";
import { type Person, type Story, tellStory } from "./story.ts";
import { type Way, waysOut } from "./ways-out.ts";

const homeserverTest = homeserverTests({ presence: { enabled: false } });

const PEOPLE = ["member", "returner", "invitee"] as const;

const some = (ids: readonly string[]): readonly string[] => ids.filter((_, index) => index % 7 === 0);

/** Endpoints that give state alone, and so no membership of the time. */
const STATE_ONLY = /\/state|\/members|\/joined_members|hierarchy|room_summary|publicRooms|timestamp_to_event/;

/** Under these names stands what holds, not what was sent. */
const STATE = new Set([
  "state",
  "state_after",
  "invite_state",
  "knock_state",
  "invite",
  "presence",
  "account_data",
  "receipts",
]);

/** @see https://spec.matrix.org/v1.19/client-server-api/#definition-clientevent_unsigneddata */
homeserverTest("on every way, events say what who asks was to the room when they were sent", async (homeserver) => {
  const whole = await tellStory(homeserver, "world_readable");
  // All answer alike to whichever event they are asked about.
  const story = { ...whole, eventIds: some(whole.eventIds), notableIds: some(whole.notableIds) };
  const silent = new Set(waysOut(story, "member").map(({ endpoint }) => endpoint));
  for (const person of PEOPLE) {
    const expected = await membershipsOf(story, person);
    for (const way of waysOut(story, person)) {
      const events = STATE_ONLY.test(way.endpoint) ? [] : await eventsBy(story.people[person].client, way);
      for (const event of events.filter(({ event_id: id }) => expected.has(id))) {
        silent.delete(way.endpoint);
        const told = event.unsigned?.["membership"];
        assert.equal(told, expected.get(event.event_id), `${person}: ${way.url}: ${JSON.stringify(event)}`);
      }
    }
  }
  assert.deepEqual(
    [...silent].filter((endpoint) => !STATE_ONLY.test(endpoint)),
    [],
  );
});

/** What somebody was to the room after each event, by what everybody may read. */
async function membershipsOf({ people, roomId }: Story, person: Person): Promise<ReadonlyMap<string, unknown>> {
  const { userId } = people[person].client;
  const { chunk } = await people.member.client.messages(roomId, { dir: "f", limit: "1000" });
  const known = new Map<string, unknown>();
  let membership: unknown = "leave";
  for (const event of chunk) {
    if (event.type === "m.room.member" && event.state_key === userId) membership = event.content["membership"];
    known.set(event.event_id, membership);
  }
  return known;
}

/** What an endpoint gives, if the person may ask it. */
async function eventsBy(client: TestClient, { url, body }: Way): Promise<EventJson[]> {
  const asked = body ? client.post<unknown>(url, body) : client.get<unknown>(url);
  return (await refusal(asked)) === "allowed" ? timelineEvents(await asked) : [];
}

/** The events anywhere in an answer that were sent rather than hold. */
function timelineEvents(value: unknown): EventJson[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.entries(value).flatMap(([name, member]) => (STATE.has(name) ? [] : timelineEvents(member)));
  return isEvent(value) ? [value, ...below] : below;
}

const isEvent = (value: object): value is EventJson => "event_id" in value && "sender" in value && "unsigned" in value;
