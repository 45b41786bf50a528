/** What can be typed: commander's description of every command. Each action is a function in a file of its own. */
import { Command, Option } from "commander";
import { checkConfig } from "./config-check.ts";
import { serve } from "./serve.ts";
import { start } from "./start.ts";
import { createUser, deactivateUser, eraseUser, listUsers, resetPassword } from "./user.ts";
import { listDevices, logOutUser } from "./user-devices.ts";
import { setAdmin, setLocked, setSuspended, unlinkUser } from "./user-flags.ts";
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
  addFlagCommands(user);
  withConfig(user.command("devices <name>")).description("print the devices of an account").action(listDevices);
  withConfig(user.command("logout <name> [devices...]"))
    .description("log an account out, on the devices with these IDs or on all")
    .action(logOutUser);
  withConfig(user.command("deactivate <name>"))
    .description("end an account for ever")
    .option("--erase", "hide its messages from everybody who was not in the room, too")
    .action(deactivateUser);
  withConfig(user.command("erase <name>"))
    .description("hide the messages of an account that is deactivated already")
    .action(eraseUser);
  withConfig(user.command("unlink <name>"))
    .description("forget who logs in to an account by single sign-on, so that they may get another")
    .action(unlinkUser);
}

function addFlagCommands(user: Command): void {
  withConfig(user.command("grant-admin <name>"))
    .description("make an account an administrator's")
    .action(setAdmin(true));
  withConfig(user.command("revoke-admin <name>")).description("undo grant-admin").action(setAdmin(false));
  withConfig(user.command("lock <name>"))
    .description("let an account do nothing, and keep its sessions")
    .action(setLocked(true));
  withConfig(user.command("unlock <name>")).description("undo lock").action(setLocked(false));
  withConfig(user.command("suspend <name>"))
    .description("let an account read, and do little else")
    .action(setSuspended(true));
  withConfig(user.command("unsuspend <name>")).description("undo suspend").action(setSuspended(false));
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
