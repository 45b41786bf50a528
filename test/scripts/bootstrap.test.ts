import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

test("where node_modules is a link that lacks something, nothing is installed: npm would empty what it leads to", () => {
  const folder = mkdtempSync(join(tmpdir(), "heddle-bootstrap-"));
  try {
    for (const file of ["scripts/bootstrap.mjs", "bin/recent-node.js"]) cpSync(join(root, file), join(folder, file));
    const lock = { packages: { "node_modules/absent": { version: "1.0.0" } } };
    writeFileSync(join(folder, "package.json"), '{ "name": "heddle", "type": "module" }');
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
    const others = join(folder, "others", "node_modules");
    mkdirSync(join(others, "theirs"), { recursive: true });
    symlinkSync(others, join(folder, "node_modules"));
    const { status, stderr } = spawnSync(process.execPath, ["scripts/bootstrap.mjs", "check"], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /node_modules is a symbolic link to a folder that lacks something/);
    assert.ok(existsSync(join(others, "theirs")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
