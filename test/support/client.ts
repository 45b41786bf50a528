/** A Matrix client for tests: requests of one device as short as their meaning. */
import type { HttpServer } from "../../src/http/server.ts";
import type { JsonObject } from "../../src/protocol/json/json.ts";

/** An event as clients see it. */
export type EventJson = {
  readonly type: string;
  readonly sender: string;
  readonly event_id: string;
  readonly room_id?: string;
  readonly state_key?: string;
  readonly redacts?: string;
  readonly origin_server_ts: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly unsigned?: Readonly<Record<string, unknown>>;
};

/** A room in `rooms.join` or `rooms.leave` of a sync answer. */
export type SyncRoomJson = {
  readonly timeline: { readonly events: readonly EventJson[]; readonly limited: boolean; readonly prev_batch: string };
  readonly state: { readonly events: readonly EventJson[] };
  readonly ephemeral?: { readonly events: readonly { readonly type: string; readonly content: JsonObject }[] };
  readonly account_data?: { readonly events: readonly { readonly type: string; readonly content: JsonObject }[] };
  readonly summary?: Readonly<Record<string, unknown>>;
};

/** State without anything that says when and how, for those outside. */
type StrippedJson = Pick<EventJson, "type" | "sender" | "state_key" | "content">;

export type SyncJson = {
  readonly next_batch: string;
  readonly account_data?: { readonly events: readonly { readonly type: string }[] };
  readonly to_device?: { readonly events: readonly Pick<EventJson, "type" | "sender" | "content">[] };
  readonly presence?: { readonly events: readonly Pick<EventJson, "type" | "sender" | "content">[] };
  readonly device_lists?: { readonly changed: readonly string[]; readonly left: readonly string[] };
  readonly rooms?: {
    readonly join?: Readonly<Record<string, SyncRoomJson>>;
    readonly leave?: Readonly<Record<string, SyncRoomJson>>;
    readonly invite?: Readonly<Record<string, { readonly invite_state: { readonly events: readonly StrippedJson[] } }>>;
    readonly knock?: Readonly<Record<string, { readonly knock_state: { readonly events: readonly StrippedJson[] } }>>;
  };
};

export type PageJson = {
  readonly start: string;
  readonly end?: string;
  readonly chunk: readonly EventJson[];
  readonly state?: readonly EventJson[];
};

/** What `createRoom` is asked for; nonsense can be asked for by `post`. */
export type RoomWishes = Readonly<Record<string, unknown>>;

export type SyncWishes = {
  readonly since?: string;
  readonly filter?: object | string;
  readonly full_state?: boolean;
  readonly set_presence?: "online" | "unavailable" | "offline";
  /** Milliseconds; 0 by default. */
  readonly timeout?: number;
};

type RefusalJson = Readonly<Record<string, unknown>> & { readonly errcode?: string; readonly error?: string };

