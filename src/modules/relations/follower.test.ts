import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { alice, bob, openEngineForTest } from "../../engine/rooms/testing.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Database } from "../../store/sql.ts";
import { createRelations } from "./index.ts";
import { childPositions } from "./relations.store.ts";
import { listThreads } from "./threads.store.ts";

const NOBODY: ReadonlySet<string> = new Set();
const message = (sender: string, content: JsonObject = {}) => ({ type: "m.room.message", sender, content });
const to = (type: string, eventId: string): JsonObject => ({ "m.relates_to": { rel_type: type, event_id: eventId } });

/** A room in which events may come after what relates to them, as they do from other servers. */
async function start(database: Database) {
  const { rooms, clock, ...engine } = await openEngineForTest(database);
  createRelations({ rooms, sql: database, clock, ignoredBy: async () => NOBODY, replaceEditedContent: false });
  const { roomId } = await engine.room({ members: [alice, bob] });
  const roomNid = (await rooms.require(roomId)).nid;
  return {
    /** Takes in what `childrenOf` says of an event, and only then the event. */
    late: async (content: JsonObject, childrenOf: (eventId: string) => readonly JsonObject[]) =>
      await rooms.write(roomId, (writer) => {
        const parent = writer.build(message(alice, content));
        const children = childrenOf(parent.eventId).map((child) => writer.append(message(bob, child)));
        return { parent: writer.add(parent, {}), children };
      }),
    say: async (content: JsonObject = {}) => await rooms.send(roomId, message(alice, content)),
    bundle: async (event: StoredEvent): Promise<JsonObject | undefined> => {
      const options = { viewer: { userId: bob, deviceId: "PHONE" }, decorated: true, withRoomId: true, now: 0 };
      const [text = ""] = await renderEvents(rooms, [event], options);
      return JSON.parse(text).unsigned["m.relations"];
    },
    descendants: async (event: StoredEvent) =>
      await childPositions(database, {
        roomNid,
        parentId: event.eventId,
        relType: undefined,
        eventType: undefined,
        depth: 3,
        direction: "f",
        first: 0,
        end: Number.MAX_SAFE_INTEGER,
        limit: 10,
      }),
    threads: async (participant?: string) =>
      await listThreads(database, { roomNid, before: Number.MAX_SAFE_INTEGER, participant, limit: 10 }),
  };
}

const positionsOf = (events: readonly (StoredEvent | undefined)[]) => events.map((event) => event?.position);

eachDatabase("a root that comes after its replies has its thread", async (database) => {
  const { late, bundle, threads } = await start(database);
  const { parent, children } = await late({}, (eventId) => [to("m.thread", eventId), to("m.reference", eventId)]);
  assert.deepEqual(Object.keys((await bundle(parent)) ?? {}).toSorted(), ["m.reference", "m.thread"]);
  assert.deepEqual(await threads(bob), [{ rootId: parent.eventId, latest: children[0]?.position }]);
});

eachDatabase("what came before its parent is found from all its ancestors", async (database) => {
  const { late, say, descendants } = await start(database);
  const root = await say();
  const reply = await say(to("m.thread", root.eventId));
  const { parent: edit, children } = await late(to("m.replace", reply.eventId), (eventId) => [
    to("m.annotation", eventId),
  ]);
  const reference = await say(to("m.reference", children[0]?.eventId ?? ""));
  assert.deepEqual(await descendants(root), positionsOf([reply, children[0], edit]));
  assert.deepEqual(await descendants(reply), positionsOf([children[0], edit, reference]));
});

eachDatabase("an event that turns out to be a child has no thread, whatever came before it", async (database) => {
  const { late, say, bundle, threads } = await start(database);
  const root = await say();
  const { parent, children } = await late(to("m.thread", root.eventId), (eventId) => [to("m.thread", eventId)]);
  await say(to("m.thread", parent.eventId));
  assert.deepEqual(await threads(), [{ rootId: root.eventId, latest: parent.position }]);
  assert.equal(await bundle(parent), undefined);
  assert.equal(children.length, 1);
});

eachDatabase("of more references than fit a bundle the latest are told", async (database) => {
  const { late, bundle } = await start(database);
  const { parent, children } = await late({}, (eventId) =>
    Array.from({ length: 501 }, () => to("m.reference", eventId)),
  );
  const chunk = children.slice(1).map(({ eventId }) => ({ event_id: eventId }));
  assert.deepEqual(await bundle(parent), { "m.reference": { chunk } });
});
