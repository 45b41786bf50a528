/** `docs/configuration.md`, made from the sections' schemas: what is written there is what is checked. */
import { type TObject, type TSchema, Type } from "typebox";
import { describe, keyword } from "./explain.ts";
import { notSupportedYet, sectionList } from "./sections.ts";

const introduction = `<!-- Made by \`npm run docs\` from src/config/sections/: change those, not this. -->

# The configuration file

YAML, of which JSON is a part. \`npx heddle serve --config FILE\` runs with it, \`npx heddle config check FILE\` says what is
wrong with it, by key and line. A server needs nothing but \`server_name\`; everything else has a default.

- Unknown keys are errors.
- Relative paths are relative to the folder of the file.
- \`\${NAME}\` in a string is the environment variable NAME, so that secrets stay out of the file; one that is not set is an
  error. \`$\${\` stands for the two characters themselves.

\`\`\`yaml
server_name: example.org
public_base_url: https://matrix.example.org
database: postgresql://heddle:\${DATABASE_PASSWORD}@db.example.org:5432/heddle
listeners:
  - {host: 127.0.0.1, port: 8008, serve: [client, federation, media, admin, console, health]}
  - {host: 127.0.0.1, port: 9090, serve: [metrics]}
registration:
  mode: closed
  shared_secret: \${REGISTRATION_SECRET}
\`\`\`
`;

/** The whole page. */
export function renderConfigurationPage(): string {
  const parts = sectionList.map(({ key, schema }) => renderSection(key, schema));
  return [introduction, ...parts, renderNotSupported()].join("\n");
}

function renderSection(key: string, schema: TSchema): string {
  const members = membersOf(schema);
  const table = members === undefined ? "" : `\n${renderTable(members)}\n`;
  return `## ${key}\n\n${textOf(schema)}\n\n${renderValue(schema, members !== undefined)}\n${table}`;
}

function renderValue(schema: TSchema, hasTable: boolean): string {
  const fallback = keyword(schema, "default");
  const lines = [`Value: ${escapeCell(describe(schema))}.`];
  if (fallback === undefined) lines.push("Required.");
  else if (!hasTable || typeof fallback === "string") lines.push(`Default: ${renderJson(fallback)}.`);
  const examples = keyword(schema, "examples");
  if (Array.isArray(examples)) lines.push(`Example: ${renderJson(examples[0])}.`);
  return lines.join(" ");
}

/** The object whose members a section's value has: itself, the entries of its list, or one of its alternatives. */
function membersOf(schema: TSchema): TObject | undefined {
  if (Type.IsObject(schema)) return schema;
  if (Type.IsArray(schema)) return membersOf(schema.items);
  if (Type.IsUnion(schema)) return schema.anyOf.map(membersOf).find((members) => members !== undefined);
  return undefined;
}

function renderTable(members: TObject): string {
  const rows = Object.entries(members.properties).flatMap(([name, schema]) => renderRows(name, schema));
  return ["| key | value | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function renderRows(name: string, schema: TSchema): string[] {
  const fallback = keyword(schema, "default");
  const cells = [
    `\`${name}\``,
    escapeCell(describe(schema)),
    fallback === undefined ? "" : renderJson(fallback),
    escapeCell(textOf(schema)),
  ];
  const inner = Type.IsObject(schema) ? Object.entries(schema.properties) : [];
  return [`| ${cells.join(" | ")} |`, ...inner.flatMap(([key, member]) => renderRows(`${name}.${key}`, member))];
}

function renderNotSupported(): string {
  const keys = Object.keys(notSupportedYet).map((key) => `\`${key}\``);
  return `## Not supported yet\n\nThese keys are planned, and refused until what they set exists: ${keys.join(", ")}.\n`;
}

function textOf(schema: TSchema): string {
  const text = keyword(schema, "description");
  return typeof text === "string" ? text : "";
}

/** Code in the form that the file has it. */
function renderJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, member: unknown) => member)
    .replaceAll(/([{,])"(\w+)":/g, "$1 $2: ")
    .replaceAll('"', "")
    .replaceAll(/,(?! )/g, ", ")
    .replaceAll("{ ", "{");
  return `\`${typeof value === "string" && /^\d+$/.test(value) ? `"${value}"` : text}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
