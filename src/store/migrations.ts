/*
 * How the schema grows. Each migration is one transaction, which begins with the row that says it is applied: of two
 * servers that start together, one fails on that row and finds the work done. A newer program may have been here and
 * left again: its migrations say from which version on a program can live with them.
 */
import type { Dialect } from "./dialect.ts";
import { type Migration, readMigrations } from "./migration-files.ts";
import { type Database, DatabaseUnusable, type Row, type Sql, type Statement } from "./sql.ts";

interface AppliedRow extends Row {
  readonly version: number;
  readonly compatibleWith: number;
  readonly checksum: string;
}

const TABLES: Readonly<Record<Dialect, string>> = {
  sqlite: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
  postgresql: `SELECT table_name AS name FROM information_schema.tables
               WHERE table_schema = current_schema() ORDER BY table_name`,
};
const COLUMNS: Readonly<Record<Dialect, string>> = {
  sqlite: "SELECT name FROM pragma_table_info('schema_migrations')",
  postgresql: `SELECT column_name AS name FROM information_schema.columns
               WHERE table_schema = current_schema() AND table_name = 'schema_migrations'`,
};
const OUR_COLUMNS = ["version", "compatible_with", "name", "checksum"];

const APPLIED = `SELECT version, compatible_with AS "compatibleWith", checksum FROM schema_migrations ORDER BY version`;
const INSERT = "INSERT INTO schema_migrations (version, compatible_with, name, checksum) VALUES ($1, $2, $3, $4)";

/** Tables by which the databases of other programs are known. */
const OTHER_PROGRAMS: Readonly<Record<string, string>> = {
  state_groups_state: "Synapse",
  roomserver_events: "Dendrite",
  syncapi_output_room_events: "Dendrite",
};

/** What a database did when it was brought up to date. */
export interface MigrationReport {
  readonly applied: readonly Migration[];
}

/**
 * Brings a database up to this program's schema.
 * @throws DatabaseUnusable when it belongs to another program, or to a newer and incompatible version of this one, or
 * when an applied migration was changed.
 * @throws DatabaseUnavailable when it cannot be read or written now; what was applied stays.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<MigrationReport> {
  const applied: Migration[] = [];
  for (const migration of await findMissing(database, migrations)) {
    if (await apply(database, migration)) applied.push(migration);
  }
  return { applied };
}

/**
 * Leaves alone what another program has made. Only reads.
 * @throws DatabaseUnusable when the database is neither empty nor ours.
 */
export async function requireOwn(sql: Sql): Promise<void> {
  const tables = await readNames(sql, TABLES);
  if (tables.length > 0) await requireOurs(sql, tables);
}

async function findMissing(database: Database, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const tables = await readNames(database, TABLES);
  if (tables.length === 0) return migrations;
  await requireOurs(database, tables);
  const rows = await database.all<AppliedRow>(APPLIED);
  requireCompatible(rows, migrations);
  const byVersion = new Map(rows.map((row) => [row.version, row]));
  requireUnchanged(byVersion, migrations);
  return migrations.filter(({ version }) => !byVersion.has(version));
}

async function readNames(sql: Sql, texts: Readonly<Record<Dialect, string>>): Promise<string[]> {
  const rows = await sql.all<Row & { readonly name: string }>(texts[sql.dialect]);
  return rows.map(({ name }) => name);
}

async function requireOurs(sql: Sql, tables: readonly string[]): Promise<void> {
  const columns = tables.includes("schema_migrations") ? await readNames(sql, COLUMNS) : [];
  if (OUR_COLUMNS.every((column) => columns.includes(column))) return;
  const known = tables.find((table) => Object.hasOwn(OTHER_PROGRAMS, table));
  const owner = known === undefined ? "another program" : (OTHER_PROGRAMS[known] ?? "another program");
  const table = known ?? tables[0] ?? "";
  throw new DatabaseUnusable(
    `The database belongs to ${owner} (it has a table "${table}"): configure an empty database`,
  );
}

function requireCompatible(rows: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const incompatible = rows.filter((row) => row.version > newest && row.compatibleWith > newest);
  const worst = incompatible.at(-1);
  if (!worst) return;
  throw new DatabaseUnusable(
    `The database has schema version ${worst.version}, which needs a program of schema version ` +
      `${worst.compatibleWith} or later; this one has ${newest}: install a newer version`,
  );
}

function requireUnchanged(applied: ReadonlyMap<number, AppliedRow>, migrations: readonly Migration[]): void {
  for (const { version, name, checksum } of migrations) {
    const row = applied.get(version);
    if (!row || row.checksum === checksum) continue;
    throw new DatabaseUnusable(
      `Migration ${version} ("${name}") was applied to the database in another form: the program and the database do not fit`,
    );
  }
}

/** Answers whether it was applied here; false when another server did so meanwhile. */
async function apply(database: Database, migration: Migration): Promise<boolean> {
  const { version, compatibleWith, name, checksum } = migration;
  const statements: Statement[] = migration.statements[database.dialect].map((text) => ({ text, params: [] }));
  const mark = { text: INSERT, params: [version, compatibleWith, name, checksum] };
  // The first migration makes the table of the marks.
  const transaction = version === 1 ? [...statements, mark] : [mark, ...statements];
  const [result] = await database.commit([transaction]);
  if (result?.ok) return true;
  if (await isApplied(database, version)) return false;
  throw new DatabaseUnusable(`Migration ${version} ("${name}") failed: ${result?.error.message ?? "no answer"}`, {
    cause: result?.error,
  });
}

async function isApplied(database: Database, version: number): Promise<boolean> {
  const tables = await readNames(database, TABLES);
  if (!tables.includes("schema_migrations")) return false;
  const rows = await database.all<AppliedRow>(APPLIED);
  return rows.some((row) => row.version === version);
}
