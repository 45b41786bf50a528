/** SIGTERM in the middle of everything: the program ends in time, with code 0, and keeps what it promised. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HomeserverClient, RefusedError } from "../../bench/client.ts";
import { textAt } from "../../bench/read-json.ts";
import { register } from "../../bench/registration.ts";
import type { Session } from "../../bench/session.ts";
import { startOwnPostgres } from "../support/postgres.ts";
import type { RunningServer } from "../support/child-server.ts";
import { startServer } from "../support/server.ts";
import { readHistory } from "./history.ts";
import { RawConnection } from "./raw-connection.ts";

const STOP_LIMIT_MS = 10_000;
const LONG_POLL_MS = 60_000;
const SENDERS = 20;
const timeout = 60_000;

test("on SQLite, long polls end, what was sent is kept, and a client that stalls is not waited for", {
  timeout,
}, async () => {
  await using server = await startServer();
  using stalled = await RawConnection.to(server.baseUrl);
  stalled.write("POST /_matrix/client/v3/login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
  await stopUnderLoad(server);
});

test("on PostgreSQL, long polls end, and what was sent is kept", { timeout }, async () => {
  await using postgres = await startOwnPostgres({ isDurable: true });
  await using server = await startServer({ database: postgres.url });
  await stopUnderLoad(server);
});

test("the server stops while PostgreSQL is away", { timeout }, async () => {
  await using postgres = await startOwnPostgres({ isDurable: true });
  await using server = await startServer({ database: postgres.url });
  await using client = new HomeserverClient(server.baseUrl);
  const user = await register(client, "user", undefined);
  const roomId = await user.createRoom();
  const polling = poll(user, textAt(await user.sync(), "next_batch"));
  await postgres.kill();
  const sending = Promise.allSettled(
    Array.from({ length: SENDERS }, async (_, index) => await user.send(roomId, "lost", `t${index}`)),
  );
  await stopInTime(server);
  await polling;
  assert.ok((await sending).every(({ status }) => status === "rejected"));
});

async function stopUnderLoad(server: RunningServer): Promise<void> {
  await using client = new HomeserverClient(server.baseUrl);
  const user = await register(client, "user", undefined);
  const [busyRoom, roomOfPolls] = [await user.createRoom(), await user.createRoom()];
  const idle = await register(client, "idle", undefined);
  await idle.join(roomOfPolls);
  const since = textAt(await idle.sync(), "next_batch");
  const polls = Array.from({ length: 20 }, async () => await poll(idle, since));
  const acknowledged = new Set<string>();
  const { promise: isBusy, resolve } = Promise.withResolvers<void>();
  const senders = Array.from({ length: SENDERS }, async () => {
    while (true) {
      const eventId = await sendOrStop(user, busyRoom);
      if (eventId === undefined) return;
      acknowledged.add(eventId);
      if (acknowledged.size === 5 * SENDERS) resolve();
    }
  });
  await isBusy;
  await stopInTime(server);
  await Promise.all([...polls, ...senders]);
  await server.start();
  const there = (await readHistory(user, busyRoom)).filter(({ type }) => type === "m.room.message");
  const ids = there.map(({ eventId }) => eventId);
  assert.equal(new Set(ids).size, ids.length, "an event is there twice");
  assert.deepEqual([...acknowledged.difference(new Set(ids))], [], "acknowledged messages are gone");
}

/** The event, or undefined when the server does not take it any more. */
async function sendOrStop(user: Session, roomId: string): Promise<string | undefined> {
  try {
    return await user.send(roomId, "busy");
  } catch (error) {
    if (error instanceof RefusedError) assert.equal(error.status, 503, error.message);
    return undefined;
  }
}

/** A long poll is answered, or its connection is closed. It does not keep the server from stopping. */
async function poll(user: Session, since: string): Promise<void> {
  try {
    await user.sync({ since, timeoutMs: LONG_POLL_MS });
  } catch (error) {
    if (error instanceof RefusedError) assert.equal(error.status, 503, error.message);
  }
}

async function stopInTime(server: RunningServer): Promise<void> {
  const before = performance.now();
  await server.stop();
  const tookMs = performance.now() - before;
  assert.ok(tookMs < STOP_LIMIT_MS, `stopped after ${tookMs.toFixed(0)} ms`);
}
