import assert from "node:assert/strict";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ media: { unauthenticated: "all", quota_per_user: 10 } });

it("media are given to everybody by the paths of before v1.11, where the operator wants it", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const headers = { "content-type": "text/plain" };
  const uploaded = await alice.sendBytes("POST", "/_matrix/media/r0/upload", { bytes: Buffer.from("hello"), headers });
  const name = String(uploaded.json()["content_uri"]).slice("mxc://".length);
  const nobody = homeserver.anonymous();
  for (const path of ["v3", "r0", "v1"]) {
    const answer = await nobody.answer("GET", `/_matrix/media/${path}/download/${name}/name.txt`);
    assert.deepEqual([answer.status, answer.text], [200, "hello"], path);
    assert.equal(answer.headers["content-disposition"], "inline; filename=name.txt");
  }
});

it("who has uploaded as much as the quota is refused more", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const upload = async (text: string) =>
    await alice.sendBytes("POST", "/_matrix/media/v3/upload", { bytes: Buffer.from(text) });
  assert.equal((await upload("12345678")).status, 200);
  const refused = await upload("901");
  assert.deepEqual([refused.status, refused.json()["errcode"]], [403, "M_FORBIDDEN"]);
  assert.equal((await upload("90")).status, 200);
  assert.equal((await upload("1")).status, 403);
});

it("uploads that come at once are within the quota together, announced ones too", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const upload = async () => await alice.sendBytes("POST", "/_matrix/media/v3/upload", { bytes: Buffer.from("1234") });
  const announce = async () =>
    String((await alice.sendBytes("POST", "/_matrix/media/v1/create", {})).json()["content_uri"]);
  const announced = [await announce(), await announce(), await announce()];
  const put = async (uri: string) =>
    await alice.sendBytes("PUT", `/_matrix/media/v3/upload/${uri.slice("mxc://".length)}`, {
      bytes: Buffer.from("5678"),
    });
  const answers = await Promise.all([upload(), upload(), upload(), ...announced.map(put)]);
  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
  assert.deepEqual([count(200), count(403)], [2, 4]);
});
