import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eachDatabase } from "../../../test/support/databases.ts";
import { openEngineForTest } from "../../engine/rooms/testing.ts";
import { InTurn } from "../../in-turn.ts";
import { clearAbandonedFiles } from "./abandoned-files.ts";
import { openDiskStore } from "./files/disk.ts";
import { insertMedium } from "./media.store.ts";
import { insertThumbnail } from "./thumbnails/thumbnails.store.ts";

eachDatabase("files of uploads that never came to an end go, those that are somebody's stay", async (database) => {
  const folder = await mkdtemp(join(tmpdir(), "heddle-media-"));
  await using _ = { [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true }) };
  const { partitions } = await openEngineForTest(database);
  const before = await openDiskStore(folder);
  const [lost, medium, thumbnail] = [await keep(), await keep(), await keep()];
  await partitions.of("a").commit("a", (tx) => {
    const named = { origin: "test", mediaId: "a", contentType: "text/plain", uploadName: "", uploader: "@a:test" };
    insertMedium(tx, { ...named, fileHash: medium, sizeBytes: 9, createdAt: 1, expiresAt: 0 });
    insertThumbnail(tx, medium, "32", { fileHash: thumbnail, sizeBytes: 9, contentType: "image/png" });
  });
  const files = await openDiskStore(folder);
  assert.equal((await files.abandoned()).length, 3);
  await clearAbandonedFiles({ sql: database, files, fileTurns: new InTurn() });
  assert.deepEqual(await files.abandoned(), []);
  assert.equal(await files.read(lost), undefined);
  for (const hash of [medium, thumbnail]) assert.notEqual(await files.read(hash), undefined);

  /** As an upload that is killed before its row is durable, or after it and before that is noted. */
  async function keep(): Promise<string> {
    const incoming = await before.receive(Readable.from([randomBytes(9)]), 100);
    await incoming.keep();
    return incoming.hash;
  }
});
