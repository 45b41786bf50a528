/** matrix-js-sdk, unmodified: files and images of a room, plain and encrypted as clients do it. */
import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { EventType, MsgType } from "matrix-js-sdk";
import type { EncryptedFile } from "matrix-js-sdk/lib/@types/media.js";
import sharp from "sharp";
import { companyTests, meet } from "./company.ts";
import type { SdkUser } from "./sdk-user.ts";

const it = companyTests("alice", "bob");

it("a file is sent to a room and read there, under the name and type that it has", async ({
  one: alice,
  other: bob,
}) => {
  const roomId = await meet(alice, bob);
  const bytes = randomBytes(300_000);
  const type = "application/pdf";
  const progress: number[] = [];
  const { content_uri: url } = await alice.client.uploadContent(fileOf(bytes, type), {
    name: "plan ☀.pdf",
    type,
    progressHandler: ({ loaded }) => progress.push(loaded),
  });
  const content = { msgtype: MsgType.File as const, body: "plan", url, info: { mimetype: type, size: bytes.length } };
  const { event_id: eventId } = await alice.client.sendMessage(roomId, content);
  const seen = (await bob.untilEvent(roomId, eventId)).getContent()["url"];
  assert.equal(seen, url);
  const answer = await get(bob, bob.client.mxcUrlToHttp(url, undefined, undefined, undefined, false, true, true));
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes));
  assert.equal(answer.headers.get("content-type"), type);
  assert.match(
    answer.headers.get("content-disposition") ?? "",
    /^attachment; .*filename\*=UTF-8''plan%20%E2%98%80\.pdf$/,
  );
});

it("an image has a thumbnail, and is the face of its uploader", async ({ one: alice, other: bob }) => {
  const roomId = await meet(alice, bob);
  const bytes = await sharp({ create: { width: 800, height: 600, channels: 3, background: "#08c" } })
    .jpeg()
    .toBuffer();
  const { content_uri: url } = await alice.client.uploadContent(fileOf(bytes, "image/jpeg"), { type: "image/jpeg" });
  await alice.client.setAvatarUrl(url);
  await bob.until("the new face", () => bob.room(roomId).getMember(alice.userId)?.getMxcAvatarUrl() === url);
  const thumbnail = await get(bob, bob.client.mxcUrlToHttp(url, 96, 96, "crop", false, true, true));
  assert.equal(thumbnail.headers.get("content-type"), "image/jpeg");
  const size = sizeOfJpeg(Buffer.from(await thumbnail.arrayBuffer()));
  assert.deepEqual(size, { width: 96, height: 96 });
});

it("an encrypted file is read by who has its key, and is noise to the server", async ({ one: alice, other: bob }) => {
  const roomId = await meet(alice, bob);
  const plain = Buffer.from("the secret of the house ".repeat(5000));
  const { bytes, ...described } = encrypt(plain);
  const { content_uri: url } = await alice.client.uploadContent(fileOf(bytes, "application/octet-stream"), {
    includeFilename: false,
  });
  const file = { ...described, url };
  const { event_id: eventId } = await alice.client.sendMessage(roomId, { msgtype: MsgType.File, body: "secret", file });
  const event = await bob.untilEvent(roomId, eventId);
  assert.equal(event.getType(), EventType.RoomMessage);
  const { file: received }: { file: EncryptedFile } = event.getOriginalContent();
  const http = bob.client.mxcUrlToHttp(received.url, undefined, undefined, undefined, false, true, true);
  const answer = await get(bob, http);
  const downloaded = Buffer.from(await answer.arrayBuffer());
  assert.ok(!downloaded.includes("secret"));
  assert.deepEqual(decrypt(downloaded, received), plain);
  const refused = await ask(bob, bob.client.mxcUrlToHttp(received.url, 96, 96, "scale", false, true, true));
  assert.equal(refused.status, 400, "of noise there is no thumbnail");
});

it("strangers get none of it, and what is too large is refused", async ({ one: alice }) => {
  const { content_uri: url } = await alice.client.uploadContent(fileOf(Buffer.from("x"), "text/plain"));
  const authed = alice.client.mxcUrlToHttp(url, undefined, undefined, undefined, false, true, true) ?? "";
  assert.equal((await fetch(authed)).status, 401);
  assert.equal((await fetch(alice.client.mxcUrlToHttp(url) ?? "")).status, 404);
  const { "m.upload.size": limit = 0 } = await alice.client.getMediaConfig(true);
  const large = fileOf(Buffer.alloc(limit + 1), "text/plain");
  await assert.rejects(alice.client.uploadContent(large), { errcode: "M_TOO_LARGE" });
});

const fileOf = (bytes: Buffer, type: string): Blob => new Blob([new Uint8Array(bytes)], { type });

async function ask({ client }: SdkUser, url: string | null): Promise<Response> {
  assert.ok(url, "the client makes an address of it");
  return await fetch(url, { headers: { authorization: `Bearer ${client.getAccessToken() ?? ""}` } });
}

async function get(user: SdkUser, url: string | null): Promise<Response> {
  const answer = await ask(user, url);
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer;
}

/**
 * As clients encrypt what they attach: AES-256-CTR, the lower half of whose counter block begins at 0.
 * @see https://spec.matrix.org/v1.19/client-server-api/#sending-encrypted-attachments
 */
function encrypt(plain: Buffer): Omit<EncryptedFile, "url"> & { readonly bytes: Buffer } {
  const key = randomBytes(32);
  const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  const bytes = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    bytes,
    v: "v2",
    key: { alg: "A256CTR", ext: true, k: key.toString("base64url"), key_ops: ["encrypt", "decrypt"], kty: "oct" },
    iv: unpadded(iv),
    hashes: { sha256: unpadded(createHash("sha256").update(bytes).digest()) },
  };
}

function decrypt(bytes: Buffer, { key, iv, hashes }: EncryptedFile): Buffer {
  assert.equal(unpadded(createHash("sha256").update(bytes).digest()), hashes["sha256"]);
  const decipher = createDecipheriv("aes-256-ctr", Buffer.from(key.k, "base64url"), Buffer.from(iv, "base64"));
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

const unpadded = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** From the frame header (`SOF0`, `SOF2`). */
function sizeOfJpeg(bytes: Buffer): { readonly width: number; readonly height: number } {
  const at = Math.max(bytes.indexOf(Buffer.from([0xff, 0xc0])), bytes.indexOf(Buffer.from([0xff, 0xc2])));
  return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
}
