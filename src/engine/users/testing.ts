import { inProcessBus } from "../../bus/in-process.ts";
import type { Database } from "../../store/sql.ts";
import { openPartitions } from "../partitions/partitions.ts";
import { createUsers, type Users } from "./users.ts";

/** A clock that stands still until it is told the time. */
export class SetClock {
  #now = 1_700_000_000_000;

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** Argon2id as cheap as it can be. */
export const cheapPasswords = { minimumLength: 8, memoryKib: 8, iterations: 1 };

/** Accounts over a real database, for tests. */
export async function createUsersForTest(database: Database) {
  const bus = inProcessBus();
  const partitions = await openPartitions({ database, bus });
  const clock = new SetClock();
  const needs = { sql: database, partitions, clock };
  const openUsers = (): Users => createUsers({ ...needs, passwords: cheapPasswords, background: fail });
  return { ...needs, bus, users: openUsers(), /** As after a restart. */ openUsers };
}

function fail(name: string): void {
  throw new Error(`No background work such as ${name} is expected in tests`);
}
