/*
 * How a group of transactions is written. Those of the same key may build on each other, so they go to the database as
 * one. If that fails, they are tried one after the other, up to the first that fails: the others of its key never happen.
 */
import type { Database, Statement, TransactionResult } from "../../store/sql.ts";

/** A transaction of a group. */
export interface Transaction {
  /** See `Partition.commit`. */
  readonly key: string;
  readonly statements: readonly Statement[];
}

/**
 * Writes `head` and the transactions; the outcomes come in the order of the transactions.
 * @throws DatabaseUnavailable when nothing was written.
 */
export async function writeGroup(
  database: Pick<Database, "commit">,
  head: Statement,
  transactions: readonly Transaction[],
): Promise<readonly TransactionResult[]> {
  const chains = [...Map.groupBy(transactions, ({ key }) => key).values()];
  const joined = chains.map((chain) => chain.flatMap(({ statements }) => statements));
  const [, ...outcomes] = await database.commit([[head], ...joined]);
  const results = new Map<Transaction, TransactionResult>();
  for (const [index, chain] of chains.entries()) {
    for (const [transaction, result] of await resultsOf(database, chain, outcomes[index])) {
      results.set(transaction, result);
    }
  }
  return transactions.map((transaction) => results.get(transaction) ?? NO_ANSWER);
}

const NO_ANSWER: TransactionResult = { ok: false, error: new Error("The database gave no answer") };

type Outcome = readonly [Transaction, TransactionResult];

async function resultsOf(
  database: Pick<Database, "commit">,
  chain: readonly Transaction[],
  outcome: TransactionResult = NO_ANSWER,
): Promise<readonly Outcome[]> {
  if (!outcome.ok) {
    return chain.length === 1 ? chain.map((only) => [only, outcome]) : await writeOneByOne(database, chain);
  }
  let start = 0;
  return chain.map((transaction) => {
    const results = outcome.results.slice(start, (start += transaction.statements.length));
    return [transaction, { ok: true, results }];
  });
}

async function writeOneByOne(
  database: Pick<Database, "commit">,
  chain: readonly Transaction[],
): Promise<readonly Outcome[]> {
  const results: Outcome[] = [];
  let failure: TransactionResult | undefined;
  for (const transaction of chain) {
    const result = failure ?? (await writeAlone(database, transaction));
    if (!result.ok) failure = result;
    results.push([transaction, result]);
  }
  return results;
}

async function writeAlone(database: Pick<Database, "commit">, { statements }: Transaction): Promise<TransactionResult> {
  try {
    return (await database.commit([statements]))[0] ?? NO_ANSWER;
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
