import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../../src/protocol/json/json.ts";

const program = join(import.meta.dirname, "user.py");
const PATIENCE_MS = 30_000;

/** Who, where, and with which Python. */
interface Wishes {
  readonly python: string;
  readonly baseUrl: string;
  readonly userId: string;
  readonly password: string;
}

/** A user of matrix-nio, in a process of its own. */
export class NioUser implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #store: string;
  readonly #seen: JsonObject[] = [];
  readonly #waiting = new Set<() => void>();
  #errors = "";

  private constructor({ python, baseUrl, userId, password }: Wishes) {
    this.#store = mkdtempSync(join(tmpdir(), "heddle-nio-"));
    this.#child = spawn(python, [program, baseUrl, userId, password, this.#store]);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    assert.ok(this.#child.stdout);
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#seen.push(parseJsonObject(line));
      for (const look of this.#waiting) look();
    });
  }

  /** Logs in on a new device. */
  static async logIn(wishes: Wishes): Promise<NioUser> {
    const user = new NioUser(wishes);
    await user.#until("being ready", (line) => line["ready"] === wishes.userId);
    return user;
  }

  join(roomId: string): void {
    this.#tell({ join: roomId });
  }

  /** Sends an event, encrypted where the room is; gives its ID. */
  async send(roomId: string, type: string, content: JsonObject): Promise<string> {
    const known = this.#seen.length;
    this.#tell({ send: [roomId, type, content] });
    const line = await this.#until(`sending ${type}`, (each) => "sent" in each && this.#seen.indexOf(each) >= known);
    assert.ok(typeof line["sent"] === "string");
    return line["sent"];
  }

  /** Waits for an event; gives its content when it could be read, and was encrypted unless it is a reaction. */
  async read(eventId: string): Promise<JsonObject> {
    const line = await this.#until(`event ${eventId}`, (each) => [each["read"], each["unreadable"]].includes(eventId));
    assert.equal(line["encrypted"], line["type"] !== "m.reaction", "readable, and encrypted");
    assert.ok(isJsonObject(line["content"]));
    return line["content"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    rmSync(this.#store, { recursive: true, force: true });
  }

  #tell(command: JsonObject): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async #until(what: string, fits: (line: JsonObject) => boolean): Promise<JsonObject> {
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    const look = (): void => {
      const line = this.#seen.find(fits);
      if (line) resolve(line);
    };
    const fail = (): void => reject(new Error(`matrix-nio never came to ${what}: ${this.#errors.slice(-2000)}`));
    const late = setTimeout(fail, PATIENCE_MS);
    this.#waiting.add(look);
    this.#child.once("exit", fail);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(look);
      this.#child.off("exit", fail);
    }
  }
}
