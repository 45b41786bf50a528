import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { openDiskStore } from "./disk.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-files-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** All files below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

const bytesOf = async (read: Readable | Uint8Array | undefined): Promise<string> => {
  assert.ok(read, "the file is there");
  return read instanceof Readable ? Buffer.concat(await read.toArray()).toString() : Buffer.from(read).toString();
};

test("a file is named by its hash and kept once", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder);
    for (let n = 0; n < 2; n++) {
      await using incoming = await store.receive(Readable.from([Buffer.from("hel"), Buffer.from("lo")]), 5);
      await incoming.keep();
      assert.equal(incoming.hash, createHash("sha256").update("hello").digest("base64url"));
      assert.equal(incoming.sizeBytes, 5);
    }
    const [name, ...others] = await filesIn(folder);
    assert.deepEqual(others, []);
    const hash = createHash("sha256").update("hello").digest("base64url");
    assert.equal(name, hash.slice(4));
    assert.equal(await bytesOf(await store.read(hash)), "hello");
    assert.equal(await bytesOf(await store.read(hash, { start: 1, end: 3 })), "ell");
    assert.equal(await store.asLocalFile(hash, async (path) => path.endsWith(hash.slice(4))), true);
    await store.delete(hash);
    assert.equal(await store.read(hash), undefined);
    assert.equal(await store.asLocalFile(hash, async () => true), undefined);
    await store.delete(hash);
  });
});

test("what is not kept, too large or interrupted leaves nothing", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder);
    {
      await using incoming = await store.receive(Readable.from([Buffer.from("unwanted")]), 100);
      assert.equal(incoming.sizeBytes, 8);
    }
    await assert.rejects(store.receive(Readable.from([Buffer.alloc(4), Buffer.alloc(4)]), 7), {
      errcode: "M_TOO_LARGE",
    });
    const breaking = new Readable({
      read() {
        this.push("some");
        this.destroy(new Error("the client is gone"));
      },
    });
    await assert.rejects(store.receive(breaking, 100), /the client is gone/);
    assert.deepEqual(await filesIn(folder), []);
  });
});

test("what an earlier run left half is cleared away", async () => {
  await withFolder(async (folder) => {
    await openDiskStore(folder);
    await writeFile(join(folder, "incoming", "half"), "half");
    await openDiskStore(folder);
    assert.deepEqual(await filesIn(folder), []);
  });
});
