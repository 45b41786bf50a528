/** The command line's entry: runs one command and turns what came of it into an exit code. */
import { CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { describeFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

const exitCode = await run(process.argv.slice(2));
// What still runs after a command has ended (an idle connection, a timer) does not keep the process.
process.exit(exitCode);

async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    // Commander has printed its message already; help and version end the same way, with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const failure = describeFailure(error);
    process.stderr.write(`${failure.text}\n`);
    return failure.exitCode;
  }
}
