import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../test/support/free-port.ts";
import { HomeserverClient } from "./client.ts";
import { cpuMs } from "./process.ts";

/** An nginx that serves one file. */
export interface Nginx extends AsyncDisposable {
  download(): Promise<Buffer>;
  /** Processor time used so far. */
  cpuMs(): number;
}

const START_TRIES = 100;

/** Debian's nginx with a configuration of its own, on a free port; `undefined` where there is none. */
export async function startNginx(bytes: Uint8Array): Promise<Nginx | undefined> {
  if (spawnSync("nginx", ["-v"]).status !== 0) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "heddle-nginx-"));
  const port = await findFreePort();
  await writeFile(join(folder, "file"), bytes, { mode: 0o644 });
  await writeFile(join(folder, "nginx.conf"), configuration(folder, port));
  const process = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], { stdio: "ignore" });
  const client = new HomeserverClient(`http://127.0.0.1:${port}`);
  const download = async (): Promise<Buffer> => await client.requestBytes("GET", "/file");
  const nginx: Nginx = {
    download,
    cpuMs: () => (process.pid === undefined ? Number.NaN : cpuMs([process.pid])),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await end(process);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(download);
    return nginx;
  } catch (error) {
    await nginx[Symbol.asyncDispose]();
    throw error;
  }
}

/** One process in the foreground, as Heddle is one; whoever it runs as owns the folder. */
function configuration(folder: string, port: number): string {
  return `daemon off; master_process off; pid ${folder}/pid;
events {}
http {
  access_log off; sendfile on; keepalive_requests 1000000; default_type application/octet-stream;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  server { listen 127.0.0.1:${port}; root ${folder}; }
}
`;
}

async function untilReady(download: () => Promise<Buffer>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await download();
      return;
    } catch (error) {
      if (tries >= START_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exited = once(process, "exit");
  process.kill("SIGTERM");
  await exited;
}
