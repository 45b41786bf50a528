import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { Identifier, Medium } from "./address.ts";

/** That an identifier was published with an identity server. */
export interface Binding extends Identifier {
  readonly idServer: string;
}

const COLUMNS = `medium, address, id_server AS "idServer"`;
const OF_USER = `SELECT ${COLUMNS} FROM identity_server_bindings WHERE user_id = $1 ORDER BY bound_at, id_server LIMIT $2`;
const OF_IDENTIFIER = `
  SELECT ${COLUMNS} FROM identity_server_bindings
  WHERE user_id = $1 AND medium = $2 AND address = $3 ORDER BY bound_at, id_server LIMIT $4`;
const ADD = `
  INSERT INTO identity_server_bindings (user_id, medium, address, id_server, bound_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (user_id, medium, address, id_server) DO UPDATE SET bound_at = excluded.bound_at`;
const REMOVE = `
  DELETE FROM identity_server_bindings WHERE user_id = $1 AND medium = $2 AND address = $3 AND id_server = $4`;
const REMOVE_ALL = "DELETE FROM identity_server_bindings WHERE user_id = $1";

type BindingRow = Binding & Row & { readonly medium: Medium };

export async function readBindings(sql: Sql, userId: string, limit: number): Promise<Binding[]> {
  return await sql.all<BindingRow>(OF_USER, [userId, limit]);
}

export async function readBindingsOf(
  sql: Sql,
  userId: string,
  { medium, address, limit }: Identifier & { readonly limit: number },
): Promise<Binding[]> {
  return await sql.all<BindingRow>(OF_IDENTIFIER, [userId, medium, address, limit]);
}

export function addBinding(tx: Tx, userId: string, { medium, address, idServer, at }: Binding & { at: number }): void {
  tx.run(ADD, [userId, medium, address, idServer, at]);
}

export function removeBinding(tx: Tx, userId: string, { medium, address, idServer }: Binding): void {
  tx.run(REMOVE, [userId, medium, address, idServer]);
}

export function removeAllBindings(tx: Tx, userId: string): void {
  tx.run(REMOVE_ALL, [userId]);
}
