/** The lines between the parts of the program (docs: the picture in CONTRIBUTING.md), read from the import lines. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Import, readSources, root, type SourceFile } from "./support/source-files.ts";

const sources = readSources();
/** Tests, and the builders beside the code that only tests use, are free. */
const program = sources.filter(({ path }) => !/(\.test|\/testing|\.testing)\.ts$/.test(path));

/** The one file of `protocol` that may use Node's cryptography. */
const cryptoFile = "src/protocol/signing/crypto.ts";

test("protocol imports only itself", () => {
  assertNone(within("src/protocol/"), ({ path }, { specifier, target }) => {
    if (target !== undefined) return !target.startsWith("src/protocol/");
    return !(specifier === "node:crypto" && path === cryptoFile);
  });
});

test("protocol has no clock, no chance, no waiting and no environment", () => {
  const forbidden =
    /\b(Date\.now|new Date\(\s*\)|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|performance\.|process\.|fetch\(|async |await |console\.)/;
  assertNoLine(within("src/protocol/"), forbidden);
});

test("store and bus import nothing that stands above them", () => {
  const above = ["src/engine/", "src/modules/", "src/http/", "src/cli/", "src/homeserver.ts"];
  assertNone([...within("src/store/"), ...within("src/bus/")], (_file, { target = "" }) =>
    startsWithAny(target, above),
  );
});

test("outgoing imports nothing of the program's but itself", () => {
  assertNone(
    within("src/outgoing/"),
    (_file, { target }) => target !== undefined && !target.startsWith("src/outgoing/"),
  );
});

test("other servers are asked over HTTP by outgoing alone", () => {
  const others = program.filter(({ path }) => !path.startsWith("src/outgoing/"));
  assertNone(others, (_file, { specifier }) => specifier === "undici");
  assertNoLine(others, /(^|[^.\w])fetch\(/);
});

test("engine imports no module, no HTTP and no wiring", () => {
  const above = ["src/modules/", "src/http/", "src/cli/", "src/homeserver.ts"];
  assertNone(within("src/engine/"), (_file, { target = "", isTypeOnly }) => {
    const isError = target === "src/http/errors.ts";
    return startsWithAny(target, above) && !isError && !(isTypeOnly && target === "src/http/endpoint.ts");
  });
});

test("mail knows nothing of what it is for", () => {
  const allowed = ["src/mail/", "src/pages/html.ts"];
  assertNone(within("src/mail/"), (_file, { target = "src/mail/" }) => !startsWithAny(target, allowed));
});

test("pages know nothing of what they are for", () => {
  const allowed = ["src/pages/", "src/http/endpoint.ts"];
  assertNone(within("src/pages/"), (_file, { target = "src/pages/" }) => !startsWithAny(target, allowed));
});

test("a module imports another only by its index.ts", () => {
  assertNone(within("src/modules/"), ({ path }, { target = "" }) => {
    const other = moduleOf(target);
    return other !== undefined && other !== moduleOf(path) && target !== `src/modules/${other}/index.ts`;
  });
});

test("only the wiring and the command line know homeserver.ts", () => {
  const allowed = ["src/cli/", "src/homeserver"];
  const others = program.filter(({ path }) => !startsWithAny(path, allowed));
  assertNone(others, (_file, { target = "" }) => target === "src/homeserver.ts" || target.startsWith("src/cli/"));
});

test("database and bus drivers are imported by the wiring and by tests only", () => {
  const others = program.filter(
    ({ path }) => !startsWithAny(path, ["src/store/", "src/bus/", "src/homeserver", "src/cli/"]),
  );
  const packages = ["node:sqlite", "pg", "@nats-io/transport-node"];
  assertNone(others, (_file, { specifier, target = "", isTypeOnly }) => {
    const isDriver = /^src\/(store|bus)\/(sqlite|postgres|postgresql|in-process|nats)\b/.test(target);
    return packages.includes(specifier) || (isDriver && !isTypeOnly);
  });
});

test("there are no circles among imports", () => {
  assert.deepEqual(findCircles(program), []);
});

test("imports of our own are relative, with .ts, and lead to a file", () => {
  const known = new Set(sources.map(({ path }) => path));
  assertNone(sources, (_file, { target }) => {
    return target !== undefined && !known.has(target) && !existsSync(join(root, target));
  });
});

test("a package that the program imports is a dependency in package.json", () => {
  const { dependencies, optionalDependencies } = readManifest();
  const known = new Set(Object.keys({ ...dependencies, ...optionalDependencies }));
  assertNone(program, (_file, { specifier, target }) => {
    const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    return target === undefined && !specifier.startsWith("node:") && !known.has(name);
  });
});

test("no file of the program is longer than 500 lines", () => {
  const long = program.filter(({ lineCount }) => lineCount > 500).map(({ path, lineCount }) => `${path}: ${lineCount}`);
  assert.deepEqual(long, []);
});

test("SQL takes values by $n only, never by putting text together", () => {
  const sqlWithValue =
    /`[^`]*\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^`]*(=|IN \(|VALUES \(|LIMIT) ?'?\$\{(?!inList|placeholders|column|table|columns|select)/s;
  const found = program.filter(({ text }) => sqlWithValue.test(text)).map(({ path }) => path);
  assert.deepEqual(found, []);
});

test("SQL literals hold no $n of their own", () => {
  const found = program.filter(({ text }) => hasDollarInSqlLiteral(text)).map(({ path }) => path);
  assert.deepEqual(found, []);
});

test("the environment is read by the command line alone", () => {
  const others = program.filter(({ path }) => !path.startsWith("src/cli/"));
  assertNoLine(others, /\bprocess\.env\b/);
});

test("there are no default exports", () => {
  assertNoLine(program, /^export default\b/);
});

test("every module has a README.md and an index.ts", () => {
  const folder = join(root, "src/modules");
  const modules = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const wanted = modules.flatMap(({ name }) => [join(folder, name, "README.md"), join(folder, name, "index.ts")]);
  assert.deepEqual(
    wanted.filter((file) => !existsSync(file)),
    [],
  );
});

type Manifest = { readonly dependencies?: object; readonly optionalDependencies?: object };

function readManifest(): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return manifest;
}

function within(folder: string): SourceFile[] {
  return program.filter(({ path }) => path.startsWith(folder));
}

function startsWithAny(path: string, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) => path.startsWith(beginning));
}

function moduleOf(path: string): string | undefined {
  return /^src\/modules\/([^/]+)\//.exec(path)?.[1];
}

function assertNone(files: readonly SourceFile[], isWrong: (file: SourceFile, line: Import) => boolean): void {
  const wrong = files.flatMap((file) =>
    file.imports.filter((line) => isWrong(file, line)).map(({ specifier }) => `${file.path} imports ${specifier}`),
  );
  assert.deepEqual(wrong, []);
}

/** Comments are left out, so that they can speak of what the code must not do. */
function assertNoLine(files: readonly SourceFile[], pattern: RegExp): void {
  const wrong = files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .map((line, index) => ({ line: line.replace(/\/\/.*|^\s*\/?\*.*/, ""), place: `${path}:${index + 1}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ line, place }) => `${place}: ${line.trim()}`),
  );
  assert.deepEqual(wrong, []);
}

/** `'$1'` within SQL would be rewritten for SQLite like a parameter. */
function hasDollarInSqlLiteral(text: string): boolean {
  const statements = text.match(/`[^`]*\b(?:SELECT|INSERT|UPDATE|DELETE)\b[^`]*`/g) ?? [];
  return statements.some((statement) => /'[^'\n]*\$\d[^'\n]*'/.test(statement));
}

/** Every circle once, as `a → b → a`. Imports of types alone are gone at run time and make none. */
function findCircles(files: readonly SourceFile[]): string[] {
  const next = new Map(files.map((file) => [file.path, file.imports.filter((line) => !line.isTypeOnly)]));
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) circles.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || finished.has(path)) return;
    for (const { target } of next.get(path) ?? []) if (target !== undefined) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}
