import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { Database } from "../../store/sql.ts";
import { newAccounts } from "../registration/index.ts";
import { IdentityAccounts } from "./accounts.ts";

const settings = { existingAccounts: false, registration: true };

/** Alice, who has an account by single sign-on; and how her provider sends her again, under a name that is free. */
async function withAlice(database: Database) {
  const parts = await createUsersForTest(database);
  const names = newAccounts({ users: parts.users, serverName: "test" });
  const accounts = new IdentityAccounts({
    ...parts,
    serverName: "test",
    newAccounts: names,
    setDisplayName: async () => undefined,
    // Nobody here has an address.
    identifiers: { ownerOf: async () => undefined, add: async () => undefined },
  });
  const login = async (localpart: string) =>
    await accounts.findOrMake({ provider: "one", subject: "s-1", localpart, displayName: "", email: "" }, settings);
  assert.deepEqual(await login("alice"), { kind: "user", userId: "@alice:test" });
  return { ...parts.users, login };
}

eachDatabase("an identity belongs to its account, whatever the provider calls it later", async (database) => {
  const { login } = await withAlice(database);
  assert.deepEqual(await login("alicia"), { kind: "user", userId: "@alice:test" });
});

eachDatabase("whose account was ended does not get another by the same identity", async (database) => {
  const { accounts, login } = await withAlice(database);
  await accounts.deactivate("@alice:test");
  assert.deepEqual(await login("alicia"), { kind: "ended" });
});

eachDatabase("unless the operator frees the identity", async (database) => {
  const { accounts, login } = await withAlice(database);
  await accounts.deactivate("@alice:test");
  await accounts.unlink("@alice:test");
  assert.deepEqual(await login("alicia"), { kind: "user", userId: "@alicia:test" });
});

eachDatabase("or the account was erased, and with it what the provider calls its user", async (database) => {
  const { accounts, login } = await withAlice(database);
  await accounts.deactivate("@alice:test", { isErased: true });
  assert.deepEqual(await login("alicia"), { kind: "user", userId: "@alicia:test" });
  assert.equal((await accounts.get("@alice:test"))?.isDeactivated, true);
});
