/*
 * The index of words, on either database: the one place where each has SQL of its own, since neither knows the other's
 * kind of index. Both keep sets of tokens, which are made before (tokens.ts), and answer with candidates.
 */
import { rowsIn } from "../../store/dialect.ts";
import type { Row, Sql, Statement } from "../../store/sql.ts";
import type { TokenQuery } from "./tokens.ts";

/** An event in the index. */
export interface IndexedEvent {
  readonly position: number;
  /** Each once. */
  readonly tokens: readonly string[];
}

/** An event that may be what is searched. */
export interface Hit extends Row {
  readonly position: number;
  readonly roomNid: number;
}

/** Some hits, the newest first. */
export interface Hits {
  readonly hits: readonly Hit[];
  /** Where to go on: before this position there may be more. `undefined` when there are none. */
  readonly next: number | undefined;
}

/** What is looked for. */
export interface IndexQuery {
  readonly tokens: TokenQuery;
  /** Not included. */
  readonly before: number;
  /** There may be fewer although more follow. */
  readonly limit: number;
}

/** The index of words. */
export interface SearchIndex {
  /** Adds events, but those that are redacted meanwhile. None may be there already. */
  insertion(events: readonly IndexedEvent[]): Statement;
  /** Removes an event. */
  deletion(position: number): Statement;
  /** Looks through some of the index, for a few milliseconds. */
  find(query: IndexQuery): Promise<Hits>;
}

/** The index of a database. */
export const searchIndex = (sql: Sql): SearchIndex => (sql.dialect === "sqlite" ? fullText5(sql) : tokenSets(sql));

const COLUMNS = { position: "number", tokens: "string" } as const;

const rowsOf = (events: readonly IndexedEvent[]): string =>
  JSON.stringify(events.map(({ position, tokens }) => [position, tokens.join(" ")]));

/** Positions looked through at once, since reads hold the event loop: more as long as that is quick, fewer when not. */
const STRETCH = { first: 100_000, least: 10_000, most: 10_000_000, quickMs: 1, slowMs: 5 } as const;

/**
 * SQLite: FTS5 walks its lists from the first rowid to the last, and can skip in that direction alone.
 * @see https://www.sqlite.org/fts5.html
 */
function fullText5(sql: Sql): SearchIndex {
  const insert = `
    INSERT INTO search_index (rowid, tokens)
    SELECT -n.position, n.tokens FROM (${rowsIn("sqlite", "$1", COLUMNS)}) n JOIN events e ON e.position = n.position
    WHERE e.redacted_by = 0 ORDER BY n.position DESC`;
  const find = `
    SELECT e.position, e.room_nid AS "roomNid"
    FROM (SELECT rowid AS id FROM search_index
          WHERE search_index MATCH $1 AND rowid > $2 AND rowid <= $3 ORDER BY rowid LIMIT $4) f
    JOIN events e ON e.position = -f.id ORDER BY e.position DESC`;
  let stretch: number = STRETCH.first;
  return {
    insertion: (events) => ({ text: insert, params: [rowsOf(events)] }),
    deletion: (position) => ({ text: "DELETE FROM search_index WHERE rowid = $1", params: [-position] }),
    async find({ tokens, before, limit }) {
      const match = tokens.map((any) => `(${any.map((token) => `"${token}"`).join(" OR ")})`).join(" AND ");
      const last = Math.max(before - stretch, 0);
      const startedAt = performance.now();
      const hits = await sql.all<Hit>(find, [match, -before, -last, limit]);
      stretch = adapt(stretch, performance.now() - startedAt);
      if (hits.length === limit) return { hits, next: hits.at(-1)?.position };
      return { hits, next: last === 0 ? undefined : last };
    },
  };
}

function adapt(stretch: number, tookMs: number): number {
  if (tookMs < STRETCH.quickMs) return Math.min(stretch * 2, STRETCH.most);
  return tookMs > STRETCH.slowMs ? Math.max(Math.floor(stretch / 2), STRETCH.least) : stretch;
}

interface NewestRow extends Row {
  readonly position: number;
}

/** So many positions are looked through first, and where they hold so many hits the word is frequent. */
const NEWEST = { positions: 1_000, frequent: 32 } as const;

/**
 * PostgreSQL: GIN keeps an index of text search vectors, which are sets of tokens. It finds all events with some tokens
 * before the first is known, which takes long for frequent words. Those stand among the newest events, too: there each
 * event is looked at. Rare words GIN finds at once.
 * @see https://www.postgresql.org/docs/18/datatype-textsearch.html
 */
function tokenSets(sql: Sql): SearchIndex {
  const insert = `
    INSERT INTO search_index (position, tokens)
    SELECT n.position, array_to_tsvector(string_to_array(n.tokens, ' '))
    FROM (${rowsIn("postgresql", "$1", COLUMNS)}) n JOIN events e ON e.position = n.position
    WHERE e.redacted_by = 0`;
  // Put in order apart from being found: else a plan made for any words may walk through all events from the newest on.
  const find = `
    WITH found AS MATERIALIZED (
      SELECT position FROM search_index WHERE tokens @@ $1::tsquery AND position < $2)
    SELECT e.position, e.room_nid AS "roomNid"
    FROM (SELECT position FROM found ORDER BY position DESC LIMIT $3) f JOIN events e ON e.position = f.position
    ORDER BY e.position DESC`;
  const findAmongNewest = `
    WITH newest AS MATERIALIZED (
      SELECT position, tokens FROM search_index WHERE position >= $4 AND position < $2)
    SELECT e.position, e.room_nid AS "roomNid"
    FROM (SELECT position FROM newest WHERE tokens @@ $1::tsquery ORDER BY position DESC LIMIT $3) f
    JOIN events e ON e.position = f.position
    ORDER BY e.position DESC`;
  const newest = `SELECT COALESCE(MAX(position), 0) AS position FROM search_index WHERE position < $1`;
  return {
    insertion: (events) => ({ text: insert, params: [rowsOf(events)] }),
    deletion: (position) => ({ text: "DELETE FROM search_index WHERE position = $1", params: [position] }),
    async find({ tokens, before, limit }) {
      const match = tokens.map((any) => `(${any.map((token) => `'${token}'`).join(" | ")})`).join(" & ");
      const from = ((await sql.get<NewestRow>(newest, [before]))?.position ?? 0) + 1 - NEWEST.positions;
      const near = await sql.all<Hit>(findAmongNewest, [match, before, limit, from]);
      if (near.length === limit) return { hits: near, next: near.at(-1)?.position };
      if (near.length >= NEWEST.frequent) return { hits: near, next: from > 0 ? from : undefined };
      const hits = await sql.all<Hit>(find, [match, before, limit]);
      return { hits, next: hits.length === limit ? hits.at(-1)?.position : undefined };
    },
  };
}
