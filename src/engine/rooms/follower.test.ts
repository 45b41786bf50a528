import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { NotLoaded } from "./not-loaded.ts";
import { openEngineForTest } from "./testing.ts";

eachDatabase(
  "a follower hears of every event and of what a redaction takes, and writes with them",
  async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room();
    await database.commit([[{ text: "CREATE TABLE heard (position BIGINT, what TEXT)", params: [] }]]);
    engine.rooms.follow({
      onAppended(tx, event, now) {
        const name = now.state("m.room.name", "")?.pdu.content["name"];
        tx.run("INSERT INTO heard VALUES ($1, $2)", [event.position, `${event.pdu.type} in ${JSON.stringify(name)}`]);
      },
      onRedacted(tx, target, redaction) {
        tx.run("INSERT INTO heard VALUES ($1, $2)", [
          redaction.position,
          `lost ${JSON.stringify(target.pdu.content["body"])}`,
        ]);
      },
    });
    await room.set("m.room.name", { name: "Loom" });
    const message = await room.say(room.creator, "Hello");
    await room.redact(room.creator, message);
    const rows = await database.all<{ what: string }>("SELECT what FROM heard ORDER BY position, what DESC", []);
    const expected = [
      'm.room.name in "Loom"',
      'm.room.message in "Loom"',
      'm.room.redaction in "Loom"',
      'lost "Hello"',
    ];
    assert.deepEqual(
      rows.map(({ what }) => what),
      expected,
    );
  },
);

eachDatabase("a follower of a redaction finds in the state what is left of the event", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const name = await room.set("m.room.name", { name: "Loom" });
  const seen: unknown[] = [];
  engine.rooms.follow({
    onRedacted(tx, target, _redaction, now) {
      const left = now.state("m.room.name", "")?.pdu.content;
      tx.afterCommit(() => seen.push(target.pdu.content, left));
    },
  });
  await room.redact(room.creator, name);
  assert.deepEqual(seen, [{ name: "Loom" }, {}]);
});

eachDatabase(
  "whether a room is published outlives a restart, and a failed transaction changes nothing",
  async (database) => {
    const engine = await openEngineForTest(database);
    const { roomId } = await engine.room();
    const publish = async (isPublished: boolean, fails = false) =>
      await engine.rooms.write(roomId, (writer, tx) => {
        writer.setPublished(isPublished);
        if (fails) tx.run("INSERT INTO no_such_table VALUES (1)", []);
      });
    const isPublished = async ({ rooms } = engine) => (await rooms.require(roomId)).isPublished;
    assert.equal(await isPublished(), false);
    await publish(true);
    assert.equal(await isPublished(), true);
    await assert.rejects(publish(false, true));
    assert.equal(await isPublished(), true);
    assert.equal(await isPublished(await engine.reopen()), true);
  },
);

eachDatabase("a follower that lacks something has it loaded, and is called again", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const calls: string[] = [];
  engine.rooms.follow({
    onAppended(tx) {
      if (calls.length === 0) throw new NotLoaded(async () => void calls.push("loaded"));
      tx.afterCommit(() => calls.push("committed"));
    },
  });
  await room.say(room.creator, "Hello");
  assert.deepEqual(calls, ["loaded", "committed"]);
});
