/** Something wrong in a configuration file. */
export type Problem = {
  /** From 1; `undefined` when the file itself is the problem. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The key as people write it, `listeners[0].port`; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
};

/** Thrown for a configuration that cannot be used: exit code 78 of the command line. Its message names every problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];
  constructor(file: string, problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((problem) => formatProblem(file, problem)).join("\n"), options);
    this.problems = problems;
  }
}

function formatProblem(file: string, { line, column, key, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return key === "" ? `${place}: ${message}` : `${place}: ${key}: ${message}`;
}

/** `["listeners", "0", "port"]` → `listeners[0].port`. */
export function formatKey(path: readonly string[]): string {
  return path.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}
