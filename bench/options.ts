import { parseArgs } from "node:util";
import { workloads } from "./workloads/all.ts";
import type { Workload } from "./workload.ts";

/** What the command line asks for. */
export type Options = {
  readonly workloads: readonly Workload[];
  /** A homeserver that runs already, instead of a Heddle of our own. */
  readonly baseUrl: string | undefined;
  /** Its processes, and those of a database. */
  readonly pids: readonly number[];
  readonly sharedSecret: string | undefined;
  readonly database: string;
  /** The folder of a Python virtual environment that has a Synapse. */
  readonly synapse: string | undefined;
  /** Synapse alone, without Heddle. */
  readonly isSynapseOnly: boolean;
  readonly seconds: number;
  readonly members: number;
  readonly jsonFile: string | undefined;
  readonly markdownFile: string | undefined;
  /** Which place of that file the table goes to: between `<!-- NAME -->` and `<!-- end of NAME -->`. */
  readonly place: string;
};

/** The text that a wrong command line is answered with. */
export const USAGE = `usage: npm run bench -- [--workload NAME[,NAME…] | --all] [OPTION…]

  --base URL              measure this homeserver instead of starting Heddle
  --pid PID               a process to count; may be repeated (its database, say)
  --database D            sqlite (default), postgresql (a server of our own), or postgresql://…, an empty database
  --shared-secret S       for registering where registration is closed
  --with-synapse VENV     measure the Synapse of this Python virtual environment as well, in turns with Heddle
  --synapse VENV          measure that Synapse only
  --seconds N             how long a measurement bounded by time lasts (default 5)
  --members N             how many are in the large room of big-room (default 2000)
  --json FILE             write the results as JSON
  --markdown FILE         put the table into this file, between <!-- results --> and <!-- end of results -->
  --place NAME            other marks than "results"

workloads: ${workloads.map(({ name }) => name).join(" ")}`;

/** Throws an error with a message for the user when something does not fit. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: "string", multiple: true, default: [] },
      all: { type: "boolean", default: false },
      base: { type: "string" },
      pid: { type: "string", multiple: true, default: [] },
      database: { type: "string", default: "sqlite" },
      "shared-secret": { type: "string" },
      "with-synapse": { type: "string" },
      synapse: { type: "string" },
      seconds: { type: "string", default: "5" },
      members: { type: "string", default: "2000" },
      json: { type: "string" },
      markdown: { type: "string" },
      place: { type: "string", default: "results" },
    },
  });
  return {
    workloads: chosen(values.all ? workloads.map(({ name }) => name) : values.workload.flatMap((v) => v.split(","))),
    baseUrl: values.base,
    pids: values.pid.map((pid) => positive("--pid", pid)),
    sharedSecret: values["shared-secret"],
    database: values.database,
    synapse: values.synapse ?? values["with-synapse"],
    isSynapseOnly: values.synapse !== undefined,
    seconds: positive("--seconds", values.seconds),
    members: positive("--members", values.members),
    jsonFile: values.json,
    markdownFile: values.markdown,
    place: values.place,
  };
}

function chosen(names: readonly string[]): readonly Workload[] {
  const unknown = names.find((name) => !workloads.some((workload) => workload.name === name));
  if (unknown !== undefined) throw new Error(`there is no workload ${unknown}`);
  if (names.length === 0) throw new Error("no workload was named");
  return workloads.filter(({ name }) => names.includes(name));
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} takes a number above 0, not ${text}`);
  return value;
}
