import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { S3Server } from "../../../../test/support/s3-server.ts";
import { openDiskStore } from "./disk.ts";
import type { FileStore, Incoming } from "./file-store.ts";
import { pathOf } from "./path.ts";
import { openS3Store } from "./s3.ts";

/** A store for one test. */
interface Opened {
  readonly store: FileStore;
  /** Files and objects that are kept, as paths of hashes. */
  readonly kept: () => Promise<string[]>;
  /** Another on the same files, as after a restart. */
  readonly reopen: () => Promise<FileStore>;
  /** Bytes on this machine's disk that are on their way. */
  readonly onTheirWay: () => Promise<string[]>;
}

let s3: S3Server;
before(async () => {
  s3 = await S3Server.start();
});
after(async () => await s3[Symbol.asyncDispose]());

const kinds: Readonly<Record<string, (folder: string) => Promise<Omit<Opened, "onTheirWay">>>> = {
  async disk(folder) {
    const reopen = async () => await openDiskStore(folder);
    const kept = async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      return files.map((file) => file.slice(folder.length + 1)).filter((file) => !/^(incoming|unconfirmed)/.test(file));
    };
    return { store: await reopen(), reopen, kept };
  },
  async S3(folder) {
    const prefix = `${randomBytes(6).toString("hex")}/`;
    const { bucket, endpoint } = s3;
    const reopen = async () =>
      await openS3Store(folder, {
        bucket,
        endpoint,
        prefix,
        region: "us-east-1",
        credentials: s3,
        isPathStyle: true,
        redirect: false,
      });
    const kept = async () => {
      const keys = await s3.objects();
      return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    };
    return { store: await reopen(), reopen, kept };
  },
};

/** What every store must do. */
function each(name: string, body: (opened: Opened) => Promise<void>): void {
  for (const [kind, open] of Object.entries(kinds)) {
    test(`${name} (${kind})`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "heddle-files-"));
      const onTheirWay = async () => await readdir(join(folder, "incoming"));
      try {
        await body({ ...(await open(folder)), onTheirWay });
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
}

const receive = async (store: FileStore, ...parts: readonly (string | Buffer)[]): Promise<Incoming> =>
  await store.receive(Readable.from(parts.map((part) => Buffer.from(part))), 10_000_000);

async function keep(store: FileStore, bytes: string | Buffer): Promise<string> {
  await using incoming = await receive(store, bytes);
  await incoming.keep();
  await incoming.confirm();
  return incoming.hash;
}

async function bytesOf(read: Readable | Uint8Array | undefined): Promise<Buffer> {
  assert.ok(read, "the file is there");
  return read instanceof Readable ? Buffer.concat(await read.toArray()) : Buffer.from(read);
}

const hashOf = (text: string | Buffer): string => createHash("sha256").update(text).digest("base64url");

each("a file is named by its hash and kept once", async ({ store, kept, onTheirWay }) => {
  for (let n = 0; n < 2; n++) {
    await using incoming = await receive(store, "hel", "lo");
    assert.equal((await readFile(incoming.path)).toString(), "hello");
    await incoming.keep();
    await incoming.confirm();
    assert.deepEqual([incoming.hash, incoming.sizeBytes], [hashOf("hello"), 5]);
  }
  assert.deepEqual(await kept(), [pathOf(hashOf("hello"))]);
  assert.deepEqual(await onTheirWay(), []);
});

each("a file is read as a whole and in parts, small, empty and large", async ({ store }) => {
  const large = randomBytes(3_000_000);
  const [small, empty, big] = [await keep(store, "hello"), await keep(store, ""), await keep(store, large)];
  assert.equal((await bytesOf(await store.read(small))).toString(), "hello");
  assert.equal((await bytesOf(await store.read(small, { start: 1, end: 3 }))).toString(), "ell");
  assert.equal((await bytesOf(await store.read(empty))).length, 0);
  assert.ok((await bytesOf(await store.read(big))).equals(large));
  const part = await bytesOf(await store.read(big, { start: 1_000_000, end: 2_000_000 }));
  assert.ok(part.equals(large.subarray(1_000_000, 2_000_001)));
  assert.equal(await store.read(hashOf("other")), undefined);
});

each("a file is lent as one on this machine's disk", async ({ store, onTheirWay }) => {
  const hash = await keep(store, "hello");
  assert.equal(await store.asLocalFile(hash, async (path) => (await readFile(path)).toString()), "hello");
  assert.equal(await store.asLocalFile(hashOf("other"), async () => true), undefined);
  await assert.rejects(
    store.asLocalFile(hash, async () => {
      throw new Error("no image");
    }),
    /no image/,
  );
  assert.deepEqual(await onTheirWay(), []);
});

each("what is deleted is gone, and may be deleted again", async ({ store, kept }) => {
  const hash = await keep(store, "hello");
  await store.delete(hash);
  await store.delete(hash);
  assert.equal(await store.read(hash), undefined);
  assert.deepEqual(await kept(), []);
});

each("who reads a file while it is deleted gets all of it", async ({ store }) => {
  const large = randomBytes(3_000_000);
  const hash = await keep(store, large);
  const read = await store.read(hash);
  await store.delete(hash);
  assert.ok((await bytesOf(read)).equals(large));
});

each("what is not kept, too large or interrupted leaves nothing", async ({ store, kept, onTheirWay }) => {
  {
    await using incoming = await receive(store, "unwanted");
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
  assert.deepEqual([await kept(), await onTheirWay()], [[], []]);
  assert.deepEqual(await store.abandoned(), []);
});

each("a file that nobody confirms is found, in this run and after a restart", async ({ store, reopen }) => {
  const hash = await keep(store, "needed");
  {
    await using incoming = await receive(store, "left");
    await incoming.keep();
    assert.deepEqual(await store.abandoned(), [], "it is on its way");
  }
  for (const run of [store, await reopen()]) {
    assert.deepEqual(
      (await run.abandoned()).map((file) => file.hash),
      [hashOf("left")],
    );
  }
  for (const file of await store.abandoned()) await file.forget();
  assert.deepEqual(await store.abandoned(), []);
  assert.equal((await bytesOf(await store.read(hash))).toString(), "needed");
});
