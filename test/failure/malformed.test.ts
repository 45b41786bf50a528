/** What no client should send: each abuse has its answer, and neither the server nor its memory suffers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { HomeserverClient } from "../../bench/client.ts";
import { at } from "../../bench/read-json.ts";
import { register } from "../../bench/registration.ts";
import { encode, type Session } from "../../bench/session.ts";
import { findFreePort } from "../support/free-port.ts";
import type { RunningServer } from "../support/child-server.ts";
import { startServer } from "../support/server.ts";
import { RawConnection } from "./raw-connection.ts";

const MIB = 1024 * 1024;
/** What hundreds of abuses may leave behind, garbage that is not collected yet included. */
const GROWTH_LIMIT_BYTES = 100 * MIB;
const timeout = 60_000;

describe("malformed requests", { timeout }, () => {
  let server: RunningServer;
  let client: HomeserverClient;
  let user: Session;
  let roomId: string;
  let metricsUrl: string;
  let pid: number | undefined;
  let transaction = 0;

  before(async () => {
    const [port, metricsPort] = [await findFreePort(), await findFreePort()];
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    const listeners = [
      { host: "127.0.0.1", port },
      { host: "127.0.0.1", port: metricsPort, serve: ["metrics"] },
    ];
    server = await startServer({ config: { listeners } });
    pid = server.pid;
    client = new HomeserverClient(`http://127.0.0.1:${port}`);
    user = await register(client, "user", undefined);
    roomId = await user.createRoom();
    // Code is compiled and caches are filled by what is asked for the first time.
    for (let count = 0; count < 100; count += 1) await user.send(roomId, "warm");
  });

  after(async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const open = async (): Promise<RawConnection> => await RawConnection.to(client.baseUrl);

  /** Request line and headers for sending a message, up to the body. */
  function head(...headers: readonly string[]): string {
    transaction += 1;
    const path = encode`/_matrix/client/v3/rooms/${roomId}/send/org.example.raw/raw-${String(transaction)}`;
    const lines = [`PUT ${path} HTTP/1.1`, "Host: localhost", `Authorization: Bearer ${user.token}`, ...headers];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  async function put(body: string | Uint8Array, ...headers: readonly string[]): Promise<string> {
    using connection = await open();
    connection.write(head(`Content-Length: ${Buffer.byteLength(body)}`, ...headers));
    connection.write(body);
    return await connection.answer();
  }

  const residentBytes = async (): Promise<number> => {
    const text = await (await fetch(metricsUrl)).text();
    const value = Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
    assert.ok(value > 0, "the server tells its memory");
    return value;
  };

  async function assertWell(): Promise<void> {
    await user.send(roomId, "still here");
    assert.equal(server.pid, pid, server.log.slice(-2000));
  }

  const bodies: readonly (readonly [what: string, body: string | Uint8Array, answer: string])[] = [
    ["half an object", '{"body":', "400 M_NOT_JSON"],
    ["a text that is no JSON", "hello", "400 M_NOT_JSON"],
    ["two objects", "{}{}", "400 M_NOT_JSON"],
    ["a number that JSON has not", '{"a":NaN}', "400 M_NOT_JSON"],
    ["a trailing comma", '{"a":1,}', "400 M_NOT_JSON"],
    ["NUL bytes", new Uint8Array(100), "400 M_NOT_JSON"],
    ["bytes that are no UTF-8", Buffer.from('{"a":"\xff\xfe"}', "latin1"), "400 M_NOT_JSON"],
    ["UTF-16", Buffer.from('{"a":"b"}', "utf16le"), "400 M_NOT_JSON"],
    ["half a surrogate pair", '{"body":"\\ud800"}', "400 M_BAD_JSON"],
    ["a list", "[]", "400 M_BAD_JSON"],
    ["a string", '"text"', "400 M_BAD_JSON"],
    ["null", "null", "400 M_BAD_JSON"],
    ["a float, which events may not hold", '{"a":1.5}', "400 M_BAD_JSON"],
    ["an integer that events may not hold", '{"a":9007199254740993}', "400 M_BAD_JSON"],
    ["half a million open brackets", '{"a":' + "[".repeat(500_000), "400 M_BAD_JSON"],
    ["deep nesting, rightly closed", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`, "400 M_BAD_JSON"],
    ["an event that is too large", JSON.stringify({ body: "a".repeat(70_000) }), "413 M_TOO_LARGE"],
    ["a body over the limit", JSON.stringify({ body: "a".repeat(2 * MIB) }), "413 M_TOO_LARGE"],
    ["a hundred thousand members", manyMembers(100_000), "413 M_TOO_LARGE"],
  ];
  for (const [what, body, expected] of bodies) {
    test(`${what} is answered with ${expected}`, async () => {
      assert.equal(await put(body), expected);
      await assertWell();
    });
  }

  test("a body that is compressed is not taken for JSON", async () => {
    const answer = await put(gzipSync('{"body":"a"}'), "Content-Encoding: gzip");
    assert.match(answer, /^4\d\d M_/);
    await assertWell();
  });

  test("a body that was never announced as large, but is, is cut off", async () => {
    using connection = await open();
    connection.write(head("Transfer-Encoding: chunked"));
    const piece = `10000\r\n${"a".repeat(65_536)}\r\n`;
    for (let count = 0; count < 40; count += 1) connection.write(piece);
    // Cutting off a sender that goes on can overtake the answer on its way: TCP then throws it away.
    assert.match(await connection.answer(), /^(413 M_TOO_LARGE|closed)$/);
    await assertWell();
  });

  test("a length that is no number, two lengths, and a chunk of negative size are refused", async () => {
    for (const headers of [["Content-Length: ten"], ["Content-Length: 2", "Content-Length: 3"]]) {
      using connection = await open();
      connection.write(`${head(...headers)}{}`);
      assert.equal(await connection.answer(), "400 M_UNKNOWN");
    }
    using connection = await open();
    connection.write(`${head("Transfer-Encoding: chunked")}-1\r\n`);
    assert.equal(await connection.answer(), "400 M_UNKNOWN");
    await assertWell();
  });

  test("what is no HTTP is refused, and headers beyond all measure", async () => {
    const texts = ["hello\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET / HTTP/9.9\r\n\r\n"];
    for (const text of texts) {
      using connection = await open();
      connection.write(Buffer.from(text, "latin1"));
      assert.equal(await connection.answer(), "400 M_UNKNOWN");
    }
    using connection = await open();
    connection.write(head(`X-Long: ${"a".repeat(100_000)}`));
    assert.equal(await connection.answer(), "431 M_UNKNOWN");
    await assertWell();
  });

  test("paths that cannot be decoded, and values beyond all measure, are refused", async () => {
    const wrong = ["%", "%ff", "%00", "a".repeat(20_000), "../../../etc/passwd", "%2e%2e%2f"];
    for (const value of wrong) {
      using connection = await open();
      const path = `/_matrix/client/v3/rooms/${value}/state`;
      connection.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${user.token}\r\n\r\n`);
      assert.match(await connection.answer(), /^4\d\d M_/, value.slice(0, 20));
    }
    await assertWell();
  });

  test("members called __proto__ and constructor are content like any other, and change nothing else", async () => {
    const body = '{"body":"a","__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}';
    assert.equal(await put(body), "200");
    const page = await user.messages(roomId, { limit: 1 });
    const content = at(page, "chunk");
    const written = JSON.stringify(Array.isArray(content) ? at(content[0], "content") : undefined);
    assert.deepEqual(JSON.parse(written), JSON.parse(body));
    assert.ok(!("polluted" in Object(await user.request("GET", "account/whoami"))));
    for (const path of ["__proto__", "constructor"]) {
      await user.request("PUT", encode`user/${user.userId}/account_data/${path}`, { a: 1 });
      assert.deepEqual(await user.request("GET", encode`user/${user.userId}/account_data/${path}`), { a: 1 });
    }
    const filter = encodeURIComponent('{"__proto__":{"room":{"timeline":{"limit":0}}}}');
    await user.request("GET", `sync?filter=${filter}`);
    await assertWell();
  });

  test("half-closed, half-sent and reset connections do no harm", async () => {
    const connections: RawConnection[] = [];
    for (let count = 0; count < 200; count += 1) {
      const connection = await open();
      connections.push(connection);
      if (count % 4 === 0) connection.write("GET /_matrix/client/versions HT");
      if (count % 4 === 1) connection.write(`${head("Content-Length: 1000000")}{"body":"`);
      if (count % 4 === 2) connection.write(head("Content-Length: 2"));
      if (count % 4 === 3) connection.write(`${head("Content-Length: 2")}{}`);
    }
    await assertWell();
    for (const [index, connection] of connections.entries()) {
      if (index % 2 === 0) connection.halfClose();
      else connection.reset();
    }
    await assertWell();
    for (const connection of connections) connection[Symbol.dispose]();
    using halfClosed = await open();
    halfClosed.write("GET /_matrix/client/versions HTTP/1.1\r\nHost: a\r\n\r\n");
    halfClosed.halfClose();
    assert.equal(await halfClosed.answer(), "200");
  });

  test("a client that sends a byte at a time is served like any other", async () => {
    using connection = await open();
    const body = '{"msgtype":"m.text","body":"slowly"}';
    for (const byte of head(`Content-Length: ${body.length}`) + body) {
      connection.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await connection.answer(), "200");
  });

  test("clients that never read what they asked for, and bodies of the largest size, do not fill the memory", async () => {
    const large = JSON.stringify({ body: "a".repeat(MIB - 100) });
    const deep = '{"a":'.repeat(150_000);
    const sync = `GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${user.token}\r\n\r\n`;
    const burst = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(Array.from({ length: 10 }, async () => await put(large)));
        await Promise.all(Array.from({ length: 10 }, async () => await put(deep)));
      }
      const deaf = await Promise.all(Array.from({ length: 50 }, open));
      for (const connection of deaf) {
        connection.pause();
        connection.write(sync.repeat(20));
      }
      await assertWell();
      for (const connection of deaf) connection.reset();
    };
    // What such a load needs for a while, the first burst has taken; the same again must not take more.
    await burst();
    const start = await residentBytes();
    for (let again = 0; again < 3; again += 1) await burst();
    const growth = (await residentBytes()) - start;
    assert.ok(growth < GROWTH_LIMIT_BYTES, `grew by ${(growth / MIB).toFixed(0)} MiB`);
    await assertWell();
  });
});

function manyMembers(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 1])));
}
