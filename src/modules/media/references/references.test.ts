import assert from "node:assert/strict";
import { test } from "node:test";
import { eachDatabase } from "../../../../test/support/databases.ts";
import { openEngineForTest } from "../../../engine/rooms/testing.ts";
import type { JsonObject } from "../../../protocol/json/json.ts";
import { findMedia } from "./find-media.ts";
import { referencesFollower } from "./follower.ts";
import { listReferences } from "./references.store.ts";

const idsIn = (content: JsonObject): string[] =>
  findMedia(content).map(({ origin, mediaId }) => `${origin}/${mediaId}`);

test("media are found wherever a content names them, each once", () => {
  const content = {
    url: "mxc://a.org/one",
    info: { thumbnail_url: "mxc://a.org:8448/two", thumbnail_file: { url: "mxc://[::1]:1/three" } },
    file: { url: "mxc://a.org/one" },
    formatted_body: 'so <img src="mxc://b.org/four"> and <img src="mxc://b.org/five">',
    images: [{ url: "mxc://c.org/six" }, null, 7, true],
  };
  assert.deepEqual(idsIn(content), [
    "a.org/one",
    "a.org:8448/two",
    "[::1]:1/three",
    "b.org/four",
    "b.org/five",
    "c.org/six",
  ]);
});

test("what only looks like a medium is none, and there is an end to them", () => {
  assert.deepEqual(
    idsIn({ body: "mxc://", a: "mxc://a.org", b: "mxc://a.org/\u0000", c: "https://a.org/x", d: {} }),
    [],
  );
  const many = Array.from({ length: 2000 }, (_, index) => `mxc://a.org/${index}`);
  assert.equal(idsIn({ many }).length, 500);
  const deep: JsonObject = JSON.parse(`{"a":${"[".repeat(30_000)}"mxc://a.org/x"${"]".repeat(30_000)}}`);
  assert.deepEqual(idsIn(deep), []);
});

eachDatabase("events are known by the media that they name, also after their redaction", async (database) => {
  const engine = await openEngineForTest(database);
  engine.rooms.follow(referencesFollower(database.dialect));
  const room = await engine.room();
  const avatar = await room.set("m.room.avatar", { url: "mxc://test/one" });
  const pack = await room.set("m.room.topic", { topic: "mxc://test/one and mxc://other/two" });
  await room.say(room.creator, "no medium");
  await room.redact(room.creator, pack);
  const found = async (origin: string, mediaId: string) =>
    (await listReferences(database, { origin, mediaId }, 10)).map(({ position, isRedacted }) => [position, isRedacted]);
  assert.deepEqual(await found("test", "one"), [
    [avatar.position, 0],
    [pack.position, 1],
  ]);
  assert.deepEqual(await found("other", "two"), [[pack.position, 1]]);
  assert.deepEqual(await found("other", "one"), []);
});
