import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const LIMIT = 200_000;
const it = homeserverTests({ media: { max_upload_bytes: LIMIT, max_pending_uploads: 2 } });

interface Wishes {
  readonly type?: string;
  readonly filename?: string;
}

async function upload(client: TestClient, bytes: Buffer, { type = "image/png", filename }: Wishes = {}) {
  const query = filename === undefined ? "" : `?filename=${encodeURIComponent(filename)}`;
  const headers = { "content-type": type };
  const answer = await client.sendBytes("POST", `/_matrix/media/v3/upload${query}`, { bytes, headers });
  assert.equal(answer.status, 200, answer.text);
  const uri = String(answer.json()["content_uri"]);
  assert.match(uri, /^mxc:\/\/test\/[\w-]{24}$/);
  return uri.slice("mxc://".length);
}

const authed = (name: string): string => `/_matrix/client/v1/media/download/${name}`;
const old = (name: string): string => `/_matrix/media/v3/download/${name}`;

async function get(client: TestClient, path: string, headers: Readonly<Record<string, string>> = {}) {
  return await client.sendBytes("GET", path, { headers });
}

it("what was uploaded is given back, small and large, with the headers that make it harmless", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  for (const size of [0, 1, 65_536, 65_537, LIMIT]) {
    const bytes = randomBytes(size);
    const name = await upload(alice, bytes, { filename: "holiday ☀.png" });
    const answer = await get(bob, authed(name));
    assert.equal(answer.status, 200);
    assert.ok(answer.bytes.equals(bytes), `${size} bytes`);
    assert.equal(answer.headers["content-type"], "image/png");
    assert.equal(answer.headers["content-length"], String(size));
    assert.equal(
      answer.headers["content-disposition"],
      `inline; filename="holiday ?.png"; filename*=UTF-8''holiday%20%E2%98%80.png`,
    );
    assert.equal(answer.headers["cross-origin-resource-policy"], "cross-origin");
    assert.match(String(answer.headers["content-security-policy"]), /^sandbox; default-src 'none'/);
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
  }
});

it("a page, a picture with scripts and what has no type are saved, not shown", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const types = ["text/html", "image/svg+xml", "application/pdf", "TEXT/HTML; charset=utf-8", "nonsense", "a/b\u00e9"];
  for (const type of types) {
    const answer = await get(alice, authed(await upload(alice, Buffer.from("<script>"), { type })));
    assert.equal(answer.headers["content-disposition"], "attachment", type);
  }
  const shown = await get(alice, authed(await upload(alice, Buffer.from("x"), { type: "Text/Plain;charset=utf-8" })));
  assert.equal(shown.headers["content-disposition"], "inline");
  const unnamed = await get(alice, authed(await upload(alice, Buffer.from("x"), { type: "nonsense" })));
  assert.equal(unnamed.headers["content-type"], "application/octet-stream");
});

it("a client may choose the name under which a file is saved", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, Buffer.from("x"), { filename: "one.png" });
  const answer = await get(alice, `${authed(name)}/two%22.png`);
  assert.equal(answer.headers["content-disposition"], 'inline; filename="two\\".png"');
  const refused = await get(alice, `${authed(name)}/a%0Ab`);
  assert.deepEqual([refused.status, refused.json()["errcode"]], [400, "M_INVALID_PARAM"]);
});

it("only those who are logged in get media, unless they are old enough", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, Buffer.from("x"));
  const nobody = homeserver.anonymous();
  const answer = await nobody.answer("GET", authed(name));
  assert.equal(answer.status, 401);
  const asBefore = await nobody.submit(old(name), {});
  assert.equal(asBefore.status, 405);
  const frozen = await nobody.answer("GET", old(name));
  assert.deepEqual([frozen.status, frozen.json()["errcode"]], [404, "M_NOT_FOUND"]);
});

it("a part of a file is given, and nothing to who has it", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await upload(alice, Buffer.from("0123456789"));
  const part = await get(alice, authed(name), { range: "bytes=2-4" });
  assert.deepEqual([part.status, part.text], [206, "234"]);
  assert.equal(part.headers["content-range"], "bytes 2-4/10");
  assert.equal((await get(alice, authed(name), { range: "bytes=-2" })).text, "89");
  for (const range of ["bytes=0-1,4-5", "lines=1-2", "bytes=x"]) {
    assert.equal((await get(alice, authed(name), { range })).status, 200, range);
  }
  assert.equal((await get(alice, authed(name), { range: "bytes=10-" })).status, 416);
  const etag = String(part.headers["etag"]);
  const known = await get(alice, authed(name), { "if-none-match": `"other", W/${etag}` });
  assert.deepEqual([known.status, known.text], [304, ""]);
  const changed = await get(alice, authed(name), { range: "bytes=2-4", "if-range": '"other"' });
  assert.deepEqual([changed.status, changed.text], [200, "0123456789"]);
});

