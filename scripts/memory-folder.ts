import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** Where Linux keeps files in memory. */
const SHARED_MEMORY = "/dev/shm";

/** A whole run needs less than half of it. */
const NEEDED_BYTES = 4 * 2 ** 30;

/** The number of the process follows. */
const PREFIX = "heddle-tests-";

/**
 * Has temporary files made in memory until it is disposed of, which deletes them; where the system has no room there,
 * nothing changes. A database for a test is some 400 files, and making them on a disk costs more than most tests do.
 */
export function temporaryFilesInMemory(): Disposable {
  if (!hasRoom()) return { [Symbol.dispose]: () => undefined };
  deleteLeftOvers();
  const before = process.env["TMPDIR"];
  const folder = mkdtempSync(join(SHARED_MEMORY, `${PREFIX}${process.pid}-`));
  // PostgreSQL runs as another user where the tests run as root, and has a folder of its own in this one.
  chmodSync(folder, 0o755);
  process.env["TMPDIR"] = folder;
  return {
    [Symbol.dispose]() {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    // Other systems have no such folder.
    return false;
  }
}

/** A run that was interrupted deletes nothing, and memory is dearer than disk. */
function deleteLeftOvers(): void {
  for (const name of readdirSync(SHARED_MEMORY)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(SHARED_MEMORY, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process: it may not be told anything, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
