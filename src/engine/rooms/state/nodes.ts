import { boundedCache } from "../../../bounded-cache.ts";
import type { Row, Sql } from "../../../store/sql.ts";
import { inList } from "../../../store/dialect.ts";
import type { Tx } from "../../partitions/tx.ts";
import { Turns } from "../../turns.ts";
import { BESIDE_MEMBERS, EMPTY_ROOT, type Entry, type Node, parseNode } from "./node.ts";
import { type NodeSink, NodesMissing, type NodeSource } from "./trie.ts";

/** About 1 KB each. */
const CACHED_NODES = 50_000;
/** Some milliseconds. */
const LOADED_AT_ONCE = 250;

interface NodeRow extends Row {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A node that is looked through, and where its entries belong. */
interface Search {
  readonly name: string;
  readonly into: Entry[];
}

const readNodes = (sql: Sql): string =>
  `SELECT name, bytes FROM state_nodes WHERE ${inList(sql.dialect, "name", "$1")}`;

const insertNode = "INSERT INTO state_nodes (name, bytes) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/** State nodes: a bounded cache over the table that holds them. */
export class StateNodes implements NodeSource {
  readonly #sql: Sql;
  readonly #cache = boundedCache<string, Node>(CACHED_NODES);
  /** Nodes of transactions that are not durable yet, with the number of those transactions. */
  readonly #pending = new Map<string, number>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  peek(name: string): Node | undefined {
    return this.#cache.get(name);
  }

  /** How many are in memory. */
  get size(): number {
    return this.#cache.size;
  }

  /** Runs a computation over state tries, loading the nodes that it turns out to need. */
  async with<T>(compute: (nodes: NodeSource) => T): Promise<T> {
    const held = new Map<string, Node>();
    const nodes = { peek: (name: string): Node | undefined => held.get(name) ?? this.#cache.get(name) };
    for (;;) {
      try {
        return compute(nodes);
      } catch (error) {
        if (!(error instanceof NodesMissing)) throw error;
        // Held here too: what is loaded may fall out of the cache before the computation is done.
        for (const node of await this.load(error.names)) held.set(node.name, node);
      }
    }
  }

  /** The positions of all events of a state, in no particular order. Cost: every node. */
  async positionsIn(root: string): Promise<number[]> {
    const [entries = []] = await this.#entriesBelow([root]);
    return entries.map(({ position }) => position);
  }

  /**
   * As `positionsIn` for each of several states, without memberships. Cost: the nodes of what it gives, however many members
   * there are; a query for every level of the tries, however many states there are.
   */
  async positionsBesideMembers(roots: readonly string[]): Promise<number[][]> {
    const tops = new Map((await this.#get(roots.filter((root) => root !== EMPTY_ROOT))).map((top) => [top.name, top]));
    const below = roots.map((root) => {
      const top = tops.get(root);
      return top?.kind === "branch" ? (top.children[0] ?? EMPTY_ROOT) : root;
    });
    return (await this.#entriesBelow(below)).map((entries) =>
      entries.filter(({ key }) => key.startsWith(BESIDE_MEMBERS)).map(({ position }) => position),
    );
  }

  /** For each of the names. */
  async #entriesBelow(names: readonly string[]): Promise<Entry[][]> {
    const found = names.map((name): Search => ({ name, into: [] }));
    const turns = new Turns();
    let level = found.filter(({ name }) => name !== EMPTY_ROOT);
    while (level.length > 0) {
      const below: Search[] = [];
      for (let start = 0; start < level.length; start += LOADED_AT_ONCE) {
        await turns.next();
        const wanted = level.slice(start, start + LOADED_AT_ONCE);
        const nodes = new Map((await this.#get(wanted.map(({ name }) => name))).map((node) => [node.name, node]));
        for (const { name, into } of wanted) {
          const node = nodes.get(name);
          if (node?.kind === "leaf") into.push(...node.entries);
          else for (const child of node?.children ?? []) if (child !== EMPTY_ROOT) below.push({ name: child, into });
        }
      }
      level = below;
    }
    return found.map(({ into }) => into);
  }

  async #get(names: readonly string[]): Promise<Node[]> {
    const known = names.map((name) => this.#cache.get(name));
    const loaded = await this.load(names.filter((_, index) => !known[index]));
    return [...known.filter((node) => node !== undefined), ...loaded];
  }

  /** Loads nodes into the cache. */
  async load(names: readonly string[]): Promise<Node[]> {
    const found: Node[] = [];
    const turns = new Turns();
    for (let start = 0; start < names.length; start += LOADED_AT_ONCE) {
      await turns.next();
      const wanted = names.slice(start, start + LOADED_AT_ONCE);
      const rows = await this.#sql.all<NodeRow>(readNodes(this.#sql), [JSON.stringify(wanted)]);
      for (const row of rows) found.push(parseNode(row.name, row.bytes));
    }
    for (const node of found) this.#cache.set(node.name, node);
    if (found.length < new Set(names).size) throw new Error("A state node is missing from the database");
    return found;
  }

  /**
   * Where a transaction puts its new nodes: cached at once, since the next event of the room builds on them. Until it is
   * durable, other transactions that make the same node write it too, so that none depends on the fate of this one.
   */
  sink(tx: Pick<Tx, "run" | "afterCommit" | "afterFailure">): NodeSink {
    const added = new Set<string>();
    tx.afterCommit(() => this.#settle(added));
    tx.afterFailure(() => {
      this.#settle(added);
      for (const name of added) if (!this.#pending.has(name)) this.#cache.delete(name);
    });
    return {
      peek: (name) => this.#cache.get(name),
      add: (node, bytes) => {
        if (added.has(node.name) || (this.#cache.has(node.name) && !this.#pending.has(node.name))) return;
        added.add(node.name);
        this.#pending.set(node.name, (this.#pending.get(node.name) ?? 0) + 1);
        this.#cache.set(node.name, node);
        tx.run(insertNode, [node.name, bytes]);
      },
    };
  }

  #settle(names: ReadonlySet<string>): void {
    for (const name of names) {
      const count = (this.#pending.get(name) ?? 0) - 1;
      if (count > 0) this.#pending.set(name, count);
      else this.#pending.delete(name);
    }
  }
}
