/** Two users of matrix-js-sdk on a server of their own, on each database: what tests of client libraries begin with. */
import { after, test } from "node:test";
import { Preset } from "matrix-js-sdk";
import type { RunningServer } from "../support/child-server.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { SdkUser } from "./sdk-user.ts";
import { type Subject, subjects } from "./servers.ts";

const LIMIT_MS = 300_000;

/** A server and two of its users. */
export interface Company extends AsyncDisposable {
  readonly server: RunningServer;
  readonly one: SdkUser;
  readonly other: SdkUser;
}

/**
 * `companyTests("alice", "bob")` at the top of a test file gives the function that defines its tests: each runs on each
 * database, all of a file share the server and the two users, and every test makes its own rooms.
 */
export function companyTests(one: string, other: string) {
  letForgottenTimersGo();
  const companies = subjects().map((subject) => ({ subject, company: once(async () => gather(subject, one, other)) }));
  return (name: string, body: (company: Company) => Promise<void>): void => {
    for (const { subject, company } of companies) {
      test(`${name} (${subject.name})`, { timeout: LIMIT_MS }, async () => await body(await company()));
    }
  };
}

/** A public room that both know themselves, and each other, to be in. */
export async function meet(host: SdkUser, guest: SdkUser): Promise<string> {
  const { room_id: roomId } = await host.client.createRoom({ preset: Preset.PublicChat });
  await guest.client.joinRoom(roomId);
  await host.untilMembership(roomId, guest.userId, "join");
  await guest.untilMembership(roomId, guest.userId, "join");
  await guest.untilMembership(roomId, host.userId, "join");
  return roomId;
}

async function gather(subject: Subject, one: string, other: string): Promise<Company> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await subject.start());
  const users = {
    one: stack.use(await SdkUser.register(server.baseUrl, one)),
    other: stack.use(await SdkUser.register(server.baseUrl, other)),
  };
  const kept = stack.move();
  return { server, ...users, [Symbol.asyncDispose]: async () => await kept.disposeAsync() };
}

/** Gathers when it is first asked for, and parts at the end of the file. */
function once(make: () => Promise<Company>): () => Promise<Company> {
  let made: Promise<Company> | undefined;
  after(async () => await (await made)?.[Symbol.asyncDispose]());
  return async () => await (made ??= make());
}
