import { cpus, totalmem } from "node:os";
import type { Measurement } from "./measurement.ts";

/** All that a run measured: one column for each server. */
export type Results = {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number; readonly node: string };
  readonly seconds: number;
  readonly servers: readonly { readonly name: string; readonly measurements: readonly Measurement[] }[];
};

/** Results without measurements yet. */
export function describeRun(seconds: number): Omit<Results, "servers"> {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryGiB, node: process.version };
  return { date: new Date().toISOString().slice(0, 10), machine, seconds };
}

/** The tables: what a client sees, and the processor time of one operation. */
export function toMarkdown({ date, machine, seconds, servers }: Results): string {
  const names = servers.map(({ name }) => name);
  const { cpu, cores, memoryGiB, node } = machine;
  return [
    `Measured on ${date}: ${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, ${seconds} s for each measurement bounded by time.`,
    "",
    ...table(["workload", "measured", ...names], rows(servers, seenCell)),
    "",
    "CPU milliseconds of the server, its database included, for one operation:",
    "",
    ...table(["workload", "operation", ...names], rows(servers, cpuCell)),
    "",
  ].join("\n");
}

type Servers = Results["servers"];

/** One row for each line that any server has; a row whose cells are all empty is left out. */
function rows(servers: Servers, cell: (measurement: Measurement) => string): string[][] {
  const keys = new Map<string, Measurement>();
  for (const { measurements } of servers) {
    for (const measurement of measurements) keys.set(`${measurement.workload}\0${measurement.name}`, measurement);
  }
  return [...keys.values()]
    .map(({ workload, name, unit, better }) => {
      const cells = servers.map(({ measurements }) => {
        const found = measurements.find((other) => other.workload === workload && other.name === name);
        return found ? cell(found) : "";
      });
      const label = cell === seenCell ? `${name} (${unit}${better === "less" ? ", less is better" : ""})` : name;
      return { label: [workload, label], cells };
    })
    .filter(({ cells }) => cells.some((text) => text !== ""))
    .map(({ label, cells }) => [...label, ...cells]);
}

function seenCell({ value, unit, p50Ms, p99Ms, errorCount = 0 }: Measurement): string {
  const times =
    unit === "/s" && p50Ms !== undefined && p99Ms !== undefined ? ` p50 ${short(p50Ms)} p99 ${short(p99Ms)}` : "";
  return `${short(value)}${times}${errorCount > 0 ? ` err ${errorCount}` : ""}`;
}

function cpuCell({ cpuMsPerOperation }: Measurement): string {
  return cpuMsPerOperation === undefined ? "" : short(cpuMsPerOperation);
}

/** Three digits are more than a shared machine can tell apart. */
function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  return [line(head), line(head.map((_, index) => (index < 2 ? "---" : "---:"))), ...body.map(line)];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
