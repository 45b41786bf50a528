import { hash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Dialect } from "./dialect.ts";

/** A step of the schema, as its file states it. */
export interface Migration {
  /** Its number over the whole program; also the first four digits of the file's name. */
  readonly version: number;
  /** Programs of this schema version and later can work with a database that has it. */
  readonly compatibleWith: number;
  readonly name: string;
  /** SHA-256 of the file, in base64url. */
  readonly checksum: string;
  readonly statements: Readonly<Record<Dialect, readonly string[]>>;
}

const PATTERNS = ["store/migrations/*.sql", "engine/*/migrations/*.sql", "modules/*/migrations/*.sql"];
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;
const HEADER = /^-- v(\d+) \(compatible with v(\d+)\+\): (.+)$/;
const ONLY = /^-- only: (postgresql|sqlite)$/;
const QUOTED_OR_END = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|;/g;

/**
 * Reads all migrations of the program, in the order of their numbers.
 * @throws Error when a file is malformed or a number is given twice: a mistake of ours.
 */
export function readMigrations(programFolder: string = join(import.meta.dirname, "..")): Migration[] {
  const files = globSync(PATTERNS, { cwd: programFolder });
  const migrations = files.map((file) =>
    parseMigration(basename(file), readFileSync(join(programFolder, file), "utf8")),
  );
  const sorted = migrations.toSorted((a, b) => a.version - b.version);
  const twice = sorted.find(({ version }, index) => sorted[index + 1]?.version === version);
  if (twice) throw new Error(`Two migrations have the number ${twice.version}`);
  return sorted;
}

/** @throws Error when the name, the header line or a dialect mark is malformed. */
export function parseMigration(fileName: string, content: string): Migration {
  const text = content.replaceAll("\r\n", "\n");
  const [, number] = FILE_NAME.exec(fileName) ?? [];
  const [, version, compatibleWith, name] = HEADER.exec(text.slice(0, text.indexOf("\n"))) ?? [];
  if (number === undefined) throw new Error(`${fileName}: a migration is named NNNN-name.sql`);
  if (version === undefined || compatibleWith === undefined || name === undefined) {
    throw new Error(`${fileName}: the first line must be "-- vN (compatible with vM+): what"`);
  }
  if (Number(number) !== Number(version)) throw new Error(`${fileName}: the first line says v${version}`);
  return {
    version: Number(version),
    compatibleWith: Number(compatibleWith),
    name,
    checksum: hash("sha256", text, "base64url"),
    statements: {
      sqlite: splitStatements(selectDialect(fileName, text, "sqlite")),
      postgresql: splitStatements(selectDialect(fileName, text, "postgresql")),
    },
  };
}

/** Leaves out the lines that are marked for the other dialect. */
function selectDialect(fileName: string, text: string, dialect: Dialect): string {
  let only: string | undefined;
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    const [, marked] = ONLY.exec(line) ?? [];
    if (marked !== undefined) only = marked;
    else if (line === "-- end only") only = undefined;
    else if (/^--\s*(only|end)\b/.test(line)) throw new Error(`${fileName}: unknown mark "${line}"`);
    else if (only === undefined || only === dialect) kept.push(line);
  }
  if (only !== undefined) throw new Error(`${fileName}: "-- only: ${only}" has no end`);
  return kept.join("\n");
}

/** Splits at semicolons, except those in quotes and comments. Comments are dropped. */
function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let current = "";
  let start = 0;
  for (const { 0: found, index } of text.matchAll(QUOTED_OR_END)) {
    if (found !== ";" && !found.startsWith("--")) continue;
    current += text.slice(start, index);
    start = index + found.length;
    if (found === ";") {
      statements.push(current.trim());
      current = "";
    }
  }
  current += text.slice(start);
  return [...statements, current.trim()].filter((statement) => statement !== "");
}
