import type { Workload } from "../workload.ts";
import { bigRoom } from "./big-room.ts";
import { deliver } from "./deliver.ts";
import { e2ee } from "./e2ee.ts";
import { fanout } from "./fanout.ts";
import { hierarchy } from "./hierarchy.ts";
import { idle } from "./idle.ts";
import { incrementalSync } from "./incremental-sync.ts";
import { initialSync } from "./initial-sync.ts";
import { join } from "./join.ts";
import { login } from "./login.ts";
import { mediaDownload, mediaUpload, thumbnail } from "./media.ts";
import { messages } from "./messages.ts";
import { publicRooms } from "./public-rooms.ts";
import { receipts } from "./receipts.ts";
import { relations } from "./relations.ts";
import { register } from "./register.ts";
import { roomCreate } from "./room-create.ts";
import { search } from "./search.ts";
import { send1Room } from "./send-1room.ts";
import { sendRooms } from "./send-rooms.ts";
import { start } from "./start.ts";
import { stateChurn } from "./state-churn.ts";
import { threads } from "./threads.ts";

/** In the order in which they run: what stops the server comes last. */
export const workloads: readonly Workload[] = [
  send1Room,
  sendRooms,
  roomCreate,
  incrementalSync,
  deliver,
  messages,
  search,
  threads,
  relations,
  receipts,
  stateChurn,
  publicRooms,
  hierarchy,
  join,
  initialSync,
  e2ee,
  register,
  login,
  mediaUpload,
  mediaDownload,
  thumbnail,
  bigRoom,
  fanout,
  start,
  idle,
];
