/**
 * How a file becomes a `Config`: YAML text → tree with positions → environment variables put in → checked against the
 * sections' schemas → defaults filled in → resolved by each section → frozen. All problems are found before any is
 * reported, except that later steps wait for the earlier ones to be clean.
 */
import type { Static, TSchema } from "typebox";
import { Check } from "typebox/schema";
import { type Document, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import type { Config } from "./config.ts";
import { withDefaults } from "./defaults.ts";
import { type Difference, explain } from "./explain.ts";
import { positionOf } from "./positions.ts";
import { ConfigError, formatKey, type Problem } from "./problem.ts";
import type { ResolveContext, Section } from "./section.ts";
import { checkRegistrationFlows } from "./registration-flows.ts";
import { fileSchema, notSupportedYet, sections } from "./sections.ts";
import { type Environment, substitute } from "./substitute.ts";

/** Where a text comes from. */
export type Source = {
  /** How messages name the file. */
  readonly file: string;
  /** Absolute path that relative paths start from. */
  readonly folder: string;
  readonly environment: Environment;
};

/** Reads the text of a configuration file. Throws `ConfigError`. */
export function parseConfig(text: string, source: Source): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  stopOn(document.errors.map((error) => ({ ...place(error.pos[0], lines), key: "", message: error.message })));
  const root = document.contents;
  const at = ({ path, about, message }: Difference): Problem => ({
    ...positionOf(root, path, about, lines),
    key: formatKey(path),
    message,
  });
  stopOn(substituteAll(root, source.environment, lines));
  const written = toValue(document);
  stopOn(explain(fileSchema, written).map(refine).map(at));
  const problems: Problem[] = [];
  const config = toConfig(asMembers(written), source.folder, (path, message) =>
    problems.push(at({ path, about: "value", message })),
  );
  checkTogether(config, (path, message) => problems.push(at({ path, about: "value", message })));
  checkRegistrationFlows(config, (path, message) => problems.push(at({ path, about: "value", message })));
  stopOn(problems);
  return config;

  function stopOn(found: readonly Problem[]): void {
    if (found.length > 0) throw new ConfigError(source.file, found);
  }
}

function substituteAll(root: ParsedNode | null, environment: Environment, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  const report = (node: Node, message: string) =>
    problems.push({ ...place(node.range?.[0] ?? 0, lines), key: "", message });
  if (root !== null) substitute(root, environment, report);
  return problems;
}

/** An empty file is one without keys. `maxAliasCount` stops texts that grow without bound by their aliases. */
function toValue(document: Document.Parsed): unknown {
  return document.toJS({ maxAliasCount: 100 }) ?? {};
}

function refine(difference: Difference): Difference {
  const [key = ""] = difference.path;
  const capability = Object.hasOwn(notSupportedYet, key) ? notSupportedYet[key] : undefined;
  if (difference.path.length !== 1 || capability === undefined) return difference;
  return { ...difference, message: `not supported yet: this version of Heddle has no ${capability}` };
}

/** What no section can see by itself. */
function checkTogether({ publicBaseUrl, discovery, email, sms, singleSignOn }: Config, report: Report): void {
  if (publicBaseUrl !== undefined) return;
  if (singleSignOn.providers.length > 0) {
    report(["single_sign_on", "providers"], "needs `public_base_url`, to which providers send people back");
  }
  if (email.server) report(["email", "smtp_url"], "needs `public_base_url`, for the links in mails");
  if (discovery.identityServer !== undefined || Object.keys(discovery.client).length > 0) {
    report(["discovery"], "needs `public_base_url`: without it clients are told nothing");
  }
  if (sms.gateway) report(["sms", "url"], "needs `public_base_url`: clients are told where to send codes");
}

type Report = (path: readonly string[], message: string) => void;

function toConfig(written: ReadonlyMap<string, unknown>, folder: string, report: Report): Config {
  const dataDir = use(sections.dataDir, folder);
  return deepFreeze({
    serverName: use(sections.serverName, dataDir),
    dataDir,
    publicBaseUrl: use(sections.publicBaseUrl, dataDir),
    discovery: use(sections.discovery, dataDir),
    database: use(sections.database, dataDir),
    defaultRoomVersion: use(sections.defaultRoomVersion, dataDir),
    signingKeyFile: use(sections.signingKeyFile, dataDir),
    listeners: use(sections.listeners, dataDir),
    registration: use(sections.registration, dataDir),
    terms: use(sections.terms, dataDir),
    captcha: use(sections.captcha, dataDir),
    media: use(sections.media, dataDir),
    presence: use(sections.presence, dataDir),
    serverNotices: use(sections.serverNotices, dataDir),
    turn: use(sections.turn, dataDir),
    email: use(sections.email, dataDir),
    sms: use(sections.sms, dataDir),
    thirdPartyIdentifiers: use(sections.thirdPartyIdentifiers, dataDir),
    identityServers: use(sections.identityServers, dataDir),
    federation: use(sections.federation, dataDir),
    rateLimits: use(sections.rateLimits, dataDir),
    passwords: use(sections.passwords, dataDir),
    singleSignOn: use(sections.singleSignOn, dataDir),
    loginTokens: use(sections.loginTokens, dataDir),
    log: use(sections.log, dataDir),
  });

  function use<S extends TSchema, T>(section: Section<S, T>, dataDirectory: string): T {
    const problem: ResolveContext["problem"] = (path, message) => report([section.key, ...path], message);
    return section.resolve(complete(section, written.get(section.key)), { folder, dataDir: dataDirectory, problem });
  }
}

/** Fills in the defaults, and holds the schema to be true: the type of what `resolve` gets rests on this check. */
function complete<S extends TSchema, T>(section: Section<S, T>, written: unknown): Static<S> {
  const value = withDefaults(section.schema, written);
  if (!Check(section.schema, value)) throw new TypeError(`${section.key} does not fit its schema`);
  return value;
}

function asMembers(written: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof written === "object" && written !== null ? Object.entries(written) : []);
}

function place(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === "object" && member !== null) deepFreeze(member);
  return Object.freeze(value);
}
