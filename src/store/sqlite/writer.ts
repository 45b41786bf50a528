/** The thread that writes. Messages are groups of transactions, answered in their order; `null` closes the database. */
import { parentPort, workerData } from "node:worker_threads";
import type { Statement } from "../sql.ts";
import { GroupWriter, type Synchronous } from "./group-writer.ts";

/** A group of transactions to commit; `null` to close. */
export type WriterMessage = readonly (readonly Statement[])[] | null;

/** What the thread is started with. */
export interface WriterData {
  readonly path: string;
  readonly synchronous: Synchronous;
}

const data: WriterData = workerData;
if (parentPort) serve(parentPort, new GroupWriter(data));

function serve(port: NonNullable<typeof parentPort>, writer: GroupWriter): void {
  port.on("message", (message: WriterMessage) => {
    if (message) {
      port.postMessage(writer.commit(message), []);
      return;
    }
    writer[Symbol.dispose]();
    port.close();
  });
}
