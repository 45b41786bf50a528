import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { testCertificates } from "../http/testing-certificates.ts";
import type { Resolve } from "./resolve.ts";
import { OutgoingError } from "./errors.ts";
import { fetchWith } from "./fetch.ts";
import { failure, listen, open, serve } from "./testing.ts";

const allowsPlainHttp = true;

test("an answer is given with status, headers and body, and what is sent arrives", async (t) => {
  const url = await serve(t, (request, response) => {
    request.pipe(response.writeHead(418, { "x-method": request.method, "x-agent": request.headers["user-agent"] }));
  });
  const { operator } = await open(t);
  const answer = await operator.request({ url, method: "POST", body: '{"a":1}', allowsPlainHttp });
  assert.deepEqual([answer.status, answer.isOk, answer.header("x-method")], [418, false, "POST"]);
  assert.deepEqual([answer.header("x-agent"), answer.header("x-none"), answer.json()], ["heddle", undefined, { a: 1 }]);
});

test("other schemes, and credentials in the URL, are refused before anything is sent", async (t) => {
  const { operator } = await open(t);
  for (const url of [
    "http://127.0.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "nonsense",
    "https://a:b@c.test/",
  ]) {
    await assert.rejects(operator.request({ url }), failure("invalid"), url);
  }
});

test("an address that is denied is not asked, however the URL writes it", async (t) => {
  let asked = 0;
  const port = await listen(
    t,
    createServer((_request, response) => void response.end(String(++asked))),
  );
  const client = await open(t, { deniedAddresses: ["127.0.0.0/8", "::1/128"] });
  for (const host of ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost"]) {
    const request = client.public.request({ url: `http://${host}:${port}/`, allowsPlainHttp });
    await assert.rejects(request, failure("denied"), host);
  }
  assert.equal((await client.operator.request({ url: `http://localhost:${port}/`, allowsPlainHttp })).text(), "1");
});

test("the address that was looked at is the one that is connected to, each time", async (t) => {
  const port = await listen(
    t,
    createServer((_request, response) => {
      response.writeHead(200, { connection: "close" }).end("private");
    }),
  );
  const answers = ["192.0.2.1", "127.0.0.1"];
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _options, callback) => {
    asked.push(hostname);
    callback(null, [{ address: answers.shift() ?? "127.0.0.1", family: 4 }]);
  };
  const client = await open(t, { deniedAddresses: ["127.0.0.0/8"], resolve, limits: { connectTimeoutMs: 50 } });
  const request = async () => await client.public.request({ url: `http://rebinding.test:${port}/`, allowsPlainHttp });
  // Nothing answers at the first address; had the name been resolved again for connecting, the second would have.
  await assert.rejects(request(), (error: unknown) => error instanceof OutgoingError && error.kind !== "denied");
  await assert.rejects(request(), failure("denied"));
  assert.deepEqual(asked, ["rebinding.test", "rebinding.test"]);
});

const resolveTwo: Resolve = (_hostname, _options, callback) =>
  callback(null, [
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ]);

test("of several addresses of a name only the allowed ones are used", async (t) => {
  const port = await listen(
    t,
    createServer((_request, response) => void response.end("ok")),
  );
  const client = await open(t, { deniedAddresses: ["127.0.0.2/32"], resolve: resolveTwo });
  assert.equal((await client.public.request({ url: `http://two.test:${port}`, allowsPlainHttp })).text(), "ok");
});

test("a redirect is an answer unless it is to be followed", async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === "/end") response.end("end");
    else response.writeHead(302, { location: "/end" }).end();
  });
  const { operator } = await open(t);
  assert.equal((await operator.request({ url, allowsPlainHttp })).status, 302);
  assert.equal((await operator.request({ url, allowsPlainHttp, redirects: 1 })).text(), "end");
  const posted = await operator.request({ url, method: "POST", allowsPlainHttp, redirects: 1 });
  assert.equal(posted.status, 302);
});

test("redirects end after the allowed number, and at denied addresses and other schemes", async (t) => {
  const url = await serve(t, (request, response) => {
    const to = decodeURIComponent(request.url?.slice(1) ?? "");
    response.writeHead(307, { location: to === "" ? "/" : to }).end();
  });
  const { public: client } = await open(t, { deniedAddresses: ["127.0.0.2/32"] });
  const follow = async (to: string) =>
    await client.request({ url: `${url}/${encodeURIComponent(to)}`, allowsPlainHttp, redirects: 3 });
  await assert.rejects(follow(""), failure("redirected"));
  await assert.rejects(follow("http://127.0.0.2/"), failure("denied"));
  await assert.rejects(follow("file:///etc/passwd"), failure("invalid"));
  await assert.rejects(follow("http://a:b@127.0.0.1/"), failure("invalid"));
});

