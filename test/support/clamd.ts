/**
 * ClamAV's daemon for tests, as Debian packages it (`apt-get install clamav-daemon`), with one signature of our own. Where
 * there is none such tests are skipped and say so; continuous integration installs it and sets `HEDDLE_REQUIRE_CLAMD`, with
 * which a missing daemon is a failure.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = "/usr/sbin/clamd";

/** What the daemon takes for harmful, and what it then calls it. */
export const HARMFUL = "heddle-tests: this text stands for something harmful";
export const SIGNATURE = "Heddle.Test.Harmful";

/** A file with more bytes is not taken. */
export const CLAMD_LIMIT_BYTES = 100_000;

/** Whether tests with the daemon are skipped here, and why. */
export const withoutClamd =
  !existsSync(program) && process.env["HEDDLE_REQUIRE_CLAMD"] === undefined && "clamd is not installed";

/** A daemon on a Unix socket in a folder of its own. */
export class TestClamd implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly socket: string;

  private constructor(folder: string, child: ChildProcess, socket: string) {
    this.#folder = folder;
    this.#process = child;
    this.socket = socket;
  }

  /** Resolves when it takes files. */
  static async start(): Promise<TestClamd> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-clamd-"));
    await chmod(folder, 0o755);
    const socket = join(folder, "clamd.ctl");
    await mkdir(join(folder, "signatures"));
    await writeFile(join(folder, "signatures/test.ndb"), `${SIGNATURE}:0:*:${Buffer.from(HARMFUL).toString("hex")}\n`);
    const file = join(folder, "clamd.conf");
    await writeFile(file, settings(folder, socket));
    const child = spawn(program, ["--config-file", file], { stdio: ["ignore", "pipe", "pipe"] });
    const clamd = new TestClamd(folder, child, socket);
    await clamd.#untilReady();
    return clamd;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill();
      await once(this.#process, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    let log = "";
    const ready = Promise.withResolvers<void>();
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      if (log.includes("Listening daemon")) ready.resolve();
    };
    this.#process.stdout?.on("data", read);
    this.#process.stderr?.on("data", read);
    this.#process.once("error", ready.reject);
    this.#process.once("exit", () => ready.reject(new Error(`clamd ended: ${log}`)));
    await ready.promise;
  }
}

const settings = (folder: string, socket: string): string => `Foreground yes
LogTime no
LogVerbose yes
LocalSocket ${socket}
DatabaseDirectory ${join(folder, "signatures")}
StreamMaxLength ${CLAMD_LIMIT_BYTES}
`;
