import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { parseConfig } from "../../src/config/parse.ts";
import { openParts } from "../../src/homeserver.ts";
import { createLimiter } from "../../src/http/rate-limits.ts";
import type { Module } from "../../src/modules/module.ts";
import { openDiskStore } from "../../src/modules/media/index.ts";
import { createModules } from "../../src/modules.ts";

/** The modules of a server with every capability switched on, whose listeners are never opened. */
export async function readModules(): Promise<readonly Module[]> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "heddle-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const text =
    "server_name: a.b\ndata_dir: .\npublic_base_url: https://a.b\nregistration: {mode: open, shared_secret: s}";
  const config = parseConfig(text, { file: "contract", folder, environment: {} });
  const parts = await openParts(config, { logger: pino({ enabled: false }) }, stack);
  const modules = createModules(config, {
    ...parts,
    limiter: createLimiter(config.rateLimits, parts.clock),
    files: await openDiskStore(config.media.directory),
  });
  for (const { dispose } of modules) if (dispose) stack.defer(dispose);
  return modules;
}