test("another origin is not told what was meant for the first", async (t) => {
  const second = await serve(t, (request, response) => void response.end(JSON.stringify(request.headers)));
  const first = await serve(t, (request, response) => {
    const isSame = request.url === "/same";
    if (isSame) response.end(JSON.stringify(request.headers));
    else response.writeHead(302, { location: request.url === "/" ? second : "/same" }).end();
  });
  const { operator } = await open(t);
  const headers = { authorization: "Bearer secret", cookie: "a=b", accept: "text/plain" };
  const other = await operator.request({ url: first, headers, redirects: 1, allowsPlainHttp });
  const same = await operator.request({ url: `${first}/x`, headers, redirects: 1, allowsPlainHttp });
  assert.match(other.text(), /text\/plain/);
  assert.doesNotMatch(other.text(), /secret|a=b/);
  assert.match(same.text(), /secret/);
});

function* endless(): Generator<string> {
  for (;;) yield "x".repeat(1000);
}

test("an answer that is too large is not read, whether it says so or not", async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === "/announced") response.writeHead(200, { "content-length": "1000000" });
    Readable.from(endless()).pipe(response);
  });
  const { operator } = await open(t);
  for (const path of ["/announced", "/endless"]) {
    const request = operator.request({ url: `${url}${path}`, maxBytes: 5000, allowsPlainHttp });
    await assert.rejects(request, failure("too-large"), path);
  }
});

test("slow answers end with the time limit, wherever they are slow", async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === "/body") response.writeHead(200).write("a");
    if (request.url === "/drip") setInterval(() => response.write("a"), 20).unref();
  });
  const { operator } = await open(t);
  for (const path of ["/head", "/body", "/drip"]) {
    const request = operator.request({ url: `${url}${path}`, timeoutMs: 100, allowsPlainHttp });
    await assert.rejects(request, failure("timeout"), path);
  }
});

test("who asked may give it up, and what nobody answers is unreachable", async (t) => {
  const url = await serve(t, () => undefined);
  const { operator } = await open(t);
  const controller = new AbortController();
  const waiting = operator.request({ url, signal: controller.signal, allowsPlainHttp });
  controller.abort();
  await assert.rejects(waiting, failure("cancelled"));
  await assert.rejects(operator.request({ url: "http://127.0.0.1:1/", allowsPlainHttp }), failure("unreachable"));
  await assert.rejects(operator.request({ url: "https://none.invalid/" }), failure("unreachable"));
});

test("a slow server holds up requests to itself alone, and only so many wait", async (t) => {
  const slow = await serve(t, () => undefined);
  const quick = await serve(t, (_request, response) => void response.end("quick"));
  const { operator } = await open(t, { limits: { perHost: 1, waitingPerHost: 1, total: 2 } });
  const controller = new AbortController();
  const ask = async () => await operator.request({ url: slow, signal: controller.signal, allowsPlainHttp });
  const waiting = [ask(), ask()].map(async (request) => await assert.rejects(request, failure("cancelled")));
  await assert.rejects(ask(), failure("busy"));
  assert.equal((await operator.request({ url: quick, allowsPlainHttp })).text(), "quick");
  controller.abort();
  await Promise.all(waiting);
});

test("errors tell the host and no more of the URL", async (t) => {
  const { operator } = await open(t);
  const request = operator.request({ url: "http://127.0.0.1:1/path?token=secret", allowsPlainHttp });
  await assert.rejects(request, (error: Error) => {
    assert.equal(error.message, "127.0.0.1:1: it cannot be reached");
    assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /secret/);
    return true;
  });
});

test("a certificate is believed when its authority is among those added", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "heddle-test-"));
  t.after(async () => await rm(folder, { recursive: true }));
  const [file, empty] = [join(folder, "ca.pem"), join(folder, "empty.pem")];
  await writeFile(file, testCertificates.first.cert);
  await writeFile(empty, "");
  const port = await listen(
    t,
    createTlsServer(testCertificates.first, (_request, response) => void response.end("ok")),
  );
  const url = `https://localhost:${port}/`;
  await assert.rejects((await open(t)).operator.request({ url }), failure("untrusted"));
  assert.equal((await (await open(t, { caFiles: [file] })).operator.request({ url })).text(), "ok");
  await assert.rejects(open(t, { caFiles: [empty] }), /holds no certificate/);
});

test("libraries get a function like fetch, which follows no redirect", async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === "/away") response.writeHead(302, { location: "/" }).end();
    else if (request.url === "/empty") response.writeHead(204).end();
    else request.pipe(response.writeHead(200, { "content-type": request.headers["content-type"] }));
  });
  const { operator } = await open(t);
  const ask = fetchWith(operator, { allowsPlainHttp });
  const form = { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" } };
  const answer = await ask(url, { ...form, body: new URLSearchParams({ a: "b" }) });
  assert.deepEqual([await answer.text(), answer.headers.get("content-type")], ["a=b", form.headers["Content-Type"]]);
  assert.equal((await ask(`${url}/away`)).status, 302);
  assert.equal((await ask(`${url}/empty`)).status, 204);
});
