import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import { MatrixError } from "../../../http/errors.ts";
import { S3Server } from "../../../../test/support/s3-server.ts";
import { optionalPackage } from "./optional-package.ts";
import { openS3Store, type S3Options, type S3Store } from "./s3.ts";

let s3: S3Server;
let folder: string;
before(async () => {
  s3 = await S3Server.start();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-files-"));
});
after(async () => {
  await s3[Symbol.asyncDispose]();
});

async function open(options: Partial<S3Options> = {}): Promise<S3Store> {
  const { bucket, endpoint } = s3;
  const usual = { region: "us-east-1", credentials: s3, prefix: "", isPathStyle: true, redirect: false };
  return await openS3Store(folder, { bucket, endpoint, ...usual, ...options });
}

async function keep(store: S3Store, text: string): Promise<string> {
  await using incoming = await store.receive(Readable.from([Buffer.from(text)]), 100);
  await incoming.keep();
  await incoming.confirm();
  return incoming.hash;
}

/** `503 M_UNKNOWN` and what the operator reads. */
async function failure(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "none";
  } catch (error) {
    assert.ok(error instanceof MatrixError && error.cause instanceof Error);
    return `${error.status} ${error.errcode}: ${error.cause.message}`;
  }
}

const everything = (store: S3Store, hash: string): readonly (() => Promise<unknown>)[] => [
  () => store.check(),
  () => keep(store, "another"),
  () => store.read(hash),
  () => store.asLocalFile(hash, async () => true),
  () => store.delete(hash),
];

const text = async (read: Readable | undefined): Promise<string> =>
  String(Buffer.concat((await read?.toArray()) ?? []));

test("a bucket that is not there, and a wrong key, are told to the operator", async () => {
  try {
    const nowhere = await open({ bucket: "nowhere" });
    const expected = `503 M_UNKNOWN: The bucket nowhere does not exist at ${s3.endpoint}`;
    for (const work of [() => nowhere.check(), () => keep(nowhere, "hello"), () => nowhere.read("abcdef")])
      assert.equal(await failure(work), expected);
    const refused = `503 M_UNKNOWN: ${s3.endpoint} refuses the access key for bucket ${s3.bucket}`;
    const stranger = await open({ credentials: { accessKeyId: "nobody", secretAccessKey: "S3RVER" } });
    for (const work of everything(stranger, "abcdef")) assert.equal(await failure(work), refused);
    assert.deepEqual(await s3.objects(), []);
    assert.deepEqual(await readdir(join(folder, "incoming")), []);
    const usable = await open();
    assert.equal(await failure(() => usable.check()), "none");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("when the server goes, all fails clearly until it comes back, without a restart", async () => {
  try {
    const store = await open();
    const hash = await keep(store, "before");
    await s3.stop();
    const expected = `503 M_UNKNOWN: The bucket ${s3.bucket} at ${s3.endpoint} cannot be used`;
    for (const work of everything(store, hash)) assert.equal(await failure(work), expected);
    assert.deepEqual(await readdir(join(folder, "incoming")), []);
    await s3.start();
    assert.equal(await text(await store.read(hash)), "before");
    assert.equal(await text(await store.read(await keep(store, "after"))), "after");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("links lead to the object, with the headers of our choice, for those alone whom we gave them", async () => {
  try {
    assert.equal(await (await open()).link("abcdef", { contentType: "a/b", contentDisposition: "inline" }), undefined);
    const store = await open({ redirect: true, prefix: "media/" });
    const hash = await keep(store, "linked");
    const link = await store.link(hash, { contentType: "text/plain", contentDisposition: 'inline; filename="ä.txt"' });
    assert.ok(link);
    const answer = await fetch(link);
    assert.deepEqual([answer.status, await answer.text()], [200, "linked"]);
    assert.equal(answer.headers.get("content-type"), "text/plain");
    assert.match(new URL(link).searchParams.get("X-Amz-Expires") ?? "", /^300$/);
    const forged = new URL(link);
    forged.searchParams.set(
      "X-Amz-Credential",
      String(forged.searchParams.get("X-Amz-Credential")).replace("S3RVER", "nobody"),
    );
    assert.equal((await fetch(forged)).status, 403);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a package that is not installed is named, with what installs it", async () => {
  const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  await assert.rejects(
    optionalPackage("@aws-sdk/client-s3", async () => await Promise.reject(missing)),
    /needs a package that is not installed: npm install @aws-sdk\/client-s3$/,
  );
  const broken = new Error("other");
  await assert.rejects(
    optionalPackage("x", async () => await Promise.reject(broken)),
    broken,
  );
});
