import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The folder of the repository. */
export const root = join(import.meta.dirname, "../..");

/** A TypeScript file of the program. Paths are relative to the repository, with `/`. */
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
};

export type Import = {
  /** As written: `../ids/ids.ts`, `node:crypto`. */
  readonly specifier: string;
  /** Path relative to the repository for files of our own, else undefined. */
  readonly target: string | undefined;
  /** `import type`: gone at run time. */
  readonly isTypeOnly: boolean;
};

/** Reads all files of `src/`, tests included. */
export function readSources(): SourceFile[] {
  return globSync("src/**/*.ts", { cwd: root })
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, lineCount: text.split("\n").length - 1, imports: findImports(path, text) };
    });
}

const importPattern =
  /^\s*(import|export)\s+(type\s)?[^"';]*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

function findImports(path: string, text: string): Import[] {
  return [...text.matchAll(importPattern)].map(([statement, , typeOnly, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? "";
    const target = specifier.startsWith(".") ? relative(root, join(root, dirname(path), specifier)) : undefined;
    return { specifier, target, isTypeOnly: typeOnly !== undefined || hasOnlyTypes(statement) };
  });
}

/** `import { type A, type B } from …` is gone at run time as well. */
function hasOnlyTypes(statement: string): boolean {
  const names = /\{([^}]*)\}\s*from/.exec(statement)?.[1];
  if (names === undefined || /import\s+\w+\s*,/.test(statement)) return false;
  const parts = names.split(",").filter((name) => name.trim() !== "");
  return parts.length > 0 && parts.every((name) => name.trim().startsWith("type "));
}
