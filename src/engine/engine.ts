import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../store/sql.ts";
import type { SigningKey } from "../protocol/signing/crypto.ts";
import { openPartitions, type Partitions } from "./partitions/partitions.ts";
import { localSigner } from "./rooms/local-signer.ts";
import { Rooms } from "./rooms/rooms.ts";
import { SentOnce } from "./rooms/sent-once.ts";
import { Streams } from "./streams/streams.ts";

/** What every module builds on, put together. */
export interface Engine {
  readonly partitions: Partitions;
  readonly rooms: Rooms;
  readonly sentOnce: SentOnce;
  readonly streams: Streams;
}

interface Needs {
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly serverName: string;
  readonly signingKey: SigningKey;
}

/** Opens partitions, rooms and streams over a migrated database. */
export async function openEngine({ database, bus, clock, serverName, signingKey }: Needs): Promise<Engine> {
  const partitions = await openPartitions({ database, bus });
  const rooms = new Rooms({ sql: database, partitions, clock, signer: localSigner(serverName, signingKey) });
  const streams = new Streams({ bus, partitions, clock, memberships: rooms.memberships });
  return { partitions, rooms, sentOnce: new SentOnce(rooms), streams };
}