it("what is too large is refused, whether or not it says so", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bytes = randomBytes(LIMIT + 1);
  const refused = await alice.sendBytes("POST", "/_matrix/media/v3/upload", { bytes });
  assert.deepEqual([refused.status, refused.json()["errcode"]], [413, "M_TOO_LARGE"]);
  const config = await alice.get("/_matrix/client/v1/media/config");
  assert.deepEqual(config, { "m.upload.size": LIMIT });
  assert.deepEqual(await alice.get("/_matrix/media/r0/config"), config);
});

it("names that lead elsewhere are no names", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const name of [
    "test/..%2f..%2fetc",
    "test/a.b",
    "te%2fst/abc",
    "test/%00",
    `test/${"a".repeat(300)}`,
    "test/unknown",
  ]) {
    const answer = await get(alice, authed(name));
    assert.deepEqual([answer.status, answer.json()["errcode"]], [404, "M_NOT_FOUND"], name);
  }
});

async function announce(client: TestClient) {
  const announced = await client.post<{ content_uri: string; unused_expires_at: number }>("/_matrix/media/v1/create");
  return { ...announced, name: announced.content_uri.slice("mxc://".length) };
}

it("a medium that is announced is waited for, and comes once", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const { name, unused_expires_at } = await announce(alice);
  assert.ok(unused_expires_at > Date.now());
  const early = await get(bob, `${authed(name)}?timeout_ms=0`);
  assert.deepEqual([early.status, early.json()["errcode"]], [504, "M_NOT_YET_UPLOADED"]);
  const waiting = get(bob, authed(name));
  const put = async (client: TestClient, to = name) =>
    await client.sendBytes("PUT", `/_matrix/media/v3/upload/${to}`, { bytes: Buffer.from("here") });
  assert.equal((await put(bob)).json()["errcode"], "M_FORBIDDEN");
  assert.deepEqual((await put(alice)).json(), {});
  assert.equal((await waiting).text, "here");
  const again = await put(alice);
  assert.deepEqual([again.status, again.json()["errcode"]], [409, "M_CANNOT_OVERWRITE_MEDIA"]);
  assert.equal((await put(alice, "test/unknown")).json()["errcode"], "M_NOT_FOUND");
});

it("strangers are refused at once, announced or not: they do not learn that a medium is to come", async (homeserver) => {
  const { name } = await announce(await homeserver.register("alice"));
  const nobody = homeserver.anonymous();
  const paths = [old(name), `${old(name)}/name.png`, `/_matrix/media/v3/thumbnail/${name}?width=32&height=32`];
  for (const path of paths) {
    const refused = await nobody.answer("GET", path);
    const unknown = await nobody.answer("GET", path.replace(name, "test/unknown"));
    assert.deepEqual([refused.status, refused.text], [404, unknown.text], path);
  }
});

it("of two uploads to one announced medium one is kept", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const { name } = await announce(alice);
  const texts = ["one", "two", "three"];
  const answers = await Promise.all(
    texts.map((text) => alice.sendBytes("PUT", `/_matrix/media/v3/upload/${name}`, { bytes: Buffer.from(text) })),
  );
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [200, 409, 409],
  );
  assert.equal((await get(alice, authed(name))).text, texts[statuses.indexOf(200)]);
});

it("few media of a user may be announced at once", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (let n = 0; n < 2; n++) await announce(alice);
  const refused = await alice.answer("POST", "/_matrix/media/v1/create");
  assert.deepEqual([refused.status, refused.json()["errcode"]], [429, "M_LIMIT_EXCEEDED"]);
});

it("what is kept is there after a restart, and the same bytes are kept once", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bytes = randomBytes(100_000);
  const [one, two] = [await upload(alice, bytes), await upload(alice, bytes)];
  assert.notEqual(one, two);
  await homeserver.restart();
  assert.ok((await get(alice, authed(one))).bytes.equals(bytes));
  assert.ok((await get(alice, authed(two))).bytes.equals(bytes));
});