/** An answer that is not a success. The message is `403 M_FORBIDDEN`: what tests of refusals compare. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly reason: string;
  readonly body: RefusalJson;
  constructor(status: number, body: RefusalJson) {
    super(`${status} ${body.errcode}`);
    this.reason = body.error ?? "";
    this.body = body;
  }
}

/** `403 M_FORBIDDEN`, or `allowed` when the request was answered with success. */
export async function refusal(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "allowed";
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

/** Writes a path with its values encoded: room and event IDs hold characters of meaning in URLs. */
export const path = (texts: TemplateStringsArray, ...values: readonly string[]): string =>
  texts.reduce((all, text, index) => `${all}${encodeURIComponent(values[index - 1] ?? "")}${text}`);

interface Session {
  readonly userId: string;
  readonly deviceId: string;
  readonly token: string;
}

type Method = "GET" | "PUT" | "POST" | "DELETE";

interface BytesWishes {
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with all that it has. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly bytes: Buffer;
  json(): Readonly<Record<string, unknown>>;
}

/** One device of a user. Paths go on from `/_matrix/client/v3/`. All methods throw `Refused` for what is no success. */
export class TestClient {
  readonly userId: string;
  readonly deviceId: string;
  readonly token: string;
  readonly #http: () => HttpServer;
  #txnCount = 0;

  constructor(http: () => HttpServer, { userId, deviceId, token }: Session) {
    this.#http = http;
    this.userId = userId;
    this.deviceId = deviceId;
    this.token = token;
  }

  async request<T>(method: Method, to: string, body?: unknown): Promise<T> {
    const answer = await this.answer(method, to, body);
    const value: T = JSON.parse(answer.text);
    if (answer.status !== 200) throw new Refused(answer.status, answer.json());
    return value;
  }

  /** The answer as it is, whatever its status. */
  async answer(method: Method, to: string, body?: unknown): Promise<WholeAnswer> {
    return await this.#send(method, to, body === undefined ? undefined : JSON.stringify(body));
  }

  /** Sends an HTML form as a browser does: without an access token. */
  async submit(to: string, fields: Readonly<Record<string, string>>): Promise<WholeAnswer> {
    return await this.#send("POST", to, new URLSearchParams(fields).toString(), {});
  }

  /** Opens a page, or sends its form, as a browser does that has these cookies. */
  async browse(to: string, cookie: string, fields?: Readonly<Record<string, string>>): Promise<WholeAnswer> {
    const payload = fields && new URLSearchParams(fields).toString();
    return await this.#send(payload === undefined ? "GET" : "POST", to, payload, { cookie });
  }

  /** Sends bytes as they are, or asks with further headers. */
  async sendBytes(method: Method, to: string, { bytes, headers = {} }: BytesWishes): Promise<WholeAnswer> {
    return await this.#send(method, to, bytes, { authorization: `Bearer ${this.token}`, ...headers });
  }

  async #send(
    method: Method,
    to: string,
    payload: string | Buffer | undefined,
    headers: Readonly<Record<string, string>> = { authorization: `Bearer ${this.token}` },
  ): Promise<WholeAnswer> {
    const url = to.startsWith("/") ? to : `/_matrix/client/v3/${to}`;
    const answer = await this.#http().inject({ method, url, headers, ...(payload !== undefined && { payload }) });
    const { statusCode: status, payload: text } = answer;
    const { rawPayload: bytes } = answer;
    return { status, text, bytes, headers: answer.headers, json: () => JSON.parse(text) };
  }

  async get<T = JsonObject>(to: string): Promise<T> {
    return await this.request<T>("GET", to);
  }

  async put<T = { event_id: string }>(to: string, body: unknown = {}): Promise<T> {
    return await this.request<T>("PUT", to, body);
  }

  async post<T = JsonObject>(to: string, body: unknown = {}): Promise<T> {
    return await this.request<T>("POST", to, body);
  }

  async delete<T = JsonObject>(to: string): Promise<T> {
    return await this.request<T>("DELETE", to);
  }

  async createRoom(wishes: RoomWishes = {}): Promise<string> {
    return (await this.post<{ room_id: string }>("createRoom", wishes)).room_id;
  }

  /** `invite`, `kick`, `ban` or `unban`. */
  async tell(verb: string, roomId: string, target: TestClient | string, reason?: string): Promise<void> {
    const user_id = typeof target === "string" ? target : target.userId;
    await this.post(`${path`rooms/${roomId}/`}${verb}`, { user_id, ...(reason === undefined ? {} : { reason }) });
  }

  async join(roomIdOrAlias: string): Promise<string> {
    return (await this.post<{ room_id: string }>(path`join/${roomIdOrAlias}`)).room_id;
  }

  async leave(roomId: string): Promise<void> {
    await this.post(path`rooms/${roomId}/leave`);
  }

  /** Sends a text message; gives its event ID. */
  async say(roomId: string, text: string, txnId = `t${++this.#txnCount}`): Promise<string> {
    const body = { msgtype: "m.text", body: text };
    return (await this.put(path`rooms/${roomId}/send/m.room.message/${txnId}`, body)).event_id;
  }

  async setState(roomId: string, type: string, content: unknown, stateKey = ""): Promise<string> {
    return (await this.put(path`rooms/${roomId}/state/${type}/${stateKey}`, content)).event_id;
  }

  /** Content of a state event. */
  async state(roomId: string, type: string, stateKey = ""): Promise<Readonly<Record<string, unknown>>> {
    return await this.get(path`rooms/${roomId}/state/${type}/${stateKey}`);
  }

  async fullState(roomId: string): Promise<readonly EventJson[]> {
    return await this.get(path`rooms/${roomId}/state`);
  }

  /** A page of `/messages`; backwards from the end unless said otherwise. */
  async messages(roomId: string, query: Readonly<Record<string, string>> = {}): Promise<PageJson> {
    return await this.get(
      `${path`rooms/${roomId}/messages`}?${new URLSearchParams({ dir: "b", ...query }).toString()}`,
    );
  }

  async sync({ filter, ...wishes }: SyncWishes = {}): Promise<SyncJson> {
    const query = new URLSearchParams(Object.entries(wishes).map(([name, value]) => [name, String(value)]));
    if (filter !== undefined) query.set("filter", typeof filter === "string" ? filter : JSON.stringify(filter));
    return await this.get(`sync?${query.toString()}`);
  }

  /** Syncs until an answer fits, each time from where the last one ended; fails after some answers. */
  async syncUntil(since: string, fits: (answer: SyncJson) => boolean): Promise<SyncJson> {
    let from = since;
    for (let answers = 0; answers < 10; answers++) {
      const answer = await this.sync({ since: from, timeout: 5_000 });
      if (fits(answer)) return answer;
      from = answer.next_batch;
    }
    throw new Error("No sync answer fits");
  }
}
