import type { Clock } from "../../clock.ts";
import type { SingleSignOnProvider } from "../../config/config.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import { MatrixError } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import type { NewAccounts } from "../registration/index.ts";
import { canonicalEmail, type Identifiers } from "../third-party-identifiers/index.ts";
import { deleteIdentitiesOf, type Identity, insertIdentity, readProvidersOf, readUserOf } from "./sessions.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly users: { readonly accounts: Pick<Users["accounts"], "get" | "onDeactivation" | "onUnlink"> };
  readonly newAccounts: Pick<NewAccounts, "chooseUserId" | "create">;
  readonly identifiers: Pick<Identifiers, "add" | "ownerOf">;
  readonly clock: Clock;
  readonly serverName: string;
  readonly setDisplayName: (userId: string, name: string) => Promise<void>;
}

/** Whose account an identity is; or that a name must be chosen first, or that there is none. */
export type Found =
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "ended" }
  | { readonly kind: "none" }
  | { readonly kind: "name"; readonly problem?: string };

/** Finds and makes the accounts of identities. */
export class IdentityAccounts {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
    // An identity stays with an account that ended: who was sent away does not come back by the same door.
    needs.users.accounts.onDeactivation((tx, userId, { isErased }) => {
      if (isErased) deleteIdentitiesOf(tx, userId);
    });
    needs.users.accounts.onUnlink(deleteIdentitiesOf);
  }

  /** The user who has the identity already; `undefined` when nobody has. */
  async userOf(identity: Identity): Promise<string | undefined> {
    return await readUserOf(this.#needs.sql, identity);
  }

  /** At which providers the user has identities. */
  async providersOf(userId: string): Promise<string[]> {
    return await readProvidersOf(this.#needs.sql, userId);
  }

  /** The account for a login, made when there is none and the operator lets it. */
  async findOrMake(
    identity: Identity,
    { existingAccounts, registration }: Pick<SingleSignOnProvider, "existingAccounts" | "registration">,
  ): Promise<Found> {
    const known = await this.userOf(identity);
    if (known !== undefined) return await this.#usable(known);
    if (existingAccounts) {
      const linked = await this.#linkExisting(identity);
      if (linked) return linked;
    }
    if (!registration) return { kind: "none" };
    return identity.localpart === "" ? { kind: "name" } : await this.make(identity, identity.localpart);
  }

  /** Makes the account, or says why another name is needed. */
  async make(identity: Identity, name: string): Promise<Found> {
    const { newAccounts, setDisplayName } = this.#needs;
    try {
      const userId = await newAccounts.chooseUserId(name);
      await newAccounts.create({ userId, password: undefined });
      // Of two logins at once with one new identity, the second gets the account of the first.
      const owner = await this.#link(identity, userId);
      if (owner === userId && identity.displayName !== "") await setDisplayName(userId, identity.displayName);
      if (owner === userId) await this.#addEmail(userId, identity.email);
      return { kind: "user", userId: owner };
    } catch (error) {
      if (!(error instanceof MatrixError) || error.status !== 400) throw error;
      return { kind: "name", problem: error.message };
    }
  }

  /** Unless it is somebody's: the account is made all the same. */
  async #addEmail(userId: string, email: string): Promise<void> {
    const { identifiers, clock } = this.#needs;
    const address = canonicalEmail(email);
    if (address === undefined || (await identifiers.ownerOf({ medium: "email", address })) !== undefined) return;
    await identifiers.add(userId, { medium: "email", address, validatedAt: clock.now(), sid: "" });
  }

  async #usable(userId: string): Promise<Found> {
    const account = await this.#needs.users.accounts.get(userId);
    const isUsable = account && !account.isDeactivated && !account.isLocked;
    return isUsable ? { kind: "user", userId } : { kind: "ended" };
  }

  async #linkExisting(identity: Identity): Promise<Found | undefined> {
    const userId = await this.#takenBy(identity.localpart);
    const account = userId === undefined ? undefined : await this.#needs.users.accounts.get(userId);
    if (!account || account.isGuest) return undefined;
    const found = await this.#usable(account.userId);
    return found.kind === "user" ? { kind: "user", userId: await this.#link(identity, account.userId) } : found;
  }

  /** The account that has the name; `undefined` for names that nobody, or no person, may have. */
  async #takenBy(name: string): Promise<string | undefined> {
    if (name === "") return undefined;
    try {
      await this.#needs.newAccounts.chooseUserId(name);
      return undefined;
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      return error.errcode === "M_USER_IN_USE" ? `@${name.toLowerCase()}:${this.#needs.serverName}` : undefined;
    }
  }

  async #link(identity: Identity, userId: string): Promise<string> {
    await this.#needs.partitions.of(userId).commit(userId, (tx) => insertIdentity(tx, identity, userId));
    return (await this.userOf(identity)) ?? userId;
  }
}
