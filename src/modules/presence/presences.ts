import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import { afterSync, type Device, isGone, shownBy, type State, type SyncWord } from "./device.ts";
import type { MemberProfile, Person } from "./person.ts";
import { readStatusMsg, writeStatusMsg } from "./presence.store.ts";
import { Teller } from "./teller.ts";

/** Users whose presence is kept; beyond that, those who have been offline the longest are forgotten. */
const KEPT = 50_000;
/** Beyond that, nobody is taken in before some are forgotten. */
const KEPT_AT_MOST = 2 * KEPT;
/** Devices of a user that count; beyond that the one seen longest ago does not. */
const DEVICE_LIMIT = 20;
const SWEEP_MS = 5_000;
const TICK_MS = 1_000;

export interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly streams: Streams;
  readonly users: Pick<Users, "accounts">;
  readonly clock: Clock;
  readonly profileOf: (userId: string) => Promise<MemberProfile>;
}

interface OwnDevice {
  readonly userId: string;
  readonly deviceId: string;
}

/** Who is online. Kept in memory: after a restart everybody is offline until a client comes. */
export class Presences implements Disposable {
  readonly teller: Teller;
  readonly #needs: Needs;
  /** Of those who are offline, the one who has been it the longest first. */
  readonly #persons = new Map<string, Person>();
  #timer: NodeJS.Timeout | undefined;
  #sweptAt = 0;
  #isQuiet = false;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.teller = new Teller(needs);
    needs.users.accounts.onDeactivation((tx, userId) => {
      writeStatusMsg(tx, userId, undefined);
      tx.afterCommit(() => this.#forget(userId));
    });
  }

  /** The presence of a user, when it is in memory. */
  get(userId: string): Person | undefined {
    return this.#persons.get(userId);
  }

  /**
   * A device syncs, from now until the answer, which is when what it gives back is disposed of. `offline` says that the
   * sync tells nothing of presence.
   */
  async sync({ userId, deviceId }: OwnDevice, word: SyncWord | "offline"): Promise<Disposable> {
    const person = word === "offline" ? undefined : await this.#person(userId);
    if (!person || word === "offline") return { [Symbol.dispose]: () => undefined };
    const now = this.#needs.clock.now();
    const { device, isActivity } = afterSync(person.devices.get(deviceId), word, now);
    this.#keepDevice(person, deviceId, device);
    if (isActivity || person.lastActiveAt === 0) person.lastActiveAt = now;
    this.#settle(person, { quietly: true });
    return { [Symbol.dispose]: () => this.#endSync(person, deviceId) };
  }

  /** The client of a device says how present its user is, and with what words. Resolves when the words are stored. */
  async set({ userId, deviceId }: OwnDevice, state: State, statusMsg: string | undefined): Promise<void> {
    const person = await this.#person(userId);
    if (statusMsg !== (person ? person.statusMsg : await readStatusMsg(this.#needs.sql, userId))) {
      await this.#needs.partitions.of(userId).commit(userId, (tx) => writeStatusMsg(tx, userId, statusMsg));
    }
    if (!person) return;
    const isNews = person.statusMsg !== statusMsg;
    person.statusMsg = statusMsg;
    const seenAt = this.#needs.clock.now();
    const syncCount = person.devices.get(deviceId)?.syncCount ?? 0;
    this.#keepDevice(person, deviceId, { state, isSet: true, syncCount, seenAt });
    person.lastActiveAt = seenAt;
    this.#settle(person, { isNews });
  }

  /** The user did something. Of one who is offline that says nothing: many a program sends and is nobody's presence. */
  isActive(userId: string): void {
    const person = this.#persons.get(userId);
    if (!person || person.shown.state === "offline") return;
    const now = this.#needs.clock.now();
    person.lastActiveAt = now;
    // Whatever a client said of idleness, it is over: https://spec.matrix.org/v1.19/client-server-api/#idle-timeout
    for (const [id, device] of person.devices) {
      if (device.state === "unavailable" && !isGone(device, now))
        person.devices.set(id, { ...device, state: "online", isSet: false });
    }
    this.#settle(person);
  }

  /** The user has another name or picture. */
  async profileChanged(userId: string): Promise<void> {
    const profile = await this.#needs.profileOf(userId);
    const person = this.#persons.get(userId);
    if (!person) return;
    person.profile = profile;
    this.#settle(person, { isNews: true });
  }

  /** What time alone changes: who has gone, who is idle, who is active no more. */
  sweep(): void {
    const now = this.#needs.clock.now();
    this.#sweptAt = now;
    this.#isQuiet = true;
    for (const person of this.#persons.values()) {
      if (person.shown.state === "offline") {
        if (this.#persons.size > KEPT) this.#forget(person.userId);
        continue;
      }
      this.#isQuiet = false;
      for (const [id, device] of person.devices) if (isGone(device, now)) person.devices.delete(id);
      this.#settle(person);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Takes a user in; `undefined` when there are too many. */
  async #person(userId: string): Promise<Person | undefined> {
    const { sql, profileOf, streams } = this.#needs;
    const { rooms } = await streams.feed(userId);
    const known = this.#persons.get(userId);
    if (known) {
      known.rooms = rooms;
      return known;
    }
    const [statusMsg, profile] = await Promise.all([readStatusMsg(sql, userId), profileOf(userId)]);
    if (this.#persons.size >= KEPT_AT_MOST) return undefined;
    return this.#persons.getOrInsertComputed(userId, () => ({
      userId,
      devices: new Map(),
      rooms,
      profile,
      statusMsg,
      lastActiveAt: 0,
      shown: { state: "offline", isActive: false },
      serial: 0,
    }));
  }

  #keepDevice(person: Person, deviceId: string, device: Device): void {
    person.devices.delete(deviceId);
    person.devices.set(deviceId, device);
    const [oldest] = person.devices.keys();
    if (person.devices.size > DEVICE_LIMIT && oldest !== undefined) person.devices.delete(oldest);
  }

  #endSync(person: Person, deviceId: string): void {
    const device = person.devices.get(deviceId);
    if (!device) return;
    const syncCount = Math.max(0, device.syncCount - 1);
    person.devices.set(deviceId, { ...device, syncCount, seenAt: this.#needs.clock.now() });
  }

  /** Shows what there is to show, if it is other than before. */
  #settle(person: Person, { quietly = false, isNews = false } = {}): void {
    const { state, isActive } = shownBy(person.devices.values(), person.lastActiveAt, this.#needs.clock.now());
    const isChanged = state !== person.shown.state || isActive !== person.shown.isActive;
    if (person.shown.state !== "offline" && state === "offline") {
      this.#persons.delete(person.userId);
      this.#persons.set(person.userId, person);
    }
    person.shown = { state, isActive };
    if (isChanged || isNews) this.teller.changed(person, quietly);
    if (state !== "offline" || this.teller.isBusy) this.#keepTicking();
  }

  #forget(userId: string): void {
    const person = this.#persons.get(userId);
    if (!person) return;
    this.#persons.delete(userId);
    this.teller.log.forget(person);
  }

  /** One timer for all, and none while everybody is offline. */
  #keepTicking(): void {
    this.#isQuiet = false;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #tick(): void {
    if (this.#needs.clock.now() - this.#sweptAt >= SWEEP_MS) this.sweep();
    this.teller.tell();
    if (!this.#isQuiet || this.teller.isBusy) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
