import type { HomeserverClient } from "./client.ts";
import { textAt } from "./read-json.ts";

/** How `/sync` is asked. */
export type SyncOptions = {
  /** Without: an initial sync. */
  readonly since?: string;
  /** How long the server may wait for something new; 0 is the default. */
  readonly timeoutMs?: number;
  /** The filter itself, as JSON. */
  readonly filter?: unknown;
  readonly signal?: AbortSignal;
};

let lastTransaction = 0;

/** One user with an access token. Its methods are one request each. */
export class Session {
  readonly client: HomeserverClient;
  readonly userId: string;
  readonly token: string;

  constructor(client: HomeserverClient, userId: string, token: string) {
    this.client = client;
    this.userId = userId;
    this.token = token;
  }

  /** Any other request. `path` goes on from `/_matrix/client/v3/`; {@link encode} makes it of parts. */
  async request(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<unknown> {
    const options = { token: this.token, ...(body === undefined ? {} : { body }) };
    return await this.client.request(method, `/_matrix/client/v3/${path}`, options);
  }

  /** Any answer as text, which costs the load less than parsing it. `version` stands in the path. */
  async requestText(path: string, version: "v1" | "v3" = "v3"): Promise<string> {
    return await this.client.requestText("GET", `/_matrix/client/${version}/${path}`, { token: this.token });
  }

  /** Uploads a file; the name of the medium as `server/mediaId`. */
  async upload(bytes: Uint8Array, contentType = "application/octet-stream"): Promise<string> {
    const options = { token: this.token, bytes, contentType };
    return nameOf(await this.client.request("POST", "/_matrix/media/v3/upload", options));
  }

  /** The name of a medium whose file comes later. */
  async announceMedium(): Promise<string> {
    return nameOf(await this.client.request("POST", "/_matrix/media/v1/create", { token: this.token }));
  }

  /** Uploads the file of an announced medium. */
  async uploadTo(name: string, bytes: Uint8Array): Promise<void> {
    const options = { token: this.token, bytes, contentType: "application/octet-stream" };
    await this.client.request("PUT", `/_matrix/media/v3/upload/${name}`, options);
  }

  /** The bytes of a medium. `what` is `download` or `thumbnail`, `query` begins with `?`. */
  async media(name: string, what: "download" | "thumbnail" = "download", query = ""): Promise<Buffer> {
    const path = `/_matrix/client/v1/media/${what}/${name}${query}`;
    return await this.client.requestBytes("GET", path, { token: this.token });
  }

  /** The identifier of the new room, which everybody may join unless `body` says otherwise. */
  async createRoom(body: Readonly<Record<string, unknown>> = { preset: "public_chat" }): Promise<string> {
    const answer = await this.client.request("POST", "/_matrix/client/v3/createRoom", { token: this.token, body });
    return textAt(answer, "room_id");
  }

  async join(roomId: string): Promise<void> {
    await this.client.request("POST", `${roomPath(roomId)}/join`, { token: this.token, body: {} });
  }

  /** The identifier of the event. A transaction identifier is made up when none is given. */
  async send(roomId: string, text: string, transaction?: string): Promise<string> {
    return await this.sendEvent(roomId, "m.room.message", { msgtype: "m.text", body: text }, transaction);
  }

  /** As `send`, for any content. */
  async sendEvent(roomId: string, type: string, body: object, transaction?: string): Promise<string> {
    lastTransaction += 1;
    const path = `${roomPath(roomId)}/send/${type}/${transaction ?? `bench-${process.pid}-${lastTransaction}`}`;
    return textAt(await this.client.request("PUT", path, { token: this.token, body }), "event_id");
  }

  /** The parsed answer of `/sync`. */
  async sync({ signal, ...options }: SyncOptions = {}): Promise<unknown> {
    const call = { token: this.token, ...(signal ? { signal } : {}) };
    return await this.client.request("GET", syncPath(options), call);
  }

  /** The answer of `/sync` as text: what only weighs and times it does not pay for parsing. */
  async syncText(options: SyncOptions = {}): Promise<string> {
    return await this.client.requestText("GET", syncPath(options), { token: this.token });
  }

  /** One page of `/messages`, backwards from the end or from a token. */
  async messages(
    roomId: string,
    { from, limit }: { readonly from?: string; readonly limit: number },
  ): Promise<unknown> {
    const query = new URLSearchParams({ dir: "b", limit: String(limit), ...(from === undefined ? {} : { from }) });
    return await this.client.request("GET", `${roomPath(roomId)}/messages?${query.toString()}`, { token: this.token });
  }
}

/** Writes a path whose values may hold characters of meaning in URLs. */
export function encode(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: texts }, ...values.map(encodeURIComponent));
}

const nameOf = (answer: unknown): string => textAt(answer, "content_uri").slice("mxc://".length);

function roomPath(roomId: string): string {
  return `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`;
}

function syncPath({ since, timeoutMs = 0, filter }: SyncOptions): string {
  const query = new URLSearchParams({ timeout: String(timeoutMs) });
  if (since !== undefined) query.set("since", since);
  if (filter !== undefined) query.set("filter", JSON.stringify(filter));
  return `/_matrix/client/v3/sync?${query.toString()}`;
}
