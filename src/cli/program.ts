/** The command line, as commander parses it and as its help shows it. */
import assert from "node:assert";
import { Command, CommanderError, Option as CommanderOption } from "commander";
import { InputError } from "../base/errors.ts";
import { EXIT, type Exit } from "../base/exit-codes.ts";
import { say } from "../base/messages/index.ts";
import { shown } from "../base/paths.ts";
import { nearestName } from "../config/nearest.ts";
import { VERBS } from "./commands/index.ts";
import type { CommonOptions } from "./common-options.ts";
import { Given } from "./given.ts";
import { packageVersion } from "./real-world.ts";
import type { Option, Verb, VerbGroup } from "./verb.ts";

export interface Asked {
  readonly verb: Verb;
  readonly given: Given;
  readonly common: CommonOptions;
}

/** A number: help or the version was asked for, and has been printed. */
export function parseArguments(argv: readonly string[]): Asked | Exit {
  const program = new Program();
  try {
    program.root.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    // It has printed its help to stderr, because no verb was named.
    if (error.code === "commander.help") return EXIT.usage;
    throw usageError(error, program.commandOf(argv), program.root.options);
  }
  const { asked } = program;
  assert(asked, "commander calls an action, or throws");
  return asked;
}

/** For the way an unparsable line is refused. */
export function commonIn(argv: readonly string[]): CommonOptions {
  const has = (...flags: string[]): boolean => flags.some((flag) => argv.includes(flag));
  return {
    workspace: undefined,
    config: undefined,
    json: has("--json"),
    quiet: has("-q", "--quiet"),
    verbose: has("-v", "--verbose"),
    input: !has("--no-input"),
  };
}

class Program {
  readonly root: Command;
  asked: Asked | undefined;

  constructor() {
    this.root = dress(new Command("session-sync"), say("help-program", {}))
      .version(packageVersion(), "--version", say("help-version", {}))
      .option("--workspace <dir>", say("help-workspace", {}))
      .option("--config <file>", say("help-config", {}))
      .option("--json", say("help-json", {}))
      .option("-q, --quiet", say("help-quiet", {}))
      .option("-v, --verbose", say("help-verbose", {}))
      .option("--no-input", say("help-no-input", {}));
    for (const each of VERBS) this.root.addCommand(this.#command(each));
  }

  /** The innermost command that the line names, for errors. */
  commandOf(argv: readonly string[]): Command {
    let command = this.root;
    for (const word of argv) {
      command = command.commands.find((each) => namesOf(each).includes(word)) ?? command;
    }
    return command;
  }

  #command(each: Verb | VerbGroup): Command {
    const command = dress(new Command(each.name), each.text);
    if ("verbs" in each) {
      for (const verb of each.verbs) command.addCommand(this.#command(verb));
      return command;
    }
    if (each.alias !== undefined) command.alias(each.alias);
    if (each.operands !== undefined) command.arguments(each.operands);
    for (const option of each.options ?? []) command.addOption(optionOf(option));
    return command.action(() => {
      this.asked = { verb: each, given: givenTo(command), common: commonOf(this.root) };
    });
  }
}

function dress(command: Command, text: string): Command {
  return command
    .description(text)
    .helpOption("-h, --help", say("help-help", {}))
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true });
}

function optionOf({ flags, text, many, conflicts = [] }: Option): CommanderOption {
  const option = new CommanderOption(flags, text).conflicts([...conflicts]);
  return many ? option.argParser(collect) : option;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

const givenTo = (command: Command): Given => new Given(command.args, command.opts());

function commonOf(root: Command): CommonOptions {
  const options = new Given([], root.opts());
  return {
    workspace: options.text("workspace"),
    config: options.text("config"),
    json: options.flag("json"),
    quiet: options.flag("quiet"),
    verbose: options.flag("verbose"),
    input: options.flag("input"),
  };
}

/** Commander's own words only where ours would say the same. */
function usageError(
  error: CommanderError,
  at: Command,
  options: readonly CommanderOption[],
): InputError {
  const command = wordsOf(at);
  const [, quoted = ""] = /'([^']*)'/.exec(error.message) ?? [];
  if (error.code === "commander.unknownCommand") {
    const nearest = nearestName(quoted, at.commands.flatMap(namesOf));
    const facts = { command: shown(quoted), nearest: `${command} ${nearest}` };
    return new InputError("command-unknown", facts);
  }
  if (error.code === "commander.unknownOption") {
    const flags = [...at.options, ...options].flatMap(({ long }) => long ?? []);
    const facts = { command, option: shown(quoted), nearest: nearestName(quoted, flags) };
    return new InputError("option-unknown", facts);
  }
  const problem = shown(error.message.replace(/^error: /, "").replace(/\.?\s*$/, ""));
  return new InputError("usage", { problem, command });
}

const namesOf = (command: Command): string[] => [command.name(), ...command.aliases()];

const wordsOf = (command: Command): string =>
  command.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name();
