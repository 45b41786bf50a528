/** What can be typed: commander's description of every command. Each action is a function in a file of its own. */
import { Command, Option } from "commander";
import { checkConfig } from "./config-check.ts";
import { serve } from "./serve.ts";
import { start } from "./start.ts";
import { createUser, deactivateUser, listUsers, resetPassword, setLocked, setSuspended } from "./user.ts";
import { readVersion } from "./version.ts";

/** The program. Parsing throws `CommanderError` instead of ending the process. */
export function createProgram(): Command {
  const program = new Command("heddle").description("A Matrix homeserver suite").version(readVersion()).exitOverride();
  addServerCommands(program);
  const config = program.command("config").description("look after the configuration file");
  config.command("check <file>").description("say what is wrong, by key and line").action(checkConfig);
  addUserCommands(program.command("user").description("make and look after accounts"));
  return program;
}

function addServerCommands(program: Command): void {
  program
    .command("serve")
    .description("run the homeserver in the foreground")
    .requiredOption("--config <file>", "the configuration file (YAML)")
    .addOption(logOption())
    .action(serve);
  program
    .command("start")
    .description("run a homeserver for trying out: no configuration, everything in ./heddle-data")
    .option("--port <number>", "the port on 127.0.0.1", "8008")
    .addOption(logOption())
    .action(start);
}

function addUserCommands(user: Command): void {
  withConfig(user.command("create <name>"))
    .description("make an account")
    .option("--admin", "make it an administrator")
    .option(...passwordFile)
    .action(createUser);
  withConfig(user.command("list")).description("print all accounts").action(listUsers);
  withConfig(user.command("reset-password <name>"))
    .description("set a new password and log all devices out")
    .option(...passwordFile)
    .action(resetPassword);
  withConfig(user.command("lock <name>"))
    .description("let an account do nothing, and keep its sessions")
    .action(setLocked(true));
  withConfig(user.command("unlock <name>")).description("undo lock").action(setLocked(false));
  withConfig(user.command("suspend <name>"))
    .description("let an account read, and do little else")
    .action(setSuspended(true));
  withConfig(user.command("unsuspend <name>")).description("undo suspend").action(setSuspended(false));
  withConfig(user.command("deactivate <name>")).description("end an account for ever").action(deactivateUser);
}

const passwordFile = [
  "--password-file <file>",
  "read the password from the first line of a file, - for standard input; otherwise one is made and printed",
] as const;

function withConfig(command: Command): Command {
  return command.option("--config <file>", "the configuration file; by default the server of heddle start");
}

function logOption(): Option {
  return new Option("--log <format>", "how to write the log to standard error").choices(["json", "text"]);
}
