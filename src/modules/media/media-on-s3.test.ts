import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after } from "node:test";
import sharp from "sharp";
import type { TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { S3Server } from "../../../test/support/s3-server.ts";

const s3 = await S3Server.start();
after(async () => await s3[Symbol.asyncDispose]());

const it = homeserverTests({
  media: {
    store: "s3",
    unauthenticated: "all",
    s3: {
      bucket: s3.bucket,
      endpoint: s3.endpoint,
      access_key_id: s3.accessKeyId,
      secret_access_key: s3.secretAccessKey,
      path_style: true,
      redirect: true,
    },
  },
});

async function upload(client: TestClient, bytes: Buffer, type = "image/png") {
  return await client.sendBytes("POST", "/_matrix/media/v3/upload", { bytes, headers: { "content-type": type } });
}

async function nameOf(client: TestClient, bytes: Buffer, type?: string): Promise<string> {
  const answer = await upload(client, bytes, type);
  assert.equal(answer.status, 200, answer.text);
  return String(answer.json()["content_uri"]).slice("mxc://".length);
}

const get = async (client: TestClient, path: string, headers: Readonly<Record<string, string>> = {}) =>
  await client.sendBytes("GET", `/_matrix/client/v1/media/${path}`, { headers });

it("files, parts of them and thumbnails are kept in the bucket", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bytes = randomBytes(2_500_000);
  const name = await nameOf(alice, bytes);
  assert.ok((await get(alice, `download/${name}`)).bytes.equals(bytes));
  const part = await get(alice, `download/${name}`, { range: "bytes=1000000-1999999" });
  assert.equal(part.status, 206);
  assert.ok(part.bytes.equals(bytes.subarray(1_000_000, 2_000_000)));
  const red = await sharp({ create: { width: 400, height: 200, channels: 3, background: randomColour() } })
    .png()
    .toBuffer();
  const picture = await nameOf(alice, red);
  const before = (await s3.objects()).length;
  const thumbnail = `thumbnail/${picture}?width=32&height=32&method=crop`;
  const small = await get(alice, thumbnail);
  assert.deepEqual([small.status, small.headers["content-type"]], [200, "image/jpeg"]);
  assert.equal((await s3.objects()).length, before + 1);
  await homeserver.restart();
  assert.ok((await get(alice, thumbnail)).bytes.equals(small.bytes));
});

const randomColour = () => ({ r: randomBytes(1)[0], g: randomBytes(1)[0], b: randomBytes(1)[0] });

it("clients that may be sent elsewhere are sent to the bucket, others are not", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await nameOf(alice, Buffer.from("hello"), "text/plain");
  for (const path of [`client/v1/media/download/${name}`, `client/v1/media/download/${name}/a.txt`]) {
    assert.equal((await alice.answer("GET", `/_matrix/${path}`)).status, 200);
    await followed(await alice.answer("GET", `/_matrix/${path}?allow_redirect=true`));
  }
  const nobody = homeserver.anonymous();
  assert.equal((await nobody.answer("GET", `/_matrix/media/v3/download/${name}?allow_redirect=false`)).status, 200);
  await followed(await nobody.answer("GET", `/_matrix/media/v3/download/${name}?allow_redirect=true`));
});

async function followed({ status, headers }: { status: number; headers: Readonly<Record<string, unknown>> }) {
  assert.deepEqual([status, headers["cache-control"]], [307, "no-store"]);
  const answer = await fetch(String(headers["location"]));
  assert.deepEqual([await answer.text(), answer.headers.get("content-type")], ["hello", "text/plain"]);
  assert.match(String(answer.headers.get("content-disposition")), /^inline/);
}

it("without its bucket the server says so, loses nothing, and goes on when it is back", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = await nameOf(alice, Buffer.from("kept"));
  const bytes = randomBytes(1000);
  await s3.stop();
  const refused = await upload(alice, bytes);
  assert.deepEqual([refused.status, refused.json()["errcode"]], [503, "M_UNKNOWN"]);
  const lost = await get(alice, `download/${name}`);
  assert.deepEqual([lost.status, lost.json()["errcode"]], [503, "M_UNKNOWN"]);
  await homeserver.restart();
  assert.equal((await alice.answer("GET", "/_matrix/client/v3/account/whoami")).status, 200);
  await s3.start();
  assert.equal((await get(alice, `download/${name}`)).text, "kept");
  assert.ok((await get(alice, `download/${await nameOf(alice, bytes)}`)).bytes.equals(bytes));
});
