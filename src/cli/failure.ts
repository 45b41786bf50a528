import { AssertionError } from "node:assert";
import { ConfigError } from "../config/problem.ts";
import { exitCodes } from "./exit-codes.ts";

/** A failure whose message is meant for the person at the keyboard. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** What to print for an error that ended a command, and with which code to exit. */
export function describeFailure(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof ConfigError) return { text: error.message, exitCode: exitCodes.configuration };
  if (!(error instanceof Error)) return { text: `heddle: ${String(error)}`, exitCode: exitCodes.failure };
  const text = isBug(error) ? (error.stack ?? error.message) : withCauses(error);
  return { text: `heddle: ${text}`, exitCode: exitCodes.failure };
}

/** Errors of these kinds are ours: their stack is worth more than a short message. */
function isBug(error: Error): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError, AssertionError].some((kind) => error instanceof kind);
}

/** The message and those of the causes that say something new; a message meant for people is complete. */
function withCauses(error: Error): string {
  const { cause } = error;
  if (error instanceof CommandError || !(cause instanceof Error) || error.message.includes(cause.message))
    return error.message;
  return `${error.message}: ${withCauses(cause)}`;
}
