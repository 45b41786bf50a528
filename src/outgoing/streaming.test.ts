import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { brotliCompressSync, createGzip, gzipSync } from "node:zlib";
import { notPublic } from "../config/networks.ts";
import type { StreamRequest } from "./request.ts";
import type { Resolve } from "./resolve.ts";
import type { BodyLimits } from "./streamed-response.ts";
import { failure, listen, open, serve } from "./testing.ts";

async function client(t: TestContext, deniedAddresses: readonly string[] = [], resolve?: Resolve) {
  const outgoing = await open(t, { ...(resolve && { resolve }), limits: { perHost: 1, waitingPerHost: 1 } });
  const separate = outgoing.separate(deniedAddresses);
  return async (url: string, request: Partial<StreamRequest> = {}) =>
    await separate.stream({ url, allowsPlainHttp: true, timeoutMs: 3_000, ...request });
}

type Ask = Awaited<ReturnType<typeof client>>;

interface Wishes extends Partial<StreamRequest>, Partial<BodyLimits> {}

async function read(
  ask: Ask,
  url: string,
  { maxBytes = 1_000_000, cutsOff, ...request }: Wishes = {},
): Promise<string> {
  await using answer = await ask(url, request);
  const bytes = answer.bytes({ maxBytes, ...(cutsOff !== undefined && { cutsOff }) });
  return Buffer.concat(await Readable.from(bytes).toArray()).toString();
}

const gzipped = (response: ServerResponse, encoding = "gzip") =>
  response.writeHead(200, { "content-encoding": encoding });

function* endless(): Generator<string> {
  for (;;) yield "x".repeat(1000);
}

test("an answer is looked at before its body comes, and tells where it came from", async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === "/") response.writeHead(302, { location: "/video" }).end("gone");
    else Readable.from(endless()).pipe(response.writeHead(200, { "content-type": "video/mp4" }));
  });
  const ask = await client(t);
  // One place for each server: were an answer's place not given back, the next would wait forever.
  for (let n = 0; n < 3; n++) {
    await using answer = await ask(url, { redirects: 1 });
    assert.deepEqual([answer.status, answer.header("content-type"), answer.url.pathname], [200, "video/mp4", "/video"]);
  }
});

test("no connection stays open", async (t) => {
  const told: unknown[] = [];
  const server = createServer((request, response) => {
    told.push(request.headers.connection);
    response.end("ok");
  });
  const connections: unknown[] = [];
  server.on("connection", (socket) => connections.push(socket));
  const url = `http://127.0.0.1:${await listen(t, server)}`;
  const ask = await client(t);
  for (let n = 0; n < 2; n++) assert.equal(await read(ask, url), "ok");
  assert.deepEqual([told, connections.length], [["close", "close"], 2]);
});

test("a body is cut off where that is wanted, and refused otherwise", async (t) => {
  const url = await serve(t, (_request, response) => void Readable.from(endless()).pipe(response));
  const ask = await client(t);
  assert.equal((await read(ask, url, { maxBytes: 1500, cutsOff: true })).length, 1500);
  await assert.rejects(read(ask, url, { maxBytes: 1500 }), failure("too-large"));
});

test("packed bodies are unpacked for those who ask for it, and for nobody else", async (t) => {
  const url = await serve(t, (request, response) => {
    const accepted = String(request.headers["accept-encoding"]);
    if (accepted === "identity") response.end("plain");
    else if (request.url === "/br") gzipped(response, "br").end(brotliCompressSync("brotli"));
    else gzipped(response).end(gzipSync(`gzip for ${accepted}`));
  });
  const ask = await client(t);
  assert.equal(await read(ask, url, { unpacks: true }), "gzip for gzip, br");
  assert.equal(await read(ask, `${url}/br`, { unpacks: true }), "brotli");
  assert.equal(await read(ask, url), "plain");
});

function* endlesslyNothing(): Generator<Buffer> {
  const nothing = gzipSync("");
  for (;;) yield nothing;
}

test("what is packed is limited by what comes out of it, and by what goes in", async (t) => {
  const url = await serve(t, (request, response) => {
    // A thousand times as much comes out as goes in; or nothing at all does.
    if (request.url === "/bomb") Readable.from(endless()).pipe(createGzip()).pipe(gzipped(response));
    else Readable.from(endlesslyNothing()).pipe(gzipped(response));
  });
  const ask = await client(t);
  const limits = { unpacks: true, maxBytes: 100_000 };
  await assert.rejects(read(ask, `${url}/bomb`, limits), failure("too-large"));
  assert.equal((await read(ask, `${url}/bomb`, { ...limits, cutsOff: true })).length, 100_000);
  await assert.rejects(read(ask, `${url}/nothing`, { ...limits, cutsOff: true }), failure("too-large"));
});

