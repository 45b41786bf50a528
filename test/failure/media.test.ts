/** Uploads and sudden death, a full disk, a folder that nobody may write: what is acknowledged is whole, nothing is left over. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { HomeserverClient } from "../../bench/client.ts";
import { register } from "../../bench/registration.ts";
import { startServer } from "../support/server.ts";
import { answerOf } from "./answer.ts";
import { Photographer } from "./photographer.ts";
import { readOnlyDisk, scarceDisks } from "./scarce-disk.ts";
import { SeededRandom } from "./seeded-random.ts";

const DEATHS = 8;
const DEATH_MS = { earliest: 50, latest: 600 };
const timeout = 180_000;

test("after deaths of the server in the midst of uploads, all files are whole and no others are there", {
  timeout,
}, async (t) => {
  await using stack = new AsyncDisposableStack();
  const folder = await folderFor(stack);
  const server = stack.use(await startServer({ config: { data_dir: folder } }));
  await using client = new HomeserverClient(server.baseUrl);
  const photographer = new Photographer(await register(client, "user", undefined));
  const random = new SeededRandom();
  t.diagnostic(`the seed is ${random.seed}`);
  let leftCount = 0;
  for (let death = 0; death < DEATHS; death += 1) {
    let isDead = false;
    const acting = photographer.act(() => isDead);
    await wait(random.between(DEATH_MS.earliest, DEATH_MS.latest));
    isDead = true;
    await server.kill();
    await acting;
    leftCount += (await readdir(join(folder, "media", "incoming"))).length;
    await server.start();
    await untilLookedThrough(join(folder, "media"));
    await assertWholeFiles(join(folder, "media"));
    await photographer.check();
  }
  assert.ok(photographer.count > DEATHS, `${photographer.count} files were acknowledged`);
  t.diagnostic(`${photographer.count} files were acknowledged, ${leftCount} were left half at a death`);
});

for (const [how, makeDisk] of scarceDisks()) {
  test(`without space (${how}) an upload is refused, leaves nothing, and others go on`, { timeout }, async () => {
    using disk = makeDisk();
    await using stack = new AsyncDisposableStack();
    const data_dir = await folderFor(stack);
    const media = { directory: disk.folder };
    const server = stack.use(await startServer({ config: { data_dir, media } }));
    await using client = new HomeserverClient(server.baseUrl);
    const user = await register(client, "user", undefined);
    const before = randomBytes(200_000);
    const kept = await user.upload(before);
    const marker = join(disk.folder, "marker");
    await writeFile(marker, randomBytes(100_000));
    const { pid = 0 } = server;
    disk.fill(pid, marker);
    for (let count = 0; count < 3; count += 1) {
      assert.equal(await answerOf(user.upload(randomBytes(3_000_000))), "503 M_UNKNOWN");
      assert.deepEqual(await readdir(join(disk.folder, "incoming")), []);
    }
    assert.ok((await user.media(kept)).equals(before), "what was there is given");
    assert.ok(await user.sync(), "what writes nothing goes on");
    disk.free(pid);
    const after = randomBytes(3_000_000);
    assert.ok((await user.media(await user.upload(after))).equals(after));
    assert.equal(server.pid, pid, "the server was not started again");
  });
}

const frozen = readOnlyDisk();
if (frozen) {
  test("in a folder that nobody may write an upload is refused, and what is there is given", { timeout }, async () => {
    using disk = frozen;
    await using stack = new AsyncDisposableStack();
    const config = { data_dir: await folderFor(stack), media: { directory: disk.folder } };
    const server = stack.use(await startServer({ config }));
    await using client = new HomeserverClient(server.baseUrl);
    const user = await register(client, "user", undefined);
    const bytes = randomBytes(200_000);
    const kept = await user.upload(bytes);
    disk.freeze();
    assert.equal(await answerOf(user.upload(randomBytes(10))), "503 M_UNKNOWN");
    assert.ok((await user.media(kept)).equals(bytes));
    disk.thaw();
    assert.ok(await user.upload(randomBytes(10)));
    assert.deepEqual(await readdir(join(disk.folder, "incoming")), []);
  });
}

/** A folder of this test, deleted with the stack. */
async function folderFor(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-media-"));
  stack.defer(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A server that has started looks through the files of uploads that the death interrupted. */
async function untilLookedThrough(folder: string): Promise<void> {
  const marks = async () => await readdir(join(folder, "unconfirmed"));
  for (let tries = 0; tries < 200 && (await marks()).length > 0; tries += 1) await wait(25);
  assert.deepEqual(await marks(), []);
}

/** Nothing is on its way, and each file is what its name says, which is its hash. */
async function assertWholeFiles(folder: string): Promise<void> {
  assert.deepEqual(await readdir(join(folder, "incoming")), []);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const hash = createHash("sha256")
      .update(await readFile(path))
      .digest("base64url");
    assert.equal(relative(folder, path).replaceAll("/", ""), hash);
  }
}
