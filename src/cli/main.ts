/** The command line. Parsing is commander's; each command is a function in a file of its own. */
import { Command, CommanderError, Option } from "commander";
import { checkConfig } from "./config-check.ts";
import { exitCodes } from "./exit-codes.ts";
import { describeFailure } from "./failure.ts";
import { type ServeOptions, serve } from "./serve.ts";
import { type StartOptions, start } from "./start.ts";
import { readVersion } from "./version.ts";

process.exitCode = await run(process.argv.slice(2));
// What still runs after a command has ended (an idle connection, a timer) does not keep the process.
process.exit();

async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { text, exitCode } = describeFailure(error);
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
}

function createProgram(): Command {
  const program = new Command("heddle")
    .description("A Matrix homeserver suite")
    .version(readVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  program
    .command("serve")
    .description("run the homeserver in the foreground")
    .requiredOption("--config <file>", "the configuration file (YAML)")
    .addOption(logOption())
    .action((options: ServeOptions) => serve(options));
  program
    .command("start")
    .description("run a homeserver for trying out: no configuration, everything in ./heddle-data")
    .option("--port <number>", "the port on 127.0.0.1", "8008")
    .addOption(logOption())
    .action((options: StartOptions) => start(options));
  const config = program.command("config").description("look after the configuration file");
  config
    .command("check <file>")
    .description("say what is wrong, by key and line")
    .action((file: string) => checkConfig(file));
  return program;
}

function logOption(): Option {
  return new Option("--log <format>", "how to write the log to standard error").choices(["json", "text"]);
}
