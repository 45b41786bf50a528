/** A server that speaks the protocol of S3, for tests: a process of its own, which can be stopped and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./free-port.ts";

const program = createRequire(import.meta.url).resolve("s3rver/bin/s3rver.js");

export class S3Server implements AsyncDisposable {
  /** The only bucket. */
  readonly bucket = "heddle-media";
  readonly accessKeyId = "S3RVER";
  readonly secretAccessKey = "S3RVER";
  readonly endpoint: string;
  readonly #port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server(await findFreePort(), await mkdtemp(join(tmpdir(), "heddle-s3-")));
    await server.makeBucket();
    await server.start();
    return server;
  }

  /** Starts it again on the same port, with what it had. */
  async start(): Promise<void> {
    const options = ["--directory", this.#folder, "--address", "127.0.0.1", "--port", String(this.#port)];
    const child = spawn(process.execPath, [program, ...options, "--no-vhost-buckets"], {
      stdio: ["ignore", "pipe", "inherit"],
      // It is old, and warns of what it uses.
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("listening")) resolve();
      });
      child.once("exit", () => reject(new Error(`The S3 server ended: ${output}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    if (child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async makeBucket(): Promise<void> {
    await mkdir(join(this.#folder, this.bucket), { recursive: true });
  }

  async removeBucket(): Promise<void> {
    await rm(join(this.#folder, this.bucket), { recursive: true });
  }

  /** The keys of all objects. */
  async objects(): Promise<string[]> {
    const suffix = "._S3rver_object";
    const names = await readdir(join(this.#folder, this.bucket), { recursive: true });
    return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }
}
