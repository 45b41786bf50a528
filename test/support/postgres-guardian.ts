/**
 * Runs a PostgreSQL server for a test process, and stops it when that process is gone, however it went: its end closes
 * our standard input. Arguments: the binary, the data folder, the user (number) to run as or "", then the server's own.
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

const READY = "database system is ready to accept connections";
const STOP_WITHIN_MS = 5_000;

const [binary = "", folder = "", user = "", ...rest] = process.argv.slice(2);
const identity = user === "" ? {} : { uid: Number(user), gid: Number(user) };
const server = spawn(binary, ["-D", folder, ...rest], { stdio: ["ignore", "ignore", "pipe"], ...identity });
let output = "";
let isOver = false;

server.stderr.setEncoding("utf8").on("data", (text: string) => {
  output = (output + text).slice(-10_000);
  if (output.includes(READY)) {
    output = "";
    process.stdout.write(`ready ${server.pid}\n`);
  }
});
server.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on("exit", (code) => {
  if (isOver) rmSync(folder, { recursive: true, force: true });
  else if (code !== 0 && code !== null) process.stderr.write(output);
  process.exit(0);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
process.stdin.on("end", end).on("error", end).resume();

function end(): void {
  isOver = true;
  server.kill("SIGINT");
  setTimeout(() => server.kill("SIGKILL"), STOP_WITHIN_MS).unref();
}