test("what is not packed as it says cannot be read", async (t) => {
  const url = await serve(t, (request, response) => {
    const [, encoding = "", ...cut] = String(request.url).split("/");
    gzipped(response, encoding).end(
      cut.length > 0 ? gzipSync("cut off").subarray(0, 15) : "this is no such thing at all",
    );
  });
  const ask = await client(t);
  for (const path of ["/gzip", "/br", "/zstd", "/gzip/cut"]) {
    await assert.rejects(read(ask, `${url}${path}`, { unpacks: true }), failure("unreadable"), path);
  }
});

test("a slow body ends with the time limit of the whole request", async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === "/redirects") setTimeout(() => response.writeHead(302, { location: "/redirects" }).end(), 20);
    else setInterval(() => response.write("a"), 10).unref();
  });
  const ask = await client(t);
  await assert.rejects(read(ask, url, { timeoutMs: 100 }), failure("timeout"));
  await assert.rejects(read(ask, `${url}/redirects`, { timeoutMs: 100, redirects: 1000 }), failure("timeout"));
  // Also while nobody reads, and nobody is told then.
  await using answer = await ask(url, { timeoutMs: 50 });
  await new Promise((resolve) => AbortSignal.timeout(80).addEventListener("abort", resolve));
  await assert.rejects(answer.whole(1000), failure("timeout"));
});

test("headers have a limit", async (t) => {
  const url = await serve(
    t,
    (_request, response) => void response.writeHead(200, { "x-long": "x".repeat(17_000) }).end(),
  );
  await assert.rejects((await client(t))(url), failure("too-large"));
});

const mayAsk = ({ pathname }: URL): boolean => pathname !== "/denied";

test("who asks says which URLs will do, those of redirects included", async (t) => {
  const asked: string[] = [];
  const url = await serve(t, (request, response) => {
    asked.push(String(request.url));
    response.writeHead(302, { location: "/denied" }).end();
  });
  const ask = await client(t);
  await assert.rejects(ask(url, { redirects: 3, mayAsk }), failure("denied"));
  await assert.rejects(ask(`${url}/denied`, { mayAsk }), failure("denied"));
  assert.deepEqual(asked, ["/"]);
});

/** Every name has these addresses, one after another. */
const resolving = (...addresses: string[]): Resolve => {
  const [...left] = addresses;
  return (_hostname, _options, callback) => {
    const address = left.length > 1 ? left.shift() : left[0];
    callback(null, [{ address: address ?? "", family: address?.includes(":") ? 6 : 4 }]);
  };
};

test("a redirect to a name is held to the address that the name has then", async (t) => {
  const port = await listen(
    t,
    createServer(
      (_request, response) => void response.writeHead(302, { location: `http://private.test:${port}/` }).end(),
    ),
  );
  const ask = await client(t, ["127.0.0.2/32"], resolving("127.0.0.1", "127.0.0.2"));
  await assert.rejects(ask(`http://public.test:${port}/`, { redirects: 5 }), failure("denied"));
});

test("no way of writing an address that is not public is a way around the policy", async (t) => {
  const ask = await client(t, notPublic);
  const hosts = [
    "127.0.0.1 127.1 127.0.0.1. 2130706433 0x7f000001 0177.0.0.1 0x7f.1 017700000001 127.0.0.1%2e ①②⑦.⓪.⓪.①",
    "0 0.0.0.0 10.0.0.1 192.168.1.1 172.16.0.1 169.254.169.254 2852039166 0xa9fea9fe 100.100.100.200 192.0.0.192 224.0.0.1",
    "[::1] [::] [::ffff:127.0.0.1] [::ffff:a9fe:a9fe] [64:ff9b::7f00:1] [64:ff9b::169.254.169.254] [64:ff9b:1::1]",
    "[2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:0:7f00:1::1] [fe80::1] [fc00::1] [fd00:ec2::254] [ff02::1] [::7f00:1]",
    "[3fff::1] [5f00::1] [fec0::1] [100::1]",
  ];
  for (const host of hosts.join(" ").split(" ")) {
    await assert.rejects(ask(`http://${host}/`, { redirects: 3 }), failure("denied"), host);
  }
});

test("no name is one either, whatever it resolves to", async (t) => {
  const addresses = [
    "127.0.0.1",
    "169.254.169.254",
    "::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "fd00:ec2::254",
  ];
  for (const address of addresses) {
    const ask = await client(t, notPublic, resolving(address));
    await assert.rejects(ask("http://name.test/"), failure("denied"), address);
  }
});

test("where clouds give credentials nobody is sent, also when every network is allowed", async (t) => {
  const ask = await client(t, []);
  for (const host of [
    "169.254.169.254",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "192.0.0.192",
    "[::ffff:169.254.169.254]",
  ]) {
    await assert.rejects(ask(`http://${host}/`), failure("denied"), host);
  }
});
