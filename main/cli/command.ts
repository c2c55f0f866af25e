/** Commander with our words and our errors. */
import { type Argument, Command, Help, type Option } from 'commander';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import { displayWidth } from './text/table.ts';
import { say } from './words.ts';

class LocalizedHelp extends Help {
  override displayWidth(text: string): number {
    return displayWidth(text);
  }

  // The library's own would add "(default: …)" and "(choices: …)" in English; our descriptions say it.
  override optionDescription({ description }: Option): string {
    return description;
  }

  override argumentDescription({ description }: Argument): string {
    return description;
  }

  override formatHelp(command: Command, helper: Help): string {
    const text = super.formatHelp(command, helper);
    const footer = command instanceof LocalizedCommand ? command.footer : '';
    return footer === '' ? text : `${text}\n${helper.boxWrap(footer, helper.helpWidth ?? 80)}\n`;
  }

  override styleTitle(title: string): string {
    switch (title) {
      case 'Usage:':
        return say('cli.title.usage');
      case 'Arguments:':
        return say('cli.title.arguments');
      case 'Commands:':
        return say('cli.title.commands');
      default:
        return say('cli.title.options');
    }
  }
}

const longNames = (command: Command): string[] => command.options.flatMap(({ long }) => (long ? [long] : []));

/** Throws `cli.*` errors where the library would print and exit. */
export class LocalizedCommand extends Command {
  /** Stands below the lists of the help. */
  footer = '';

  constructor(name?: string) {
    super(name);
    this.helpOption('-h, --help', say('cli.option.help')).exitOverride();
  }

  override createCommand(name?: string): LocalizedCommand {
    return new LocalizedCommand(name);
  }

  override createHelp(): Help {
    return Object.assign(new LocalizedHelp(), this.configureHelp());
  }

  /** The library calls these by name. */
  unknownOption(option: string): never {
    const near = nearest(option, longNames(this)) ?? 'none';
    const command = this.parent ? this.name() : '';
    throw new EpochbookError('cli.unknownOption', { option, near, command });
  }

  unknownCommand(): never {
    const name = this.args[0];
    const near =
      nearest(
        name,
        this.commands.map((command) => command.name()),
      ) ?? 'none';
    throw new EpochbookError('cli.unknownCommand', { name, near });
  }

  missingArgument(name: string): never {
    throw new EpochbookError('cli.missingArgument', { name: name.toUpperCase(), command: this.name() });
  }

  optionMissingArgument({ flags }: Option): never {
    throw new EpochbookError('cli.missingValue', { option: flags });
  }

  missingMandatoryOptionValue({ flags }: Option): never {
    throw new EpochbookError('cli.missingOption', { option: flags });
  }

  _excessArguments(given: readonly string[]): never {
    throw new EpochbookError('cli.tooManyArguments', { argument: given[this.registeredArguments.length] });
  }
}

type Wanted = 'count' | 'whole' | 'threads' | 'port';
const ranges: Readonly<Record<Wanted, readonly [from: number, to: number]>> = {
  count: [1, Number.MAX_SAFE_INTEGER],
  whole: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  threads: [0, 256],
  port: [0, 65_535],
};

/** Reads an option's whole number. */
export function wholeNumber(option: string, wanted: Wanted): (text: string) => number {
  const [from, to] = ranges[wanted];
  return (text) => {
    const value = Number(text);
    if (!/^[-+]?\d+$/.test(text) || value < from || value > to) throw new EpochbookError('cli.badValue', { value: text, option, wanted });
    return value;
  };
}

/** Adds `--json`. */
export function withJson(command: LocalizedCommand): LocalizedCommand {
  return command.option('--json', say('cli.option.json'));
}

export function withWorkspace(command: LocalizedCommand): LocalizedCommand {
  return command.option('--workspace <DIR>', say('cli.option.workspace'));
}
