import { at } from "../../bench/read-json.ts";
import { RefusedError } from "../../bench/client.ts";

/** What came of a request: `200`, or `503 M_UNKNOWN`. Throws when the connection broke. */
export async function answerOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "200";
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const body: unknown = JSON.parse(error.body);
    return `${error.status} ${String(at(body, "errcode"))}`;
  }
}

/** Asks again and again until the answer is `200`. Throws after `limitMs`. */
export async function untilAnswered(ask: () => Promise<unknown>, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await answerOf(ask());
    if (answer === "200") return;
    if (performance.now() > deadline) throw new Error(`after ${limitMs} ms the answer is still ${answer}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
