import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { DatabaseUnusable } from "../../src/store/sql.ts";
import { openSqlite } from "../../src/store/sqlite/sqlite.ts";

test("what was acknowledged before the process was killed is there afterwards, and groups are whole", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "heddle-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "a.db");
  const script = join(import.meta.dirname, "sqlite-writing-process.ts");
  const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let lastAcknowledged = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    if (lastAcknowledged === -1) await assert.rejects(openSqlite({ path }), DatabaseUnusable);
    lastAcknowledged = Number(line);
    if (lastAcknowledged > 200) child.kill("SIGKILL");
  }
  await exited;

  await using database = await openSqlite({ path });
  const rows = await database.all<{ readonly id: number }>("SELECT id FROM things ORDER BY id");
  const last = rows.at(-1)?.id ?? -1;
  assert.ok(last >= lastAcknowledged);
  assert.equal(last % 2, 1);
  assert.deepEqual(
    rows.map(({ id }) => id),
    Array.from({ length: last + 1 }, (_, id) => id),
  );
});
