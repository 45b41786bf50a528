import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { parseConfig } from "../config/parse.ts";
import { connectControl } from "./control-client.ts";
import { controlSocketPath } from "./control-protocol.ts";
import { serveControl } from "./control-server.ts";
import { withAccounts } from "./open-accounts.ts";

const text = "server_name: a.b\ndata_dir: .\npasswords: {memory_kib: 8, iterations: 1}";
const logger = pino({ enabled: false });

async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), "heddle-"));
  const config = parseConfig(text, { file: "heddle.yaml", folder, environment: {} });
  return { config, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test("accounts are administered in the database while no server runs", async () => {
  await using folder = await makeFolder();
  await withAccounts(folder.config, async (accounts) => {
    assert.equal(await accounts.create({ userId: "@alice:a.b", password: "wonderland", isAdmin: true }), true);
  });
  await withAccounts(folder.config, async (accounts) => {
    assert.equal((await accounts.get("@alice:a.b"))?.isAdmin, true);
    assert.equal(await accounts.create({ userId: "@alice:a.b" }), false);
  });
});

test("and in the server that has the database open, while it runs", async () => {
  await using folder = await makeFolder();
  const path = controlSocketPath(folder.config);
  await withAccounts(folder.config, async (own) => {
    await using control = await serveControl(path, own, logger);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await withAccounts(folder.config, async (accounts) => {
      assert.equal(await accounts.create({ userId: "@bob:a.b", password: "password" }), true);
      assert.equal(await accounts.setLocked("@bob:a.b", true), true);
      assert.equal(await accounts.setSuspended("@bob:a.b", true), true);
      const bob = await accounts.get("@bob:a.b");
      assert.deepEqual([bob?.isLocked, bob?.isSuspended], [true, true]);
      assert.equal(await accounts.setLocked("@nobody:a.b", true), false);
      await accounts.deactivate("@bob:a.b");
      assert.deepEqual(await accounts.list("", 10), await own.list("", 10));
      assert.equal(await accounts.get("@nobody:a.b"), undefined);
    });
    await control[Symbol.asyncDispose]();
  });
  assert.equal(await connectControl(path), undefined);
});
