import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A place for data where space runs out when a test wants it. */
export interface ScarceDisk extends Disposable {
  readonly folder: string;
  /** From now on nothing can be written to `file` beyond what it is now. `pid` is the process that writes it. */
  fill(pid: number, file: string): void;
  /** There is space again. */
  free(pid: number): void;
}

/** The ways that this machine has to run out of space; at least one, whoever we are. */
export function scarceDisks(): ReadonlyMap<string, () => ScarceDisk> {
  const disks = new Map<string, () => ScarceDisk>([["a limit on the size of files", limited]]);
  if (mayMount()) disks.set("a full disk", () => mounted());
  return disks;
}

/** A limit of the process that writes: needs no privilege. */
function limited(): ScarceDisk {
  const folder = mkdtempSync(join(tmpdir(), "heddle-limit-"));
  return {
    folder,
    fill: (pid, file) => setFileLimit(pid, String(statSync(file).size)),
    free: (pid) => setFileLimit(pid, "unlimited"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function setFileLimit(pid: number, bytes: string): void {
  // The soft limit alone: the hard one could not be raised again.
  const { status, stderr } = spawnSync("prlimit", [`--pid=${pid}`, `--fsize=${bytes}:`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`prlimit failed: ${stderr}`);
}

const DISK_SIZE = "8m";
const CHUNK = Buffer.alloc(4096);

/** A file system of its own, filled to the last byte by a file. */
function mounted(): ScarceDisk {
  const folder = mkdtempSync(join(tmpdir(), "heddle-disk-"));
  if (!mount(folder)) throw new Error("a file system could be mounted before, and cannot now");
  const filler = join(folder, "filler");
  return {
    folder,
    fill: () => writeUntilFull(filler),
    free: () => rmSync(filler),
    [Symbol.dispose]: () => unmount(folder),
  };
}

/** A file system that can be made one that nobody may write to; `undefined` where we may not mount. */
export function readOnlyDisk(): (Disposable & { readonly folder: string; freeze(): void; thaw(): void }) | undefined {
  if (!mayMount()) return undefined;
  const { folder, [Symbol.dispose]: dispose } = mounted();
  const remount = (how: "ro" | "rw"): void => {
    const { status, stderr } = spawnSync("mount", ["-o", `remount,${how}`, folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(`remounting failed: ${stderr}`);
  };
  return { folder, freeze: () => remount("ro"), thaw: () => remount("rw"), [Symbol.dispose]: dispose };
}

function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "heddle-disk-"));
  const isMounted = mount(folder);
  unmount(folder);
  return isMounted;
}

function mount(folder: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_SIZE}`, "tmpfs", folder]).status === 0;
}

function unmount(folder: string): void {
  spawnSync("umount", ["-l", folder]);
  rmSync(folder, { recursive: true, force: true });
}

function writeUntilFull(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, CHUNK);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  } finally {
    closeSync(file);
  }
}
