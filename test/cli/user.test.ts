/** `heddle user …` as operators type it: while the server runs, and while none does. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { pino } from "pino";
import { administrationOf } from "../../src/cli/account-administration.ts";
import { controlSocketPath } from "../../src/cli/control-protocol.ts";
import { serveControl } from "../../src/cli/control-server.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startHomeserver } from "../../src/homeserver.ts";

const program = join(import.meta.dirname, "../../bin/heddle.js");
const logger = pino({ enabled: false });
const password = "correct horse";

/** A configuration in a folder of its own, and what is done with it. */
async function makeSite() {
  const folder = await mkdtemp(join(tmpdir(), "heddle-cli-"));
  const file = join(folder, "heddle.yaml");
  const keys = {
    server_name: "a.b",
    data_dir: "data",
    listeners: [{ host: "127.0.0.1", port: 0 }],
    rate_limits: "off",
    passwords: { memory_kib: 8, iterations: 1 },
  };
  await writeFile(file, JSON.stringify(keys));
  await writeFile(join(folder, "password"), `${password}\n`);

  /** Gives the lines of a command; throws what it printed when it failed. */
  async function user(...words: string[]): Promise<string[]> {
    const ran = await promisify(execFile)(process.execPath, [program, "user", ...words, "--config", file]);
    return ran.stdout.split("\n").filter((line) => line !== "");
  }

  /** Runs the server while `work` goes on. */
  async function whileRunning<T>(work: (baseUrl: string) => Promise<T>): Promise<T> {
    const config = await loadConfig(file, {});
    const server = await startHomeserver(config, { logger });
    const control = await serveControl(controlSocketPath(config), administrationOf(server.users), logger);
    try {
      return await work(server.addresses[0] ?? "");
    } finally {
      await control[Symbol.asyncDispose]();
      await server.stop();
    }
  }

  const make = async (name: string) => await user("create", name, "--password-file", join(folder, "password"));
  return { user, make, whileRunning, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

type Site = Awaited<ReturnType<typeof makeSite>>;

interface Asked {
  readonly token?: string;
  readonly body?: object;
}

async function ask(baseUrl: string, what: string, { token, body }: Asked = {}) {
  const [method = "", path = ""] = what.split(" ");
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const payload = body === undefined ? null : JSON.stringify(body);
  const answer = await fetch(`${baseUrl}/_matrix/client/v3/${path}`, { method, headers, body: payload });
  const value: Readonly<Record<string, unknown>> = JSON.parse(await answer.text());
  return { status: answer.status, value };
}

async function logIn(baseUrl: string, user: string, deviceId: string): Promise<string> {
  const identifier = { type: "m.id.user", user };
  const name = "Phone \u001b[2J";
  const body = { type: "m.login.password", identifier, password, device_id: deviceId };
  const { value } = await ask(baseUrl, "POST login", { body: { ...body, initial_device_display_name: name } });
  return String(value["access_token"]);
}

async function enter(baseUrl: string, token: string, roomId: string): Promise<void> {
  assert.equal((await ask(baseUrl, `POST join/${encodeURIComponent(roomId)}`, { token, body: {} })).status, 200);
}

const words = async (site: Site, name: string): Promise<string | undefined> =>
  (await site.user("list")).find((line) => line.startsWith(`@${name}:`));

/** What all commands do, one after the other. */
async function administer(site: Site): Promise<void> {
  assert.deepEqual(await site.user("grant-admin", "alice"), ["@alice:a.b is an administrator"]);
  assert.equal(await words(site, "alice"), "@alice:a.b admin");
  await site.user("revoke-admin", "alice");
  await site.user("lock", "alice");
  await site.user("suspend", "alice");
  assert.equal(await words(site, "alice"), "@alice:a.b locked suspended");
  await site.user("unlock", "alice");
  await site.user("unsuspend", "@alice:a.b");
  assert.equal(await words(site, "alice"), "@alice:a.b");
  const devices = await site.user("devices", "alice");
  assert.deepEqual(
    devices.map((line) => line.replace(/ {2}\d{4}-\S+Z \S+ {2}| {2}never used {2}/, "|")),
    ["ONE|Phone [2J", "TWO|Phone [2J"],
  );
  assert.deepEqual(await site.user("logout", "alice", "ONE"), ["@alice:a.b is logged out of ONE"]);
  assert.equal((await site.user("devices", "alice")).length, 1);
  await assert.rejects(site.user("logout", "alice", "ONE"), /has no device ONE/);
  await site.user("logout", "alice");
  assert.deepEqual(await site.user("devices", "alice"), []);
  assert.deepEqual(await site.user("unlink", "alice"), ["@alice:a.b belongs to nobody's single sign-on any more"]);
  await assert.rejects(site.user("erase", "alice"), /not deactivated/);
  await site.user("deactivate", "alice");
  assert.equal(await words(site, "alice"), "@alice:a.b deactivated");
  await assert.rejects(site.user("lock", "alice"), /is deactivated/);
  await assert.rejects(site.user("lock", "nobody"), /there is no user/);
}

const withDevices = async (baseUrl: string): Promise<void> => {
  for (const device of ["ONE", "TWO"]) await logIn(baseUrl, "alice", device);
};

test("accounts are administered while the server runs", async () => {
  await using site = await makeSite();
  await site.make("alice");
  await site.whileRunning(async (baseUrl) => {
    await withDevices(baseUrl);
    await administer(site);
  });
});

test("accounts are administered while no server runs", async () => {
  await using site = await makeSite();
  await site.make("alice");
  await site.whileRunning(withDevices);
  await site.user("grant-admin", "alice");
  assert.equal(await words(site, "alice"), "@alice:a.b admin");
  await site.user("logout", "alice", "ONE");
  assert.match((await site.user("devices", "alice")).join(), /^TWO {2}/);
});

/** Alice has spoken in a room of Bob's; gives what is needed to look after her end. */
async function speak(site: Site) {
  for (const name of ["alice", "bob", "carol"]) await site.make(name);
  return await site.whileRunning(async (baseUrl) => {
    const [alice, bob] = [await logIn(baseUrl, "alice", "ONE"), await logIn(baseUrl, "bob", "TWO")];
    const { value } = await ask(baseUrl, "POST createRoom", { token: bob, body: { preset: "public_chat" } });
    const roomId = String(value["room_id"]);
    await enter(baseUrl, alice, roomId);
    const room = `rooms/${encodeURIComponent(roomId)}`;
    const said = await ask(baseUrl, `PUT ${room}/send/m.room.message/1`, {
      token: alice,
      body: { msgtype: "m.text", body: "secret words" },
    });
    const name = "profile/@alice:a.b/displayname";
    assert.equal((await ask(baseUrl, `PUT ${name}`, { token: alice, body: { displayname: "Alice L." } })).status, 200);
    return { roomId, room, event: `${room}/event/${encodeURIComponent(String(said.value["event_id"]))}` };
  });
}

/** What is left of her to somebody who comes afterwards. */
async function lookAfter(baseUrl: string, { roomId, room, event }: Awaited<ReturnType<typeof speak>>) {
  const [bob, carol] = [await logIn(baseUrl, "bob", "TWO"), await logIn(baseUrl, "carol", "THREE")];
  // Her departure goes on in the background when the server starts; Bob sees it come.
  let since = "";
  const gone = async () => (await ask(baseUrl, `GET ${room}/state/m.room.member/@alice:a.b`, { token: bob })).value;
  while ((await gone())["membership"] !== "leave") {
    const { value } = await ask(baseUrl, `GET sync?timeout=1000&since=${since}`, { token: bob });
    since = String(value["next_batch"]);
  }
  await enter(baseUrl, carol, roomId);
  const seen = async (token: string) => (await ask(baseUrl, `GET ${event}`, { token })).value["content"];
  const profile = (await ask(baseUrl, "GET profile/@alice:a.b")).value;
  return { bob: await seen(bob), carol: await seen(carol), profile };
}

const said = { msgtype: "m.text", body: "secret words" };

test("an account that ends while no server runs leaves its rooms, with its profile, when one does", async () => {
  await using site = await makeSite();
  const spoken = await speak(site);
  await site.user("deactivate", "alice");
  const left = await site.whileRunning(async (baseUrl) => await lookAfter(baseUrl, spoken));
  assert.deepEqual([left.bob, left.carol], [said, said]);
  assert.equal(left.profile["displayname"], undefined);
});

test("erasure hides what was said from those who come later, asked for at once or afterwards", async () => {
  for (const commands of [[["deactivate", "--erase"]], [["deactivate"], ["erase"]]]) {
    await using site = await makeSite();
    const spoken = await speak(site);
    for (const [command = "", ...options] of commands) await site.user(command, "alice", ...options);
    const left = await site.whileRunning(async (baseUrl) => await lookAfter(baseUrl, spoken));
    assert.deepEqual([left.bob, left.carol], [said, {}], JSON.stringify(commands));
  }
});
