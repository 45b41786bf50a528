import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import {
  type AuthDict,
  ClientEvent,
  createClient,
  EventType,
  Filter,
  type ICreateClientOpts,
  type MatrixClient,
  MatrixError,
  type MatrixEvent,
  MatrixEventEvent,
  type Room,
  RoomEvent,
  ThreadEvent,
} from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api/index.js";
import { type Logger, logger as libraryLogger } from "matrix-js-sdk/lib/logger.js";

/** Of all its users. */
export const PASSWORD = "correct horse battery staple";
const PATIENCE_MS = 30_000;
const SYNC_LIMIT = 20;
/** After these, something may have become so. */
const NEWS = [
  ClientEvent.Sync,
  RoomEvent.Timeline,
  RoomEvent.MyMembership,
  MatrixEventEvent.Decrypted,
  CryptoEvent.DevicesUpdated,
  CryptoEvent.UserTrustStatusChanged,
  CryptoEvent.KeyBackupSessionsRemaining,
] as const;
const THREAD_NEWS = [ThreadEvent.New, ThreadEvent.Update, ThreadEvent.NewReply] as const;

/** The library reports every request; what matters here fails a test. */
const logger: Logger = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  getChild: () => logger,
};
// Parts of it write to a logger of their own, and to what they derive from that.
Object.assign(libraryLogger, { methodFactory: () => ignore });
if ("setLevel" in libraryLogger && typeof libraryLogger.setLevel === "function") libraryLogger.setLevel("silent");

/** What a test wants of a client beside what all have. */
export interface SdkWishes {
  readonly options?: Partial<ICreateClientOpts>;
  /** Events of a room in one answer, behind which a gap begins. */
  readonly syncLimit?: number;
  /** Called before the client starts to sync. */
  readonly prepare?: (client: MatrixClient) => Promise<void>;
}

/** A user of matrix-js-sdk, as its own applications use it. */
export class SdkUser implements AsyncDisposable {
  readonly client: MatrixClient;
  readonly userId: string;
  readonly #wishes: SdkWishes;

  private constructor(client: MatrixClient, userId: string, wishes: SdkWishes) {
    this.client = client;
    this.userId = userId;
    this.#wishes = wishes;
  }

  /** Makes an account, and follows its rooms. */
  static async register(baseUrl: string, username: string, wishes: SdkWishes = {}): Promise<SdkUser> {
    const answer = await silent(baseUrl).registerRequest({
      username,
      password: PASSWORD,
      auth: { type: "m.login.dummy" },
    });
    return await SdkUser.#start(baseUrl, answer, wishes);
  }

  /** The same account on another device, which starts from nothing; with the same wishes unless there are others. */
  async onNewDevice(wishes: SdkWishes = this.#wishes): Promise<SdkUser> {
    const baseUrl = this.client.getHomeserverUrl();
    const identifier = { type: "m.id.user", user: this.userId };
    const answer = await silent(baseUrl).loginRequest({ type: "m.login.password", identifier, password: PASSWORD });
    return await SdkUser.#start(baseUrl, answer, wishes);
  }

  static async #start(
    baseUrl: string,
    answer: { user_id: string; access_token?: string; device_id?: string },
    wishes: SdkWishes,
  ): Promise<SdkUser> {
    const { user_id: userId, access_token: accessToken = "", device_id: deviceId = "" } = answer;
    const common = { baseUrl, userId, accessToken, deviceId, logger, timelineSupport: true };
    const client = createClient({ ...common, ...wishes.options });
    const user = new SdkUser(client, userId, wishes);
    await wishes.prepare?.(client);
    await client.startClient({ ...limitOf(userId, wishes), lazyLoadMembers: true, threadSupport: true });
    await user.until("the first sync", () => client.isInitialSyncComplete());
    return user;
  }

  /** Waits until something is so, looking after every sync, every event, every decryption and every change of a thread of a known room. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const { promise: happened, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (isSo()) resolve(true);
    };
    const give = new AbortController();
    const late = wait(PATIENCE_MS, false, { signal: give.signal });
    // Aborted when it happened in time.
    late.catch(() => undefined);
    for (const event of NEWS) this.client.on(event, look);
    const rooms = this.client.getRooms();
    for (const room of rooms) for (const event of THREAD_NEWS) room.on(event, look);
    look();
    try {
      assert.ok(await Promise.race([happened, late]), `${this.userId} never saw ${what}`);
    } finally {
      give.abort();
      for (const event of NEWS) this.client.off(event, look);
      for (const room of rooms) for (const event of THREAD_NEWS) room.off(event, look);
    }
  }

  /** As `until`, for what has to be asked for. */
  async untilAsync(what: string, isSo: () => Promise<boolean>): Promise<void> {
    let news = 0;
    const count = (): void => void (news += 1);
    for (const event of NEWS) this.client.on(event, count);
    try {
      for (let seen = news; !(await isSo()); seen = news) await this.until(what, () => news > seen);
    } finally {
      for (const event of NEWS) this.client.off(event, count);
    }
  }

  /** The room as this client sees it. */
  room(roomId: string): Room {
    const room = this.client.getRoom(roomId);
    assert.ok(room, `${this.userId} does not know the room ${roomId}`);
    return room;
  }

  async untilMembership(roomId: string, userId: string, membership: string): Promise<void> {
    const isSo = () => this.client.getRoom(roomId)?.getMember(userId)?.membership === membership;
    await this.until(`${userId} with membership ${membership} in ${roomId}`, isSo);
  }

  async untilEvent(roomId: string, eventId: string): Promise<MatrixEvent> {
    await this.until(`event ${eventId}`, () => this.client.getRoom(roomId)?.findEventById(eventId) !== undefined);
    const event = this.room(roomId).findEventById(eventId);
    assert.ok(event);
    return event;
  }

  async say(roomId: string, body: string): Promise<string> {
    return (await this.client.sendTextMessage(roomId, body)).event_id;
  }

  /** The texts of the messages that this client holds of a room, in their order. */
  texts(roomId: string): readonly unknown[] {
    const events = this.room(roomId).getLiveTimeline().getEvents();
    return events
      .filter((event) => event.getType() === EventType.RoomMessage.valueOf())
      .map((event) => event.getContent()["body"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.stopClient();
  }
}

/** Makes a request that the server wants the password for. */
export async function confirmed(
  userId: string,
  makeRequest: (auth: AuthDict | null) => Promise<unknown>,
): Promise<void> {
  try {
    await makeRequest(null);
  } catch (error) {
    const identifier = { type: "m.id.user", user: userId };
    const session = sessionOf(error);
    await makeRequest({ type: "m.login.password", identifier, password: PASSWORD, session });
  }
}

function sessionOf(error: unknown): string {
  if (!(error instanceof MatrixError) || typeof error.data["session"] !== "string") throw error;
  return error.data["session"];
}

/** The limit of the first answer only, unless the test wants one for all. */
function limitOf(userId: string, { syncLimit }: SdkWishes) {
  if (syncLimit === undefined) return { initialSyncLimit: SYNC_LIMIT };
  const filter = new Filter(userId);
  filter.setTimelineLimit(syncLimit);
  filter.setLazyLoadMembers(true);
  return { filter };
}

function silent(baseUrl: string): MatrixClient {
  return createClient({ baseUrl, logger });
}

function ignore(): void {}
