import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
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
