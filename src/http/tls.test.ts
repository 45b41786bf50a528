import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { ListenError } from "./listener.ts";
import { createServerForTest, listenerForTest } from "./testing.ts";
import { testCertificates } from "./testing-certificates.ts";

const version = endpoint({
  method: "GET",
  path: "/version",
  auth: "none",
  limit: "none",
  params: Type.Object({}),
  handle: async () => ({ ok: true }),
});

type Pair = { readonly cert: string; readonly key: string };

async function certificateFiles(pair: Pair) {
  const folder = await mkdtempDisposable(join(tmpdir(), "heddle-tls-"));
  const tls = { certificateFile: join(folder.path, "cert.pem"), privateKeyFile: join(folder.path, "key.pem") };
  const write = async ({ cert, key }: Pair): Promise<void> => {
    await writeFile(tls.certificateFile, cert);
    await writeFile(tls.privateKeyFile, key);
  };
  await write(pair);
  return { tls, write, [Symbol.asyncDispose]: () => folder.remove() };
}

/** The common name of the certificate that a new connection gets to see. */
async function presented(port: number): Promise<string | string[] | undefined> {
  const socket: TLSSocket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

const { first, second } = testCertificates;

test("a TLS listener answers HTTPS with its certificate", async () => {
  await using files = await certificateFiles(first);
  await using server = createServerForTest([version], { listeners: [{ ...listenerForTest, tls: files.tls }] });
  const [bound] = await server.listen();
  assert.match(bound?.url ?? "", /^https:\/\/127\.0\.0\.1:\d+$/);
  const asked = request(`${bound?.url}/version`, { ca: first.cert, agent: false }).end();
  const [answer] = await once(asked, "response");
  assert.equal(answer.statusCode, 200);
  answer.resume();
});

test("a certificate that is replaced is used for new connections, without a restart", async () => {
  await using files = await certificateFiles(first);
  await using server = createServerForTest([version], { listeners: [{ ...listenerForTest, tls: files.tls }] });
  const [bound] = await server.listen();
  assert.ok(bound !== undefined);
  assert.equal(await presented(bound.port), "first.test");
  await files.write(second);
  await server.reloadCertificates();
  assert.equal(await presented(bound.port), "second.test");
});

test("the files of a certificate are looked at by themselves", async () => {
  await using files = await certificateFiles(first);
  const listeners = [{ ...listenerForTest, tls: files.tls }];
  await using server = createServerForTest([version], { listeners, certificateCheckMs: 10 });
  const [bound] = await server.listen();
  assert.ok(bound !== undefined);
  await files.write(second);
  await server.log.waitFor(/New TLS certificate in use/);
  assert.equal(await presented(bound.port), "second.test");
});

test("a certificate whose key does not fit is not used, the old one stays", async () => {
  await using files = await certificateFiles(first);
  await using server = createServerForTest([version], { listeners: [{ ...listenerForTest, tls: files.tls }] });
  const [bound] = await server.listen();
  assert.ok(bound !== undefined);
  await files.write({ cert: second.cert, key: first.key });
  await server.reloadCertificates();
  assert.equal(await presented(bound.port), "first.test");
  assert.match(server.log.lines.join("\n"), /"level":"error".*the old one stays in use/);
});

test("a listener without a readable certificate is refused at the start", async () => {
  await using files = await certificateFiles({ cert: first.cert, key: second.key });
  const missing = { ...files.tls, privateKeyFile: `${files.tls.privateKeyFile}.missing` };
  for (const tls of [files.tls, missing]) {
    assert.throws(() => createServerForTest([version], { listeners: [{ ...listenerForTest, tls }] }), ListenError);
  }
});
