/** Files are scanned by ClamAV's real daemon, which knows one signature of these tests' own. */
import assert from "node:assert/strict";
import { readdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CLAMD_LIMIT_BYTES, HARMFUL, SIGNATURE, TestClamd, withoutClamd } from "../../../../test/support/clamd.ts";
import type { TestClient, WholeAnswer } from "../../../../test/support/client.ts";
import { TestHomeserver } from "../../../../test/support/homeserver.ts";
import { NotScanned, scanWithClamd } from "./clamd.ts";

const harmful = Buffer.from(`some text before, ${HARMFUL}, and after`);
const harmless = Buffer.from("nothing but a holiday");
const skip = withoutClamd;

let starting: Promise<TestClamd> | undefined;
const clamd = async (): Promise<TestClamd> => await (starting ??= TestClamd.start());
after(async () => await (await starting)?.[Symbol.asyncDispose]());

const pieces = async function* (bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

async function upload(client: TestClient, bytes: Buffer, path = "upload"): Promise<WholeAnswer> {
  return await client.sendBytes("POST", `/_matrix/media/v3/${path}`, {
    bytes,
    headers: { "content-type": "text/plain" },
  });
}

const outcome = (answer: WholeAnswer): string =>
  answer.status === 200 ? "200" : `${answer.status} ${String(answer.json()["errcode"])}`;

/** A server with the scanner, and where its files are. */
async function withScanner(stack: AsyncDisposableStack, scanner: object) {
  const directory = await mkdtemp(join(tmpdir(), "heddle-scanned-"));
  stack.defer(async () => await rm(directory, { recursive: true, force: true }));
  const homeserver = stack.use(await TestHomeserver.start({ overrides: { media: { directory, scanner } } }));
  return { homeserver, directory, alice: await homeserver.register("alice") };
}

test("what the daemon finds is told, however the bytes come", { skip }, async () => {
  const address = { path: (await clamd()).socket };
  for (const size of [1, 7, harmful.length]) {
    const finding = await scanWithClamd(address, pieces(harmful, size), 10_000);
    assert.deepEqual(finding, { kind: "harmful", signature: `${SIGNATURE}.UNOFFICIAL` });
    assert.deepEqual(await scanWithClamd(address, pieces(harmless, size), 10_000), { kind: "clean" });
  }
  assert.deepEqual(await scanWithClamd(address, pieces(Buffer.alloc(0), 1), 10_000), { kind: "clean" });
});

test("a harmful file is refused, and nothing of it stays", { skip }, async () => {
  await using stack = new AsyncDisposableStack();
  const { alice, directory } = await withScanner(stack, { clamd: `unix:${(await clamd()).socket}` });
  assert.equal(outcome(await upload(alice, harmful)), "403 M_FORBIDDEN");
  assert.deepEqual(await filesIn(directory), []);
  const good = await upload(alice, harmless);
  assert.equal(good.status, 200);
  const name = String(good.json()["content_uri"]).slice("mxc://".length);
  const got = await alice.sendBytes("GET", `/_matrix/client/v1/media/download/${name}`, {});
  assert.ok(got.bytes.equals(harmless));
});

test("an announced medium is scanned as well, and waits for better bytes", { skip }, async () => {
  await using stack = new AsyncDisposableStack();
  const { alice } = await withScanner(stack, { clamd: `unix:${(await clamd()).socket}` });
  const created = await alice.sendBytes("POST", "/_matrix/media/v1/create", {});
  const path = `/_matrix/media/v3/upload/${String(created.json()["content_uri"]).slice("mxc://".length)}`;
  const put = async (bytes: Buffer) => outcome(await alice.sendBytes("PUT", path, { bytes }));
  assert.equal(await put(harmful), "403 M_FORBIDDEN");
  assert.equal(await put(harmless), "200");
});

test("what the daemon does not take is refused, or allowed where the operator wants it so", { skip }, async () => {
  await using stack = new AsyncDisposableStack();
  const large = Buffer.alloc(2 * CLAMD_LIMIT_BYTES, "a");
  const address = `unix:${(await clamd()).socket}`;
  const careful = await withScanner(stack, { clamd: address });
  assert.equal(outcome(await upload(careful.alice, large)), "503 M_UNKNOWN");
  assert.deepEqual(await filesIn(careful.directory), []);
  const careless = await withScanner(stack, { clamd: address, when_unavailable: "allow" });
  assert.equal(outcome(await upload(careless.alice, large)), "200");
  assert.equal(outcome(await upload(careless.alice, harmful)), "403 M_FORBIDDEN");
});

test("without the daemon files are refused, or allowed where the operator wants it so", async () => {
  await using stack = new AsyncDisposableStack();
  const nobody = "unix:/nonexistent/clamd.ctl";
  const careful = await withScanner(stack, { clamd: nobody });
  assert.equal(outcome(await upload(careful.alice, harmless)), "503 M_UNKNOWN");
  assert.deepEqual(await filesIn(careful.directory), []);
  const careless = await withScanner(stack, { clamd: nobody, when_unavailable: "allow" });
  assert.equal(outcome(await upload(careless.alice, harmless)), "200");
});

test("a daemon that says nothing, or something else, has not scanned", async () => {
  const server = createServer((socket) => socket.resume());
  await once(server.listen(0, "127.0.0.1"), "listening");
  await using _ = { [Symbol.asyncDispose]: async () => void server.close() };
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const scan = async (timeoutMs: number) =>
    await scanWithClamd({ host: "127.0.0.1", port: address.port }, pieces(harmless, 4), timeoutMs);
  await assert.rejects(scan(50), (error) => error instanceof NotScanned && error.message === "no answer in 50 ms");
  server.on("connection", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await assert.rejects(scan(10_000), NotScanned);
});

/** All files of a media folder, those on their way included. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
